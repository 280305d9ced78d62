"""The button "Not over": a person says that it only looks healthy."""

from dataclasses import replace

from bot.errors import IllegalMove
from bot.people import Role
from bot.pong import Pong
from bot.promises.made import promise
from bot.request import Request, Verb, Work
from bot.slack.render.blocks import mention
from bot.slack.render.incident import said
from bot.store.outbox import Class
from bot.store.records import Records
from bot.thread import keep, say, thread_of
from bot.where import the_incident


async def run(request: Request, pong: Pong) -> Work:
    async def answer(records: Records) -> None:
        incident = await the_incident(records, request)
        if not incident.is_paused or not incident.is_open:
            raise IllegalMove(f"Incident #{incident.id} is not paused: updates and escalation go on.")
        back = replace(incident.relapsed(), alert=incident.alert, alert_ended_ms=incident.alert_ended_ms)
        changed = await promise(records, pong, back)
        changed = await keep(records, pong, changed, "incident.not_over", actor=request.user)
        line = f"{mention(request.user)} says it is not over. Updates and escalation go on."
        await say(records, pong, thread_of(changed), f"not-over:{request.id}", said(line), klass=Class.ANSWER)

    return answer


VERB = Verb(name="not_over", role=Role.RESPONDER, run=run)
