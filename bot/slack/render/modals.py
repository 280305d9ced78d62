"""Which windows open on a button, and what do they ask? Pure.

https://docs.slack.dev/surfaces/modals
"""

from collections.abc import Sequence
from typing import Any

from bot.diagnostics.units import in_minutes
from bot.incident import Incident
from bot.slack.render.blocks import EMPTY, Block, section
from bot.text import clip, outside

View = dict[str, Any]
OPTIONS_MOST, OPTION_MOST = 100, 75


def update(incident: Incident, ref: str) -> View:
    """Asks whoever has the incident for the runbook's progress update, filled in from the last."""
    return _modal(
        "update",
        ref,
        "Post update",
        [
            _input(
                "status", "Status", incident.status_said, "Root cause identified, or still investigating?"
            ),
            _input("action", "Action", incident.action, "What is being done now?"),
            _input("eta", "ETA", incident.eta, "How long may it take? Empty: not set yet", optional=True),
        ],
    )


def open_from(targets: Sequence[str], ref: str) -> View:
    """Asks which of the targets a message is about."""
    told = "The message stands in the incident's timeline, at the time at which it was written."
    return _modal("open_from", ref, "Open incident", [section(told), _choice("target", "On what?", targets)])


def hand_over(incident: Incident, ref: str) -> View:
    """Asks whom it goes to, and what that person should know beside what Pong tells by itself."""
    hint = "What should they know that is not in the thread?"
    return _modal(
        "assign",
        ref,
        "Hand over",
        [
            section(f"Incident #{incident.id}. Where it stands is posted with it, and they are called."),
            _person("to", "To whom?"),
            _input("note", "Note", None, hint, optional=True, lines=True),
        ],
    )


def comms_to(incident: Incident, ref: str) -> View:
    """Asks who tells the public from now on."""
    told = f"Incident #{incident.id}. What the public knows is posted with it, and they are called."
    hint = "Who was told what, beside the status page?"
    note = _input("note", "Note", None, hint, optional=True, lines=True)
    return _modal("comms_to", ref, "Hand over", [section(told), _person("to", "To whom?"), note])


def page(incident: Incident, ref: str, *, words: str) -> View:
    """Asks whom PagerDuty is to ask, and with which words."""
    told = (
        f"PagerDuty asks them in your name to help with #{incident.id}, and the thread mentions them. "
        "Their answer comes here."
    )
    said = _input("note", "What for?", words, "What should they do first?", lines=True)
    return _modal("page", ref, "Page a person", [section(told), _person("to", "Whom?"), said])


def resolve(incident: Incident, ref: str, *, facts: str, suggested_fix: str | None) -> View:
    """Asks what it was; `facts` is what Pong fills in by itself."""
    return _modal(
        "resolve",
        ref,
        "Resolve",
        [
            section(facts),
            _input("root_cause", "Root cause", incident.root_cause, "What broke, in a sentence", lines=True),
            _input("fix", "Fix", incident.fix or suggested_fix, "What was done about it", lines=True),
        ],
    )


def deny(ref: str) -> View:
    return _modal(
        "deny", ref, "Deny", [_input("reason", "Why not?", None, "Shown in the thread", optional=True)]
    )


def approve_typed(ref: str) -> View:
    """Shown where a word has to be typed, so that nobody loses everything by one click."""
    hint = "The plan above names it: type it letter by letter"
    return _modal("approve_typed", ref, "Approve", [_input("target", "On which target?", None, hint)])


def break_glass(ref: str, *, title: str, minutes: float) -> View:
    told = (
        f"🚨 {outside(title)} starts {in_minutes(minutes)} after this without another person's approval. "
        "Everybody is told now, and can cancel it until then. Somebody else has to sign it off afterwards."
    )
    hint = "Shown to everybody, and kept in the report"
    blocks = [section(told), _input("reason", "Why can it not wait?", None, hint, lines=True)]
    return _modal("break_glass", ref, "Break glass", blocks)


def sign_off(ref: str) -> View:
    hint = "Was it right, and what should change?"
    return _modal("sign_off", ref, "Sign off", [_input("says", "What did you find?", None, hint, lines=True)])


def _modal(verb: str, ref: str, title: str, blocks: list[Block]) -> View:
    return {
        "type": "modal",
        "callback_id": f"pong:{verb}",
        "private_metadata": ref,
        "title": {"type": "plain_text", "text": title},
        "submit": {"type": "plain_text", "text": title},
        "close": {"type": "plain_text", "text": "Go back"},
        "blocks": blocks,
    }


def _choice(name: str, label: str, words: Sequence[str]) -> Block:
    options = [
        {"text": {"type": "plain_text", "text": clip(word, OPTION_MOST)}, "value": clip(word, OPTION_MOST)}
        for word in words[:OPTIONS_MOST] or (EMPTY,)
    ]
    element: Block = {"type": "static_select", "action_id": name, "options": options}
    if len(options) == 1:
        element["initial_option"] = options[0]
    text = {"type": "plain_text", "text": label}
    return {"type": "input", "block_id": name, "label": text, "element": element}


def _person(name: str, label: str) -> Block:
    element: Block = {"type": "users_select", "action_id": name}
    return {
        "type": "input",
        "block_id": name,
        "label": {"type": "plain_text", "text": label},
        "element": element,
    }


def _input(
    name: str, label: str, value: str | None, hint: str, *, optional: bool = False, lines: bool = False
) -> Block:
    element: Block = {
        "type": "plain_text_input",
        "action_id": name,
        "multiline": lines,
        "max_length": 600,
        "placeholder": {"type": "plain_text", "text": clip(hint, 150)},
    }
    if value:
        element["initial_value"] = clip(value, 600)
    return {
        "type": "input",
        "block_id": name,
        "optional": optional,
        "label": {"type": "plain_text", "text": label},
        "element": element,
    }
