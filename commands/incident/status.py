"""`/incident status`: which incidents are open, and who has them?"""

from collections.abc import Mapping

from bot.clock import length
from bot.incident import Incident
from bot.people import Role
from bot.pong import Pong
from bot.request import Request, Verb, Work
from bot.slack.render.incident import said
from bot.slack.render.summary import who_has
from bot.store.outbox import Class
from bot.store.records import Records
from bot.text import outside
from bot.thread import say
from bot.where import place_of


async def run(request: Request, pong: Pong) -> Work:
    async def answer(records: Records) -> None:
        place, _ = await place_of(records, pong, request)
        open_now = await records.incidents.all_open()
        now_ms, handles = pong.clock.now_ms(), await records.names.all()
        lines = [_line(incident, handles, now_ms) for incident in open_now] or ["No incident is open."]
        text = "\n".join(lines)
        await say(records, pong, place, f"answer:{request.id}", said(text), klass=Class.ANSWER)

    return answer


def _line(incident: Incident, handles: Mapping[str, str], now_ms: int) -> str:
    since, drill = length(incident.lasted_ms(now_ms)), "drill, " if incident.is_drill else ""
    where = outside(incident.target or "unknown target")
    return f"*#{incident.id}* {drill}{where}: {incident.status}, {since}, {who_has(incident, handles)}"


VERB = Verb(
    name="status",
    role=Role.VIEWER,
    run=run,
    command="/incident",
    usage="/incident status",
    example="/incident status",
    explains="which are open, and who has them",
)
