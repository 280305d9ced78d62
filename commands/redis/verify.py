"""`/redis verify [target]`: is it whole again?"""

from bot.people import Role
from bot.pong import Pong
from bot.request import Request, Verb, Work
from bot.slack.render.verification import verification_message
from bot.store.outbox import Class
from bot.store.records import Records
from bot.thread import edit
from bot.verification.verify import verify
from commands.answering import asked_by, asking, no_more_words, place_for, the_target

USAGE = "/redis verify [target]"


async def run(request: Request, pong: Pong) -> Work:
    no_more_words(request, 1, USAGE)
    target = await the_target(request, pong, *request.words)
    message_id = await asking(request, pong, target, "Verifying")
    verification = await verify(target, pong.clock, pong.http)

    async def answer(records: Records) -> None:
        _, incident = await place_for(records, pong, request, target)
        message = asked_by(verification_message(verification), request)
        await edit(records, pong, message_id, message, klass=Class.ANSWER)
        now_ms = pong.clock.now_ms()
        number = incident.id if incident else 0
        await records.timeline.note(
            number,
            "redis.verified",
            actor=request.user,
            at_ms=now_ms,
            target=target.name,
            verdict=verification.verdict,
        )
        if incident:
            await records.incidents.keep_finding(incident.id, "verify", verification.facts(), at_ms=now_ms)

    return answer


VERB = Verb(
    name="verify", role=Role.VIEWER, run=run, command="/redis", usage=USAGE, explains="is it whole again"
)
