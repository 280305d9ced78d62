"""`/incident drill [target]`: practise, with everything real but the failure and the calls."""

from bot.incident import DRILL, Incident
from bot.people import Role
from bot.pong import Pong
from bot.request import Request, Verb, Work
from bot.slack.render.incident import said
from bot.store.records import Records
from bot.thread import say, thread_of
from commands.incident.open import opening

USAGE = "/incident drill [target]"
RULES = (
    "🎯 A drill: nobody is called for help, nothing is published, and the figures leave it out. Updates and "
    "escalation come at their times. *What is approved here runs for real.* Who may approve it is asked as "
    "ever. "
)
ENDS = "A real alert on this target ends the drill."
JOINS = "All that is opened here is a drill: an alert on this target joins it."


async def run(request: Request, pong: Pong) -> Work:
    async def tells(records: Records, incident: Incident) -> None:
        rules = RULES + (JOINS if pong.settings.alerts.drills_only else ENDS)
        await say(records, pong, thread_of(incident), "drill", said(rules))

    return await opening(request, pong, source=DRILL, usage=USAGE, also=tells)


VERB = Verb(
    name="drill",
    role=Role.RESPONDER,
    run=run,
    command="/incident",
    usage=USAGE,
    example="/incident drill redis-prod",
    explains="practise: nobody is called, and a scorecard is in the report",
)
