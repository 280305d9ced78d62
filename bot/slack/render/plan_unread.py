"""What do people read of a plan that another version of Pong kept, and this one cannot read? Pure."""

from typing import Literal

from bot.slack.render.blocks import mention
from bot.text import outside

State = Literal["refused", "failed", "unknown"]

WHY = "another version of Pong kept its plan, and this one cannot read it"


def unread_line(title: str, state: State) -> str:
    """How it ended, in one paragraph that stands alone."""
    name = outside(title)
    if state == "refused":
        return f"🟠 {name} did not run: {WHY}. Next: ask again if it is still needed."
    if state == "failed":
        return (
            f"🔴 {name} broke off: {WHY}. A part of it may be done.\n"
            "Next: triage to see how it is, then ask again if it is still needed."
        )
    return (
        f"🔴 Unknown outcome: {name} may or may not have run to its end, for {WHY}.\n"
        "It will not be run again by itself. Next: look whether it happened, then press It ran or It did not "
        "run under the plan."
    )


def unread_settled(title: str, *, by: str, ran: bool) -> str:
    told = "it ran" if ran else "it did not run"
    following = "" if ran else " Next: ask again if it is still needed."
    return f"✍ {outside(title)}: {mention(by)} looked and says that {told}; Pong did not see it.{following}"
