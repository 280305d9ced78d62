"""Which runbook is an alert a case of, and which target is it about? Pure.

By the rules of pong.toml, the first that fits; what that leaves open by the alert's name and labels.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from bot.alerts.alert import Alert
from bot.config.settings import Settings
from bot.config.tables import AlertsTable, RuleTable
from bot.incident import AlertState
from bot.runbooks.runbook import LooksAt, Runbook
from bot.targets.target import Targets
from bot.text import plain


@dataclass(frozen=True)
class Match:
    """`name` is what the alert is called: where it came as a title, the alert's name that stands in it."""

    runbook: Runbook
    target: str | None
    name: str


def match(
    alert: Alert, *, table: AlertsTable, runbooks: Mapping[str, Runbook], targets: Targets
) -> Match | None:
    """None where no runbook is for it."""
    rule = next((rule for rule in table.rules if fits(rule, alert)), None)
    named = runbooks.get(rule.runbook) if rule and rule.runbook else by_name(alert, runbooks)
    if named is None and table.unmatched == "open" and alert.state is AlertState.FIRING:
        named = _by_labels(alert, runbooks, targets)
    if named is None:
        return None
    among = targets.among(named.looks_at)
    is_fit = rule and rule.target and targets.kind_of(rule.target) in (None, named.looks_at)
    target = rule.target if rule and is_fit else among.matching(alert.labels)
    return Match(named, target, called(alert, named))


def _by_labels(alert: Alert, runbooks: Mapping[str, Runbook], targets: Targets) -> Runbook:
    """The first runbook for such a thing as the labels choose; without one, the first."""
    fits = (one for one in runbooks.values() if targets.among(one.looks_at).matching(alert.labels))
    return next(fits, next(iter(runbooks.values())))


def fits(rule: RuleTable, alert: Alert) -> bool:
    """Whether all that the rule says is so."""
    return (
        rule.source in (None, alert.source)
        and (rule.name is None or _like(alert.name, rule.name))
        and all(_like(alert.labels.get(name, ""), pattern) for name, pattern in rule.labels.items())
    )


def by_name(alert: Alert, runbooks: Mapping[str, Runbook]) -> Runbook | None:
    """The runbook whose alerts include this one's name; of a title, one of its words."""
    for runbook in runbooks.values():
        if called(alert, runbook) in runbook.alerts:
            return runbook
    return None


def called(alert: Alert, runbook: Runbook) -> str:
    """The alert's name; of a title, the first of the runbook's alerts that stands in it as a word."""
    words = re.findall(r"\w+", alert.name) if alert.is_title else ()
    return next((word for word in words if word in runbook.alerts), alert.name)


def faults(settings: Settings, *, sources: Collection[str], runbooks: Mapping[str, Runbook]) -> Iterator[str]:
    """One line for each rule that names what is not there, with what is."""
    names = (*settings.targets, *settings.applications, *settings.databases)
    there = {"source": sources, "runbook": runbooks, "target": names}
    for number, rule in enumerate(settings.alerts.rules, start=1):
        for kind, known in there.items():
            name = getattr(rule, kind)
            if name is not None and name not in known:
                listed = ", ".join(sorted(known)) or "none yet"
                yield f"alerts.rules, number {number}: there is no {kind} “{plain(name, 60)}”: {listed}"
        book = runbooks.get(rule.runbook or "")
        if book and rule.target in names and rule.target not in _of_kind(settings, book.looks_at):
            yield (
                f"alerts.rules, number {number}: {book.name} is about {book.looks_at.indefinite}, "
                f"and {rule.target} is none"
            )


def _of_kind(settings: Settings, kind: LooksAt) -> Collection[str]:
    if kind is LooksAt.DATABASE:
        return settings.databases
    return settings.applications if kind is LooksAt.APPLICATION else settings.targets


def _like(text: str, pattern: str) -> bool:
    # A title such as "[FIRING:1] x" is a pattern that does not fit itself.
    return text == pattern or fnmatchcase(text, pattern)
