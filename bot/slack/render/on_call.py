"""How does it read who is on call by PagerDuty? Pure.

Names call nobody; where somebody is pinged, the message says so by their mention.
"""

from collections.abc import Sequence
from itertools import groupby

from bot.incident import Incident
from bot.slack.render.blocks import Message, actions, mention, section
from bot.slack.render.incident import ack_button, triage_button, what_fires
from bot.text import outside, plain

LEVELS_MOST, NAMES_MOST = 4, 5
NOBODY = "nobody"


def in_order(people: Sequence[tuple[int, str]]) -> str:
    """`people` are each on their level, the first level first: `Maria Lopez, then Dev Ray`, as plain text."""
    levels = [[plain(name, 60) for _, name in some] for _, some in groupby(people, lambda one: one[0])]
    shown = [", ".join(names[:NAMES_MOST]) for names in levels[:LEVELS_MOST]]
    return ", then ".join(shown) or NOBODY


def ping(incident: Incident, people: Sequence[tuple[str, str]]) -> Message:
    """`people` are (their id in Slack, their name there); who has no id cannot be pinged, and is named."""
    who = ", ".join(mention(id) if id else f"{outside(name, 60)} (not found in Slack)" for id, name in people)
    if people:
        text = f"{who}, on call by PagerDuty: {what_fires(incident)}. Please acknowledge."
    else:
        text = f"Nobody is on call by PagerDuty now, so nobody was called by it: {what_fires(incident)}."
    return Message(text, (section(text), actions([ack_button(incident), triage_button(incident)])))


def nobody_pinged(incident: Incident, reason: str) -> Message:
    """`reason` is a sentence without its end."""
    text = (
        f"🟠 It is not known who is on call ({outside(reason, 200)}), so nobody was pinged by it. "
        f"Next: look in PagerDuty, or call somebody yourself. {what_fires(incident)}."
    )
    return Message(text, (section(text), actions([ack_button(incident), triage_button(incident)])))
