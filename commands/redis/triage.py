"""`/redis triage [target]`: what is wrong with it, how badly, and what helps?"""

from dataclasses import replace

from bot.diagnostics.triage import Diagnosis, diagnosis_to_json, triage
from bot.incident import Incident
from bot.people import Role
from bot.pong import Pong
from bot.request import Request, Verb, Work
from bot.slack.render.diagnosis import triage_message
from bot.store.outbox import Class
from bot.store.records import Records
from bot.thread import edit, redraw
from commands.answering import asked_by, asking, no_more_words, place_for, the_target

USAGE = "/redis triage [target]"


async def run(request: Request, pong: Pong) -> Work:
    no_more_words(request, 1, USAGE)
    target = await the_target(request, pong, *request.words)
    message_id = await asking(request, pong, target, "Examining")
    diagnosis = await triage(target, pong.clock, pong.http)

    async def answer(records: Records) -> None:
        _, incident = await place_for(records, pong, request, target)
        await edit(
            records, pong, message_id, asked_by(triage_message(diagnosis), request), klass=Class.ANSWER
        )
        now_ms = pong.clock.now_ms()
        number = incident.id if incident else 0
        titles = [finding.title for finding in diagnosis.findings if finding.severity.is_finding]
        await records.timeline.note(
            number, "redis.triaged", actor=request.user, at_ms=now_ms, target=target.name, found=titles
        )
        if incident:
            await records.incidents.keep_finding(
                incident.id, "triage", diagnosis_to_json(diagnosis), at_ms=now_ms
            )
            await _redraw(records, pong, incident, diagnosis)

    return answer


async def _redraw(records: Records, pong: Pong, incident: Incident, diagnosis: Diagnosis) -> None:
    sentence = f"{diagnosis.target} {diagnosis.outcome.says}"
    known = replace(incident, outcome=sentence, outcome_checked_ms=pong.clock.now_ms())
    await redraw(records, pong, await records.incidents.save(known))


VERB = Verb(
    name="triage",
    role=Role.VIEWER,
    run=run,
    command="/redis",
    usage=USAGE,
    explains="what is wrong, and what helps",
)
