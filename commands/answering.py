"""How is a question about a target answered: at once with "asking", then by editing that in place?"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from bot.errors import BadInput
from bot.incident import Incident
from bot.pong import Pong
from bot.request import Request
from bot.runbooks.runbook import LooksAt
from bot.slack.render.blocks import Message, context, mention
from bot.slack.render.incident import said
from bot.store.outbox import Class
from bot.store.records import Records
from bot.targets.target import Target
from bot.text import outside
from bot.thread import Place, edit, say, thread_of
from bot.watching.examine import Thing
from bot.where import incident_of, place_of


class HasName(Protocol):
    """A Redis, an application or a database."""

    @property
    def name(self) -> str: ...


AskedOf = TypeVar("AskedOf", bound=HasName)


async def the_target(request: Request, pong: Pong, name: str = "") -> Target:
    """The Redis that was named, or that the incident is about, or the only one. Raises BadInput."""
    name = name or await _meant(request, pong)
    if (kind := pong.targets.kind_of(name)) not in (None, LooksAt.REDIS):
        raise BadInput(
            f"{name} is {kind.indefinite}; /redis is for a Redis alone. Ask /incident triage {name}."
        )
    return pong.targets.get(name)


async def the_thing(request: Request, pong: Pong, name: str = "") -> tuple[LooksAt, Thing]:
    """The same of whatever an incident can be about, with what kind of thing it is. Raises BadInput."""
    return pong.targets.find(name or await _meant(request, pong))


async def _meant(request: Request, pong: Pong) -> str:
    if name := _by_button(request):
        return name
    incident = await pong.store.read(lambda records: incident_of(records, request))
    return (incident.target if incident else None) or ""


async def place_for(
    records: Records, pong: Pong, request: Request, target: HasName
) -> tuple[Place, Incident | None]:
    """The thread it was asked in, else that of the target's open incident, else the channel.

    The incident comes along when it is about this target.
    """
    place, incident = await place_of(records, pong, request)
    if incident and incident.target != target.name:
        return place, None
    if (
        request.thread_ts is None
        and incident is None
        and (incident := await records.incidents.open_on(target.name))
    ):
        return thread_of(incident), incident
    return place, incident


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a question came to: what people read, what the timeline notes, and what the report is given.

    `message` is drawn with the reference by which a button finds what was kept.
    """

    message: Callable[[str], Message]
    event: str
    noted: dict[str, Any]
    kind: str
    facts: dict[str, Any]


@dataclass(frozen=True)
class Asked(Generic[AskedOf]):
    """A question about a target that people have been told of; `message_id` is where its answer goes."""

    request: Request
    pong: Pong
    target: AskedOf
    message_id: str

    async def shows(self, message: Message) -> None:
        """Show what is known so far; the answer takes its place."""
        shown = _asked_by(message, self.request)
        await self.pong.store.write(
            lambda records: edit(records, self.pong, self.message_id, shown, klass=Class.ANSWER)
        )

    async def answered(self, records: Records, answer: Answer) -> Incident | None:
        """Show it, note it, keep it; gives the incident that the question belongs to."""
        request, pong, now_ms = self.request, self.pong, self.pong.clock.now_ms()
        _, incident = await place_for(records, pong, request, self.target)
        number = incident.id if incident else 0
        kept = await records.incidents.keep_finding(number, answer.kind, answer.facts, at_ms=now_ms)
        message = _asked_by(answer.message(f"{answer.kind}-{kept}"), request)
        await edit(records, pong, self.message_id, message, klass=Class.ANSWER)
        noted = {"target": self.target.name} | answer.noted
        await records.timeline.note(number, answer.event, actor=request.user, at_ms=now_ms, **noted)
        return incident


async def asked(request: Request, pong: Pong, what: str, *, usage: str) -> Asked[Target]:
    """Say at once that a Redis is being asked. Raises BadInput for words that name none."""
    no_more_words(request, 1, usage)
    return await asked_of(request, pong, what, await the_target(request, pong, *request.words))


async def asked_of(request: Request, pong: Pong, what: str, target: AskedOf) -> Asked[AskedOf]:
    """The same of what was found already."""
    line = f"⏳ {what} {outside(target.name)} for {mention(request.user)} …"

    async def begin(records: Records) -> str:
        place, _ = await place_for(records, pong, request, target)
        return await say(records, pong, place, f"answer:{request.id}", said(line), klass=Class.ANSWER)

    return Asked(request, pong, target, await pong.store.write(begin))


def no_more_words(request: Request, most: int, usage: str) -> None:
    """Raises BadInput when more was typed than the verb takes."""
    if len(request.words) > most:
        raise BadInput(f"Too many words: write {usage}")


def _asked_by(message: Message, request: Request) -> Message:
    return Message(message.text, (*message.blocks, context(f"asked by {mention(request.user)}")))


def _by_button(request: Request) -> str:
    return request.ref if request.via == "button" and not request.ref.isdecimal() else ""
