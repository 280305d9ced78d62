"""How does a verification read? Pure."""

from bot.slack.render.blocks import Message, context, date, section
from bot.text import outside
from bot.verification.verify import Verification

_MARK = {"ok": "✓", "failed": "🔴", "not checked": "–"}
_VERDICT = {
    "whole": "🟢 {target} is whole again",
    "not whole": "🔴 {target} is not whole yet",
    "not verified": "🟡 {target}: what was checked is well, but not all could be checked",
}


def verification_message(verification: Verification) -> Message:
    """The verdict first, then each check with what was measured."""
    verdict = _VERDICT[verification.verdict].format(target=outside(verification.target))
    lines = [
        f"{_MARK[check.state]} {check.name}: {outside(check.says)}{_unsaid(check.state)}"
        for check in verification.checks
    ]
    text = "\n".join([verdict, *lines])
    measured = f"Measured {date(verification.measured_at_ms)}"
    return Message(text, (section(text), context(f"{outside(verification.beyond)} {measured}".strip())))


def _unsaid(state: str) -> str:
    return " (not checked)" if state == "not checked" else ""
