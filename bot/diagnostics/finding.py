"""What is an answer to a read-only question?"""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """Worst first. UNKNOWN is "could not be checked or is not supported", and is never called healthy."""

    CRITICAL = "critical"
    WARNING = "warning"
    NOTICE = "notice"
    UNKNOWN = "unknown"
    OK = "ok"

    @property
    def is_finding(self) -> bool:
        """Whether a person should do something about it."""
        return self in (Severity.CRITICAL, Severity.WARNING, Severity.NOTICE)

    @property
    def rank(self) -> int:
        return list(Severity).index(self)


@dataclass(frozen=True, kw_only=True)
class NextStep:
    """What to do about a finding: `label` is shown; `verb` is a key of commands.VERBS when Pong can do it.

    `ref` is the verb's argument, such as a target's name. Without a verb it is advice in words.
    """

    label: str
    verb: str | None = None
    ref: str = ""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was measured: what, how much, against which threshold, what it means, what next.

    `check` names the question ("memory"); `figure` is the measured value with its unit ("97 % of 256 MB");
    `figures` are the raw numbers behind it, with units in their names, for the report and for machines.
    """

    check: str
    severity: Severity
    title: str
    meaning: str = ""
    figure: str = ""
    threshold: str = ""
    next_step: NextStep | None = None
    figures: dict[str, float] | None = None
