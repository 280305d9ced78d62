"""Which cause do the findings together point to, and by what evidence?

A table of rules, tried in order: the first whose evidence was measured speaks; without evidence nothing is
said. What a rule knows of a failure: the runbook, and https://redis.io/docs/latest/operate/oss_and_stack/
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.diagnostics.finding import Finding, Severity
from bot.diagnostics.key_sample import OTHER
from bot.diagnostics.units import count, percent, seconds
from bot.targets.outcome import Kind, Outcome

STILL_S = 60
MOST_OF_IT = 50  # percent of the memory that makes one class of keys "the" class

_SHARE, _PERCENT = "memory_share_", "_percent"
_SICK = (Severity.CRITICAL, Severity.WARNING)


@dataclass(frozen=True)
class Evidence:
    """What the rules look at."""

    outcome: Outcome
    findings: Sequence[Finding]
    figures: Mapping[str, float]

    def is_sick(self, check: str, *, severities: Sequence[Severity] = (Severity.CRITICAL,)) -> bool:
        return any(finding.check == check and finding.severity in severities for finding in self.findings)

    def title(self, check: str) -> str:
        """The worst finding of `check` that somebody should act on, in its own words; "" when it is fine."""
        sick = [finding for finding in self.findings if finding.check == check and finding.severity in _SICK]
        return min(sick, key=lambda finding: finding.severity.rank).title if sick else ""

    def figure(self, name: str) -> float:
        return self.figures.get(name, 0)

    @property
    def within(self) -> str:
        return f"in {seconds(self.figure('window_s'))}"


@dataclass(frozen=True)
class Rule:
    """`cause` is likely where `proof` finds evidence; "" is none. {} in the cause is filled by `names`."""

    cause: str
    proof: Callable[[Evidence], str]
    names: Callable[[Evidence], str] = lambda evidence: ""

    def says(self, evidence: Evidence) -> str | None:
        proof = self.proof(evidence)
        return f"{self.cause.format(self.names(evidence))} ({proof})" if proof else None


def likeliest(evidence: Evidence) -> str | None:
    """One sentence without its full stop, with its evidence in brackets; None when nothing stands out."""
    return next((said for rule in RULES if (said := rule.says(evidence))), None)


def _provider(evidence: Evidence) -> str:
    return "" if evidence.outcome.is_healthy else evidence.title("provider")


def _of_kind(*kinds: Kind) -> Callable[[Evidence], str]:
    """The ping itself shows it."""
    return lambda evidence: evidence.outcome.seen or "the ping" if evidence.outcome.kind in kinds else ""


def _titled(check: str) -> Callable[[Evidence], str]:
    """A finding of `check` shows it."""
    return lambda evidence: evidence.title(check)


def _full_of_one_class(evidence: Evidence) -> str:
    name, share = _biggest_class(evidence.figures)
    if not name or not _is_full(evidence):
        return ""
    return ", ".join([f"they hold {percent(share / 100)}", *_pressure(evidence)])


def _full(evidence: Evidence) -> str:
    return ", ".join(_pressure(evidence)) if _is_full(evidence) else ""


def _is_full(evidence: Evidence) -> bool:
    return evidence.is_sick("memory") or evidence.is_sick("writes")


def _pressure(evidence: Evidence) -> list[str]:
    proof = []
    if refused := evidence.figure("oom_errors"):
        proof.append(f"{count(refused, 'OOM error', 'OOM errors')} {evidence.within}")
    if evicted := evidence.figure("evicted_keys"):
        proof.append(f"{count(evicted, 'key', 'keys')} evicted {evidence.within}")
    return proof


def _leak(evidence: Evidence) -> str:
    rejected = evidence.figure("rejected_connections")
    if not (rejected or evidence.is_sick("connections")):
        return ""
    taken = f"{evidence.figure('connected_clients'):,.0f} of {evidence.figure('maxclients'):,.0f} taken"
    return taken + (f", {rejected:,.0f} turned away {evidence.within}" if rejected else "")


def _disk(evidence: Evidence) -> str:
    failed = [one.figure for one in evidence.findings if one.check == "persistence" and one.figure]
    return f"{failed[0]} failed" if failed and evidence.is_sick("persistence") else ""


def _attack(evidence: Evidence) -> str:
    return evidence.title("traffic") if evidence.is_sick("traffic") else ""


def _old_password(evidence: Evidence) -> str:
    """Only while it goes on: what has ended is no cause."""
    refused, age_s = evidence.figure("refused_auth"), evidence.figure("refused_auth_age_s")
    if not refused or age_s > STILL_S:
        return ""
    told = count(refused, "wrong password", "wrong passwords")
    return f"{told} in the last 10 min, the last {seconds(age_s)} ago"


def _too_small(evidence: Evidence) -> str:
    evicted = evidence.figure("evicted_keys")
    return f"{count(evicted, 'key', 'keys')} evicted {evidence.within}" if evicted else ""


def _class_name(evidence: Evidence) -> str:
    return _biggest_class(evidence.figures)[0]


RULES: tuple[Rule, ...] = (
    Rule("the provider has an incident of its own", _provider),
    Rule("more requests than the application can limit, perhaps an attack", _attack),
    Rule("a node of the cluster died, and nobody took its slots", _of_kind(Kind.CLUSTER_DOWN)),
    Rule("a failover, or the address of a replica", _of_kind(Kind.READ_ONLY, Kind.REPLICA_CUT_OFF)),
    Rule("the Sentinels fail over just now, or see each other no more", _of_kind(Kind.SENTINELS_DISAGREE)),
    Rule("it was restarted", _of_kind(Kind.LOADING)),
    Rule("the password was changed, and Pong still has the old one", _of_kind(Kind.CREDENTIALS_WRONG)),
    Rule("{} keys fill the memory", _full_of_one_class, _class_name),
    Rule("more data than memory", _full),
    Rule("connections are opened and not closed", _leak),
    Rule("the server's disk is full or not writable", _disk),
    Rule("one slow command keeps everybody waiting", _titled("slow commands")),
    Rule("the host makes it wait", _titled("pauses")),
    Rule("its core is used up", _titled("CPU")),
    Rule("somebody still uses an old password", _old_password),
    Rule("too little memory for the cache", _too_small),
    Rule("one of its addresses leads nowhere", _titled("path")),
)


def _biggest_class(figures: Mapping[str, float]) -> tuple[str, float]:
    """The class of keys that holds most of the memory; no name when none does."""
    held = {
        name.removeprefix(_SHARE).removesuffix(_PERCENT): share
        for name, share in figures.items()
        if name.startswith(_SHARE)
    }
    name = max(held, key=lambda name: held[name], default=OTHER)
    return (name, held[name]) if name != OTHER and held[name] >= MOST_OF_IT else ("", 0)
