"""`/redis ping [target]`: does it answer, and if not, where does the way end?"""

from bot.diagnostics.triage import outcome_to_json, ping
from bot.people import Role
from bot.pong import Pong
from bot.request import Request, Verb, Work
from bot.slack.render.diagnosis import ping_message
from bot.store.outbox import Class
from bot.store.records import Records
from bot.thread import edit
from commands.answering import asked_by, asking, no_more_words, place_for, the_target

USAGE = "/redis ping [target]"


async def run(request: Request, pong: Pong) -> Work:
    no_more_words(request, 1, USAGE)
    target = await the_target(request, pong, *request.words)
    message_id = await asking(request, pong, target, "Asking")
    outcome = await ping(target, pong.clock)

    async def answer(records: Records) -> None:
        _, incident = await place_for(records, pong, request, target)
        await edit(records, pong, message_id, asked_by(ping_message(outcome), request), klass=Class.ANSWER)
        facts = outcome_to_json(outcome)
        now_ms = pong.clock.now_ms()
        number = incident.id if incident else 0
        await records.timeline.note(
            number,
            "redis.pinged",
            actor=request.user,
            at_ms=now_ms,
            target=target.name,
            outcome=outcome.kind,
            says=outcome.says,
        )
        if incident:
            await records.incidents.keep_finding(incident.id, "ping", facts, at_ms=now_ms)

    return answer


VERB = Verb(
    name="ping",
    role=Role.VIEWER,
    run=run,
    command="/redis",
    usage=USAGE,
    explains="does it answer, and if not, why",
)
