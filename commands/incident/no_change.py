"""The button "No change": an update by one press, when all is as it was."""

from bot.people import Role
from bot.pong import Pong
from bot.promises.updates import no_change
from bot.request import Request, Verb, Work
from bot.slack.render.updates import progress
from bot.store.outbox import Class
from bot.store.records import Records
from bot.thread import keep, runbook_of, say, thread_of
from bot.where import the_incident


async def run(request: Request, pong: Pong) -> Work:
    async def answer(records: Records) -> None:
        incident = await the_incident(records, request)
        changed = await no_change(records, pong, incident, by=request.user)
        changed = await keep(records, pong, changed, "update.no_change", actor=request.user)
        now_ms = pong.clock.now_ms()
        message = progress(changed, runbook_of(pong, changed), now_ms=now_ms, by=request.user)
        await say(records, pong, thread_of(changed), f"update-by:{request.id}", message, klass=Class.ANSWER)

    return answer


VERB = Verb(name="no_change", role=Role.RESPONDER, run=run)
