"""How does it read that PagerDuty did not take what was done here? Pure."""

from enum import StrEnum

from bot.slack.render.blocks import Message, section
from bot.text import outside


class What(StrEnum):
    """What is done there too."""

    ACKNOWLEDGE = "acknowledge"
    RESOLVE = "resolve"
    ESCALATE = "escalate"
    NOTE = "note"


_SO = {
    What.ACKNOWLEDGE: ("so it may go on calling people there", "acknowledge it"),
    What.RESOLVE: ("so it may still be open there", "resolve it"),
    What.ESCALATE: ("so perhaps nobody was called there", "escalate it"),
    What.NOTE: ("so this update may not stand there", "add it as a note"),
}


def not_written(what: What, reason: str, *, alert_link: str | None) -> Message:
    """One sentence with the next step. `alert_link` leads to its incident there."""
    so, step = _SO[what]
    line = f"🔴 {outside(reason)}, {so}. Next: {step} "
    there = f"in <{alert_link}|PagerDuty>" if alert_link else "in PagerDuty"
    return Message(f"{line}in PagerDuty yourself.", (section(f"{line}{there} yourself."),))
