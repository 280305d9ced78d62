"""A :pushpin: on a message of an incident's thread, or its being pinned: it belongs in the timeline."""

from bot.errors import BadInput, ServiceUnavailable, Transient
from bot.people import Role
from bot.pong import Pong
from bot.request import Request, Verb, Work
from bot.store.records import Records
from bot.text import plain
from bot.thread import keep

KEPT_MOST = 600
KIND = "timeline.pinned"
GONE = "The message that was pinned is not there any more, so it is not in the timeline."


async def run(request: Request, pong: Pong) -> Work:
    try:
        told = await pong.slack.message(request.channel, request.ref)
    except ServiceUnavailable as error:
        raise Transient(str(error)) from error  # so that it is asked again: nobody waits for an answer
    if told is None:
        raise BadInput(GONE)

    async def answer(records: Records) -> None:
        id = await records.outbox.message_id_at(request.channel, told.thread_ts or told.ts)
        number = _incident_in(id)
        incident = await records.incidents.get(number) if number else None
        # Elsewhere a pin is no request of us; what Pong said itself is in the timeline already.
        if incident is None or told.is_bots:
            return
        events = await records.timeline.of(incident.id)
        if any(event.kind == KIND and event.data.get("ts") == told.ts for event in events):
            return
        facts = {"ts": told.ts, "said_at_ms": told.at_ms, "said_by": told.user}
        text = plain(told.text, KEPT_MOST)
        await keep(records, pong, incident, KIND, actor=request.user, text=text, **facts)

    return answer


def _incident_in(message_id: str | None) -> int | None:
    """The number in `incident:4`; None for any other message."""
    if message_id is None or not message_id.startswith("incident:"):
        return None
    return int(message_id.removeprefix("incident:").partition("/")[0])


VERB = Verb(name="pin", role=Role.VIEWER, run=run)
