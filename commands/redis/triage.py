"""`/redis triage [target]`: what is wrong with it, how badly, and what helps?"""

from dataclasses import replace

from bot.diagnostics.triage import Diagnosis, diagnosis_to_json, triage
from bot.incident import Incident
from bot.people import Role
from bot.pong import Pong
from bot.request import Request, Verb, Work
from bot.slack.render.diagnosis import triage_message
from bot.store.records import Records
from bot.thread import redraw
from commands.answering import Answer, asked
from commands.redis.charting import charted, drawable, post

USAGE = "/redis triage [target]"


async def run(request: Request, pong: Pong) -> Work:
    question = await asked(request, pong, "Examining", usage=USAGE)

    async def first(known: Diagnosis) -> None:
        await question.shows(triage_message(known, links=question.target.links))

    diagnosis = await triage(question.target, pong.clock, pong.http, on_first=first)
    drawn = None
    if kept := await drawable(pong, question.target.name):
        await first(diagnosis)  # a picture takes a second, and nobody waits for it
        drawn = await charted(pong, kept)

    async def answer(records: Records) -> None:
        found = [finding.title for finding in diagnosis.findings if finding.severity.is_finding]
        incident = await question.answered(
            records,
            Answer(
                message=lambda ref: triage_message(diagnosis, ref=ref, links=question.target.links),
                event="redis.triaged",
                noted={"found": found},
                kind="triage",
                facts=diagnosis_to_json(diagnosis),
            ),
        )
        if incident:
            await _redraw(records, pong, incident, diagnosis)
        if incident and drawn and incident.id == drawn.incident.id:
            await post(records, pong, request, drawn)

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
    example="/redis triage redis-prod",
    explains="what is wrong, and what helps",
)
