"""What did the questions bring, and what do the answers of several nodes come to as one?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.diagnostics.diagnosis import NotChecked
from bot.diagnostics.finding import Finding, Severity
from bot.text import first_few


@dataclass(frozen=True)
class Answers:
    """What one question brought: findings, or why there is no answer."""

    findings: tuple[Finding, ...] = ()
    not_checked: tuple[NotChecked, ...] = ()

    @classmethod
    def of(cls, findings: Sequence[Finding]) -> "Answers":
        """A finding that is UNKNOWN is no answer."""
        unknown = [
            NotChecked(check=one.check, why=one.title) for one in findings if one.severity is Severity.UNKNOWN
        ]
        known = tuple(one for one in findings if one.severity is not Severity.UNKNOWN)
        return cls(known, tuple(unknown))

    @classmethod
    def without(cls, check: str, why: str, *, is_unset: bool = False) -> "Answers":
        return cls(not_checked=(NotChecked(check=check, why=why, is_unset=is_unset),))


def merged(by_node: Mapping[str, Answers]) -> Answers:
    """One question's answers, by the node that gave them, as one.

    What is the same for several nodes is told once, with their names; what is fine is told only where no node
    has a finding. The same reason for no answer is told once, with the nodes where it is not all of them.
    """
    if len(by_node) == 1:
        return next(iter(by_node.values()))
    alike: dict[tuple[Severity, str], list[tuple[str, Finding]]] = {}
    for node, answers in by_node.items():
        for one in answers.findings:
            alike.setdefault((one.severity, one.meaning), []).append((node, one))
    unwell = [group for (severity, _), group in alike.items() if severity.is_finding]
    unwell.sort(key=lambda group: group[0][1].severity.rank)
    told = unwell or list(alike.values())[:1]
    return Answers(tuple(_once(group, of=len(by_node)) for group in told), _missing(by_node))


def highest(findings: Sequence[Finding]) -> dict[str, float]:
    """All figures by name; of several nodes the highest."""
    figures: dict[str, float] = {}
    for finding in findings:
        for name, value in (finding.figures or {}).items():
            figures[name] = max(value, figures.get(name, value))
    return figures


def _once(group: Sequence[tuple[str, Finding]], *, of: int) -> Finding:
    """The first node's, in the name of all that are alike."""
    (_, first), findings = group[0], [one for _, one in group]
    return replace(first, title=f"{first.title} ({_whose(group, of)})", figures=highest(findings))


def _whose(group: Sequence[tuple[str, Finding]], of: int) -> str:
    nodes = list(dict.fromkeys(node for node, _ in group))
    if len(nodes) == of:
        return f"{nodes[0]}, and so all {of} nodes"
    return first_few(nodes)


def _missing(by_node: Mapping[str, Answers]) -> tuple[NotChecked, ...]:
    whose: dict[NotChecked, list[str]] = {}
    for node, answers in by_node.items():
        for one in answers.not_checked:
            whose.setdefault(one, []).append(node)
    return tuple(
        one if len(nodes) == len(by_node) else replace(one, why=f"{', '.join(nodes)}: {one.why}")
        for one, nodes in whose.items()
    )
