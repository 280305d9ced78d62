"""`/incident severity`: how bad is it, and what changes by that?"""

from collections.abc import Sequence
from dataclasses import replace

from bot.config.tables import SEVERITIES
from bot.diagnostics.units import in_minutes
from bot.errors import BadInput
from bot.people import Role
from bot.pong import Pong
from bot.promises.updates import rated
from bot.request import Request, Verb, Work
from bot.slack.render.blocks import date, mention
from bot.slack.render.incident import said
from bot.store.outbox import Class
from bot.store.records import Records
from bot.thread import keep, say, thread_of
from bot.where import the_incident

USAGE = "/incident severity P1 | P2 | P3 | P4 [number]"


def _the_one(words: Sequence[str]) -> str:
    severities = [word.upper() for word in words if word.upper() in SEVERITIES]
    if not severities:
        raise BadInput(f"How severe is it? Write {USAGE}.")
    if len(severities) > 1:
        raise BadInput(f"Which of them is it, {' or '.join(severities)}? Write one: {USAGE}.")
    return severities[0]


async def run(request: Request, pong: Pong) -> Work:
    severity = _the_one(request.words)
    words = tuple(word for word in request.words if word.upper() not in SEVERITIES)

    async def answer(records: Records) -> None:
        incident = await the_incident(records, replace(request, words=words))
        changed = await rated(records, pong, incident.rated(severity))
        facts = {"before": incident.severity, "severity": severity}
        changed = await keep(records, pong, changed, "incident.rated", actor=request.user, **facts)
        every = in_minutes(pong.settings.escalation.every_min(severity))
        line = f"{mention(request.user)} rates it {severity} (it was {incident.severity})."
        if changed.next_update_ms:
            line += f" Updates every {every} from now on, next at {date(changed.next_update_ms)}."
        await say(records, pong, thread_of(changed), f"rated:{request.id}", said(line), klass=Class.ANSWER)

    return answer


VERB = Verb(
    name="severity",
    role=Role.RESPONDER,
    run=run,
    command="/incident",
    usage="/incident severity P1 | P2 | P3 | P4 [number]",
    example="/incident severity P1",
    explains="say how bad it is: updates come as often as that needs",
)
