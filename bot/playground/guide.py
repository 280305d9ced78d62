"""How far is a person's first rehearsal? Five steps, each ticked by what Pong itself has written down."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.clock import Clock
from bot.errors import SettingsError
from bot.incident import Incident
from bot.playground.directory import Directory
from bot.store.records import Records
from bot.store.sqlite_connection import looking_at

LOOKS_EVERY_S = 1.0
INCIDENTS_READ = 20


@dataclass(frozen=True)
class Rehearsed:
    """What the store says of all incidents together."""

    has_incident: bool = False
    has_finding: bool = False
    is_resolved: bool = False
    kinds: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Step:
    """`say` is what to do, in a sentence or two."""

    name: str
    title: str
    say: str
    is_done: Callable[[Rehearsed], bool]


STEPS = (
    Step(
        name="break",
        title="Break it",
        say='Press "Fill the memory" under Break it. In about 10 seconds an incident opens in #incidents.',
        is_done=lambda seen: seen.has_incident,
    ),
    Step(
        name="look",
        title="Look",
        say='Press "Triage" on the incident, or write /redis triage. The answer is in its thread: open it.',
        is_done=lambda seen: seen.has_finding,
    ),
    Step(
        name="ask",
        title="Ask",
        say='Press "Clear cache…" under the finding: the plan says what would be lost. Nothing runs yet.',
        is_done=lambda seen: "approval.asked" in seen.kinds,
    ),
    Step(
        name="approve",
        title="Approve",
        say="Who asks may not approve. Become Dev at the top of the page and press Approve on the plan.",
        is_done=lambda seen: "execution.started" in seen.kinds,
    ),
    Step(
        name="resolve",
        title="Resolve",
        say='Once done, press "Resolve…" on the incident and say what it was. The report is in the thread.',
        is_done=lambda seen: seen.is_resolved,
    ),
)


class Guide:
    """Reads the store of the playground's Pong; changes nothing."""

    def __init__(self, directory: Directory, clock: Clock) -> None:
        self._url = f"sqlite:///{directory / 'pong.db'}"
        self._clock = clock
        self._seen = Rehearsed()
        self._looked_at_s = -LOOKS_EVERY_S

    async def steps(self) -> list[dict[str, Any]]:
        """[{name, title, say, is_done}], in their order."""
        now_s = self._clock.monotonic_s()
        if now_s - self._looked_at_s >= LOOKS_EVERY_S:
            self._looked_at_s = now_s
            # Until Pong has made its store there is nothing to read.
            with contextlib.suppress(SettingsError):
                async with looking_at(self._url) as read:
                    self._seen = read(rehearsed)
        return [
            {"name": step.name, "title": step.title, "say": step.say, "is_done": step.is_done(self._seen)}
            for step in STEPS
        ]


async def rehearsed(records: Records) -> Rehearsed:
    incidents: list[Incident] = await records.incidents.newest(INCIDENTS_READ)
    findings, kinds = False, set[str]()
    for incident in incidents:
        findings = findings or bool(await records.incidents.findings(incident.id))
        kinds |= {event.kind for event in await records.timeline.of(incident.id)}
    is_resolved = any(incident.resolved_ms for incident in incidents)
    return Rehearsed(bool(incidents), findings, is_resolved, frozenset(kinds))
