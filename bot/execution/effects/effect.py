"""What became of one step?"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bot.remediations.secret import NewSecret, SecretRef

# How the reason begins wherever Stop was heard.
STOPPED = "a person stopped"

Reveal = Callable[[SecretRef | NewSecret], str]


class Outcome(StrEnum):
    """REFUSED and NOT_SENT certainly did nothing; FAILED may have done a part, and is over; UNKNOWN was sent
    and not answered."""

    DONE = "done"
    REFUSED = "refused"
    NOT_SENT = "not sent"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Effect:
    """`detail` is a clause for people, without any argument's value; `facts` are figures for the outcome."""

    outcome: Outcome
    detail: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_done(self) -> bool:
        return self.outcome is Outcome.DONE
