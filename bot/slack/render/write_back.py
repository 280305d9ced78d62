"""How does it read what PagerDuty took of what was done here, and what it did not? Pure."""

from enum import StrEnum

from bot.incident import Incident
from bot.slack.render.blocks import Button, Message, mention, section
from bot.text import outside


class What(StrEnum):
    """What is done there too."""

    ACKNOWLEDGE = "acknowledge"
    RESOLVE = "resolve"
    ESCALATE = "escalate"
    NOTE = "note"
    PAGE = "page"


_SO = {
    What.ACKNOWLEDGE: ("so it may go on calling people there", "acknowledge it"),
    What.RESOLVE: ("so it may still be open there", "resolve it"),
    What.ESCALATE: ("so perhaps nobody was called there", "escalate it"),
    What.NOTE: ("so this update may not stand there", "add it as a note"),
    What.PAGE: ("so perhaps nobody was paged", "add them as a responder"),
}


def not_written(what: What, reason: str, *, alert_link: str | None) -> Message:
    """One sentence with the next step. `alert_link` leads to its incident there."""
    so, step = _SO[what]
    line = f"🔴 {outside(reason)}, {so}. Next: {step} "
    there = f"in <{alert_link}|PagerDuty>" if alert_link else "in PagerDuty"
    return Message(f"{line}in PagerDuty yourself.", (section(f"{line}{there} yourself."),))


def paged(*, by: str, to: str, said: str) -> Message:
    """Whoever was asked is called here too, for that is what the person wanted."""
    text = f"📟 {mention(by)} had PagerDuty ask {mention(to)} to help: “{outside(said, 600)}”\n"
    text += "What they answer there comes here."
    return Message(text, (section(text),))


def page_button(incident: Incident) -> Button:
    return Button("page", str(incident.id), "Page a person…")
