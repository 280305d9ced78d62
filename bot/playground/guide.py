"""How far is a person's first rehearsal? Five steps, each ticked by what Pong itself has written down."""

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.clock import Clock
from bot.errors import SettingsError
from bot.playground.directory import Directory
from bot.store.records import Records
from bot.store.sqlite_connection import looking_at
from bot.timeline import Event

LOOKS_EVERY_S = 1.0
INCIDENTS_READ = 20
ALERT, PLAN = "RedisMemoryHigh", "Clear cache"  # the guide is about these, and ticks on no others

Events = Sequence[Event]


@dataclass(frozen=True, kw_only=True)
class Step:
    """`say` is what to do, in a sentence or two; `brief`, in a few words; `press` is the panel's button.
    `is_done` is asked of what happened in one incident from the alert on."""

    name: str
    title: str
    say: str
    brief: str
    press: str = ""
    is_done: Callable[[Events], bool]


def _fires(event: Event) -> bool:
    return ALERT in (event.data.get("alert"), event.data.get("name"))


def _is_looked_at(events: Events) -> bool:
    return any(event.kind == "redis.triaged" for event in events)


def _is_asked(events: Events) -> bool:
    return any(event.kind == "approval.asked" and event.data.get("title") == PLAN for event in events)


def _starts(event: Event) -> bool:
    """Approved, and not by one person alone who broke the glass."""
    is_plan = event.kind == "execution.started" and event.data.get("title") == PLAN
    return is_plan and not event.data.get("alone")


def _is_approved(events: Events) -> bool:
    return any(_starts(event) for event in events)


def _is_resolved(events: Events) -> bool:
    afterwards = _from_first(_starts, events)
    return any(event.kind == "incident.resolved" for event in afterwards)


def _from_first(is_it: Callable[[Event], bool], events: Events) -> Events:
    """What happened from the first such event on: nothing where there is none."""
    return next((events[at:] for at, event in enumerate(events) if is_it(event)), ())


STEPS = (
    Step(
        name="break",
        title="Break it",
        say='Press "Fill the memory" under Break it. In about 10 seconds an incident opens in #incidents.',
        brief="fill the memory of Redis.",
        press="fill",
        is_done=bool,
    ),
    Step(
        name="look",
        title="Look",
        say='Press "Triage" on the incident, or write /redis triage. The answer is in its thread: open it.',
        brief="press Triage on the incident.",
        is_done=_is_looked_at,
    ),
    Step(
        name="ask",
        title="Ask",
        say='Press "Clear cache…" under the finding: the plan says what would be lost. Nothing runs yet.',
        brief="in its thread, press Clear cache…",
        is_done=_is_asked,
    ),
    Step(
        name="approve",
        title="Approve",
        say="Who asks may not approve. Become Dev at the top of the page and press Approve on the plan.",
        brief="become Dev, approve the plan.",
        is_done=_is_approved,
    ),
    Step(
        name="resolve",
        title="Resolve",
        say='Once done, press "Resolve…" on the incident and say what it was. The report is in the thread.',
        brief="press Resolve… on the incident.",
        is_done=_is_resolved,
    ),
)


class Guide:
    """Reads the store of the playground's Pong; changes nothing."""

    def __init__(self, directory: Directory, clock: Clock) -> None:
        self._url = f"sqlite:///{directory / 'pong.db'}"
        self._clock = clock
        self._done: frozenset[str] = frozenset()
        self._looked_at_s = -LOOKS_EVERY_S

    async def steps(self) -> list[dict[str, Any]]:
        """[{name, title, say, brief, press, is_done}], in their order."""
        now_s = self._clock.monotonic_s()
        if now_s - self._looked_at_s >= LOOKS_EVERY_S:
            self._looked_at_s = now_s
            # Until Pong has made its store there is nothing to read.
            with contextlib.suppress(SettingsError):
                async with looking_at(self._url) as read:
                    self._done = read(furthest)
        return [shown(step, is_done=step.name in self._done) for step in STEPS]


def shown(step: Step, *, is_done: bool) -> dict[str, Any]:
    said = {name: getattr(step, name) for name in ("name", "title", "say", "brief", "press")}
    return {**said, "is_done": is_done}


async def furthest(records: Records) -> frozenset[str]:
    """The steps that are done in the incident that is furthest along."""
    incidents = await records.incidents.newest(INCIDENTS_READ)
    each = [done(await records.timeline.of(incident.id)) for incident in incidents]
    return max(each, key=len, default=frozenset())


def done(events: Events) -> frozenset[str]:
    """The names of the steps that one incident's timeline shows. Pure."""
    since = _from_first(_fires, events)
    return frozenset(step.name for step in STEPS if step.is_done(since))
