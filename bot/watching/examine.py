"""What is wrong with whatever an incident is about: a Redis, an application, a database?

Which of these a runbook looks at stands in the runbook; how each is looked at, in its own package.
"""

import asyncio

from bot.applications import triage as of_application
from bot.applications.health import Application
from bot.diagnostics import triage as of_redis
from bot.diagnostics.diagnosis import Diagnosis
from bot.errors import PongError
from bot.incident import Incident
from bot.pong import Pong
from bot.postgres import triage as of_database
from bot.postgres.postgres import Postgres
from bot.targets.target import Target
from bot.thread import runbook_of
from bot.verification.verify import Verification, by_diagnosis, verify, with_triage

Thing = Target | Application | Postgres


def thing_of(pong: Pong, incident: Incident) -> Thing | None:
    """What the incident is about; None while nobody knows, and where pong.toml has it no longer."""
    if incident.target is None:
        return None
    try:
        return pong.targets.among(runbook_of(pong, incident).looks_at).get(incident.target)
    except PongError:
        return None


async def examine(pong: Pong, thing: Thing, *, on_first: of_redis.OnFirst | None = None) -> Diagnosis:
    """All that is wrong with it as far as it answers, within 8 s. Raises nothing that it causes itself."""
    if isinstance(thing, Target):
        return await of_redis.triage(thing, pong.clock, pong.http, on_first=on_first)
    if isinstance(thing, Postgres):
        return await of_database.triage(thing, pong.clock)
    return await of_application.triage(thing, pong.clock, pong.http)


async def verified(pong: Pong, thing: Thing) -> tuple[Verification, Diagnosis]:
    """Is it whole again, and which figures does it have now?"""
    if isinstance(thing, Target):
        asked, diagnosis = await asyncio.gather(verify(thing, pong.clock, pong.http), examine(pong, thing))
        return with_triage(asked, diagnosis), diagnosis
    diagnosis = await examine(pong, thing)
    return by_diagnosis(diagnosis), diagnosis
