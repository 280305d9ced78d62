"""`/redis triage [target]`: what is wrong with it, how badly, and what helps?

`/incident triage`, the mention and the button look at an application or a database too.
"""

from dataclasses import replace

from bot.applications.health import Application
from bot.diagnostics.triage import Diagnosis, diagnosis_to_json
from bot.incident import Incident
from bot.people import Role
from bot.pong import Pong
from bot.request import Request, Verb, Work
from bot.runbooks.runbook import LooksAt
from bot.slack.render.diagnosis import triage_message
from bot.store.records import Records
from bot.thread import redraw
from bot.watching.examine import Thing, examine
from commands.answering import Answer, asked_of, no_more_words, the_target, the_thing
from commands.redis.charting import charted, drawable, post

USAGE, ELSEWHERE = "/redis triage [target]", "/incident"


async def run(request: Request, pong: Pong) -> Work:
    no_more_words(request, 1, USAGE)
    kind, thing = await _asked_about(request, pong)
    question = await asked_of(request, pong, "Examining", thing)
    links = () if isinstance(thing, Application) else thing.links

    async def first(known: Diagnosis) -> None:
        await question.shows(triage_message(known, links=links))

    diagnosis = await examine(pong, thing, on_first=first)
    drawn = None
    if kept := await drawable(pong, question.target.name):
        await first(diagnosis)  # a picture takes a second, and nobody waits for it
        drawn = await charted(pong, kept)

    async def answer(records: Records) -> None:
        found = [finding.title for finding in diagnosis.findings if finding.severity.is_finding]
        incident = await question.answered(
            records,
            Answer(
                message=lambda ref: triage_message(diagnosis, ref=ref, links=links),
                event=f"{kind.lower()}.triaged",
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


async def _asked_about(request: Request, pong: Pong) -> tuple[LooksAt, Thing]:
    """As `/redis triage` it is for a Redis alone."""
    if request.via == "command" and request.ref != ELSEWHERE:
        return LooksAt.REDIS, await the_target(request, pong, *request.words)
    names = request.words or await _only_open(request, pong)
    return await the_thing(request, pong, *names)


async def _only_open(request: Request, pong: Pong) -> tuple[str, ...]:
    """`/incident triage` alone means the only incident that is open, as with its other verbs."""
    if request.via != "command":
        return ()
    incidents = await pong.store.read(lambda records: records.incidents.all_open())
    return tuple(one.target for one in incidents if one.target) if len(incidents) == 1 else ()


async def _redraw(records: Records, pong: Pong, incident: Incident, diagnosis: Diagnosis) -> None:
    sentence = f"{diagnosis.target} {diagnosis.outcome.says}"
    known = replace(incident, outcome=sentence, outcome_checked_ms=pong.clock.now_ms())
    await redraw(records, pong, await records.incidents.save(known))


VERB = Verb(
    name="triage",
    role=Role.VIEWER,
    run=run,
    command="/redis",
    also=ELSEWHERE,
    usage=USAGE,
    example="/redis triage redis-prod",
    explains="what is wrong, and what helps",
)
