"""Which cause do the findings together point to, and by what evidence?

A table of rules, tried in order. Each speaks only on figures that were measured; else nothing is said.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.diagnostics.finding import Finding, Severity
from bot.diagnostics.key_sample import OTHER
from bot.diagnostics.units import count, percent, seconds
from bot.targets.outcome import Outcome

MOST_OF_IT = 50  # percent of the memory that makes one class of keys "the" class

_SHARE, _PERCENT = "memory_share_", "_percent"


@dataclass(frozen=True)
class Evidence:
    """What the rules look at."""

    outcome: Outcome
    findings: Sequence[Finding]
    figures: Mapping[str, float]

    def is_sick(self, check: str) -> bool:
        return any(
            finding.check == check and finding.severity is Severity.CRITICAL for finding in self.findings
        )

    def figure(self, name: str) -> float:
        return self.figures.get(name, 0)


def likeliest(evidence: Evidence) -> str | None:
    """One sentence without its full stop, with its evidence in brackets; None when nothing stands out."""
    return next((said for rule in RULES if (said := rule(evidence))), None)


def _keys_fill_the_memory(evidence: Evidence) -> str | None:
    if not (evidence.is_sick("memory") or evidence.is_sick("writes")):
        return None
    name, share = _biggest_class(evidence.figures)
    proof = [f"they hold {percent(share / 100)}"] if name else []
    if refused := evidence.figure("oom_errors"):
        proof.append(f"{count(refused, 'OOM error', 'OOM errors')} {_within(evidence)}")
    if evicted := evidence.figure("evicted_keys"):
        proof.append(f"{count(evicted, 'key', 'keys')} evicted {_within(evidence)}")
    if name:
        return f"{name} keys fill the memory ({', '.join(proof)})"
    return f"more data than memory ({', '.join(proof)})" if proof else None


def _clients_leak(evidence: Evidence) -> str | None:
    rejected = evidence.figure("rejected_connections")
    if not (rejected or evidence.is_sick("connections")):
        return None
    proof = f"{evidence.figure('connected_clients'):,.0f} of {evidence.figure('maxclients'):,.0f} taken"
    turned_away = f", {rejected:,.0f} turned away {_within(evidence)}" if rejected else ""
    return f"connections are opened and not closed ({proof}{turned_away})"


def _disk_fails(evidence: Evidence) -> str | None:
    failed = [
        finding.figure for finding in evidence.findings if finding.check == "persistence" and finding.figure
    ]
    return f"the server's disk is full or not writable ({failed[0]} failed)" if failed else None


def _too_small(evidence: Evidence) -> str | None:
    evicted = evidence.figure("evicted_keys")
    return (
        f"too little memory for the cache ({evicted:,.0f} keys evicted {_within(evidence)})"
        if evicted
        else None
    )


RULES: tuple[Callable[[Evidence], str | None], ...] = (
    _keys_fill_the_memory,
    _clients_leak,
    _disk_fails,
    _too_small,
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


def _within(evidence: Evidence) -> str:
    return f"in {seconds(evidence.figure('window_s'))}"
