"""What has the public been told of an incident, and has anybody been asked? The timeline knows.

The runbook's section "External Communication": over 30 minutes, or when users see it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from bot import timers
from bot.clock import length
from bot.diagnostics.units import in_minutes
from bot.incident import Incident
from bot.pong import Pong
from bot.store.records import Records
from bot.timeline import Event

MARKED, ASKED, DECLINED, DONE = (
    "public.user_visible",
    "public.asked",
    "public.declined",
    "public.done_by_hand",
)
INTENDED, PUBLISHED, REFUSED = "public.intended", "public.published", "public.refused"
RESOLVED = "resolved"


class Outcome(StrEnum):
    PENDING = "on its way"
    PUBLISHED = "published"
    REFUSED = "not published"


@dataclass(frozen=True, kw_only=True)
class Publication:
    """One text for the status page. `root` is the number of the first of those that belong to one incident
    there; `why` and `code` (an HTTP status) say why it was not taken; `link` leads there, where Pong may
    link; `is_gone`: nothing of it stands there any more."""

    number: int
    root: int
    status: str
    name: str
    body: str
    by: str
    at_ms: int
    outcome: Outcome = Outcome.PENDING
    settled_ms: int | None = None
    why: str = ""
    code: str = ""
    link: str = ""
    is_gone: bool = False


@dataclass(frozen=True, kw_only=True)
class Public:
    """Everything about one incident, oldest first. `asks` is how often people were asked, `is_asking` whether
    the newest question still waits for an answer."""

    marked_by: str | None = None
    asks: int = 0
    is_asking: bool = False
    asked_ms: int | None = None
    declined_by: str | None = None
    done_by: str | None = None
    done_ms: int | None = None
    is_done_at_end: bool = False
    touched_ms: int | None = None
    publications: tuple[Publication, ...] = ()

    @property
    def last(self) -> Publication | None:
        return self.publications[-1] if self.publications else None

    @property
    def is_pending(self) -> bool:
        return self.last is not None and self.last.outcome is Outcome.PENDING

    @property
    def published(self) -> Publication | None:
        """The newest that the public can read."""
        read = [one for one in self.publications if one.outcome is Outcome.PUBLISHED]
        return read[-1] if read else None

    @property
    def told_ms(self) -> int | None:
        """When it was told last, on the status page or by hand."""
        newest = self.published
        read_ms = (newest.settled_ms or newest.at_ms) if newest else 0
        return max(read_ms, self.done_ms or 0) or None

    @property
    def stands(self) -> bool:
        """Whether it is told as going on, on the status page or by hand."""
        if self.done_by is not None:
            return not self.is_done_at_end
        newest = self.published
        return newest is not None and not self._is_over(newest)

    def root_of_next(self) -> int:
        """To which incident of the page the next text belongs: to that of the last one, until it was resolved
        there. One that was refused, or of which nothing is known, still names it: Pong looks before it
        writes."""
        number, last = len(self.publications) + 1, self.last
        return number if last is None or self._is_over(last) else last.root

    def _is_over(self, one: Publication) -> bool:
        later_gone = any(other.is_gone and other.root == one.root for other in self.publications)
        return later_gone or (one.status == RESOLVED and one.outcome is Outcome.PUBLISHED)


def told(events: Sequence[Event]) -> Public | None:
    """What the `events` of one incident say of it; None when nobody has asked or said anything. Pure."""
    public: Public | None = None
    for event in events:
        if event.kind.startswith("public."):
            public = _after(public or Public(), event)
    return public


def _after(public: Public, event: Event) -> Public:
    now = replace(public, touched_ms=event.at_ms)
    match event.kind:
        case "public.user_visible":
            return replace(now, marked_by=event.actor)
        case "public.asked":
            return replace(now, asks=now.asks + 1, asked_ms=event.at_ms, is_asking=True, declined_by=None)
        case "public.declined":
            return replace(now, declined_by=event.actor, is_asking=False)
        case "public.done_by_hand":
            return _by_hand(now, event)
        case "public.intended":
            written = (*now.publications, _intended(event))
            return replace(now, publications=written, is_asking=False, declined_by=None, done_by=None)
        case "public.published" | "public.refused":
            return replace(now, publications=tuple(_settled(one, event) for one in now.publications))
    return public


def _by_hand(public: Public, event: Event) -> Public:
    at_end = bool(event.data.get("at_end"))
    return replace(
        public,
        done_by=event.actor,
        done_ms=event.at_ms,
        is_done_at_end=at_end,
        is_asking=False,
        declined_by=None,
    )


def _intended(event: Event) -> Publication:
    facts = event.data
    return Publication(
        number=int(facts["number"]),
        root=int(facts["root"]),
        status=str(facts["status"]),
        name=str(facts["name"]),
        body=str(facts["body"]),
        by=event.actor,
        at_ms=event.at_ms,
    )


def _settled(one: Publication, event: Event) -> Publication:
    if event.data.get("number") != one.number:
        return one
    return replace(
        one,
        outcome=Outcome.PUBLISHED if event.kind == PUBLISHED else Outcome.REFUSED,
        settled_ms=event.at_ms,
        why=str(event.data.get("why") or ""),
        code=str(event.data.get("code") or ""),
        link=str(event.data.get("link") or ""),
        is_gone=bool(event.data.get("is_gone")),
    )


def quiet(incident: Incident, *, ask_after_min: float) -> str:
    """Why the public was not told of one that is over and that nobody was asked about. Pure."""
    if incident.is_drill:
        return "none, for it was a drill"
    ended_ms = incident.alert_ended_ms or incident.resolved_ms or incident.opened_ms
    lasted_ms = incident.lasted_ms(ended_ms)
    if lasted_ms >= timers.minutes(ask_after_min):
        return f"nobody was asked ({length(lasted_ms)})"
    return f"under {in_minutes(ask_after_min)}, and nobody said that users see it: the public was not told"


def question_id(incident_id: int, ask: int) -> str:
    """The message that asks for the `ask`-th time."""
    return f"incident:{incident_id}/public-ask:{ask}"


def letter_id(incident_id: int, number: int) -> str:
    """What goes to the status page as the `number`-th."""
    return f"statuspage:{incident_id}:{number}"


async def public_of(records: Records, incident_id: int) -> Public | None:
    """None when nobody has asked or said anything, which costs no look through the timeline."""
    first = (question_id(incident_id, 1), letter_id(incident_id, 1))
    if not any([await records.outbox.is_posted(id) for id in first]):
        return None
    return told(await records.timeline.of(incident_id))


async def ask_later(records: Records, pong: Pong, incident: Incident) -> None:
    """Have people asked once it has lasted so long; what was asked is left as it is, and so is what waits,
    unless it was well meanwhile."""
    if not needs_asking(await public_of(records, incident.id), incident):
        return
    ask_after_ms = timers.minutes(pong.settings.statuspage.ask_after_min)
    due_ms = max(pong.clock.now_ms(), incident.began_ms + incident.well_ms + ask_after_ms)
    if any(due.kind == timers.PUBLIC for due in await records.timers.waiting(incident.id)):
        if incident.well_ms:
            await records.timers.postpone(incident.id, timers.PUBLIC, due_ms=due_ms)
        return
    slot = await records.timers.next_slot(incident.id, timers.PUBLIC)
    await records.timers.schedule(incident.id, timers.PUBLIC, slot, due_ms=due_ms)


def needs_asking(public: Public | None, incident: Incident) -> bool:
    """Whether nobody was asked yet; one that reopened begins anew, unless the public still reads of it."""
    if public is None:
        return True
    since_ms = incident.reopened_ms or 0
    return not (public.stands or public.is_pending or (public.touched_ms or 0) > since_ms)
