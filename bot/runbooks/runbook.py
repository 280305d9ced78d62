"""What does a runbook consist of?"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum


class LooksAt(StrEnum):
    """What kind of thing an incident is about, as people call it."""

    REDIS = "Redis"
    APPLICATION = "application"
    DATABASE = "database"

    @property
    def indefinite(self) -> str:
        return f"{'an' if self is LooksAt.APPLICATION else 'a'} {self}"


@dataclass(frozen=True, kw_only=True)
class KeyClass:
    """Keys that may be deleted: those that begin with the literal `prefix`.

    `lost` is what people lose by it; {keys} in it is how many keys that is.
    """

    prefix: str
    lost: str


@dataclass(frozen=True, kw_only=True)
class Allowed:
    """A remediation that this runbook permits: for which classes of key by name, and with which words; none
    means any.

    `role` says who decides on what can be undone: "responder" or "approver". What loses data or changes
    access always needs approvers, whatever stands here.
    """

    role: str
    classes: Mapping[str, KeyClass] = field(default_factory=dict)
    words: tuple[str, ...] = ()

    @property
    def prefixes(self) -> dict[str, str]:
        return {name: one.prefix for name, one in self.classes.items()}


@dataclass(frozen=True, kw_only=True)
class Words:
    """What is said about a kind of alert. `impact` is a claim: it is shown with whether it was checked."""

    impact: str
    while_down: str


@dataclass(frozen=True, kw_only=True)
class Runbook:
    """One kind of failure of one kind of thing. `words` maps an alert's name to what is said; "" is for every
    other name. `public_title` is what a status page calls it, `public_words` what may be so then: {whose} in
    it is whose."""

    name: str
    title: str
    looks_at: LooksAt
    severity: str
    alerts: frozenset[str]
    acknowledgement: str
    words: Mapping[str, Words]
    allowed: Mapping[str, Allowed]
    public_title: str
    public_words: str

    def says(self, alert_name: str) -> Words:
        return self.words.get(alert_name) or self.words[""]

    def hash(self) -> str:
        """Changes when anything in the runbook does: sha256, hex."""
        facts = asdict(self) | {"alerts": sorted(self.alerts)}
        return hashlib.sha256(json.dumps(facts, sort_keys=True, default=dict).encode()).hexdigest()
