"""How are a target and its application right now, in two sentences? For updates and rechecks."""

import asyncio
from dataclasses import dataclass, replace
from typing import Any

from bot.applications.health import Application, ask
from bot.incident import Incident
from bot.pong import Pong
from bot.postgres.postgres import Postgres
from bot.targets.ping import ping
from bot.targets.target import Target
from bot.text import plain
from bot.watching.examine import examine, thing_of


@dataclass(frozen=True)
class Look:
    """What was measured at `at_ms`. `platform` is what the application says of itself, None when it has no
    address to ask."""

    outcome: str
    is_healthy: bool
    platform: str | None
    at_ms: int

    def facts(self) -> dict[str, Any]:
        return {"outcome": self.outcome, "is_healthy": self.is_healthy, "platform": self.platform}


def measured(incident: Incident, seen: Look | None) -> Incident:
    """The incident with what was just measured in it. Pure."""
    if seen is None:
        return incident
    now = replace(incident, outcome=seen.outcome, outcome_checked_ms=seen.at_ms)
    if seen.platform is not None:
        now = replace(now, platform=seen.platform, platform_checked_ms=seen.at_ms)
    return replace(now, healthy_since_ms=(now.healthy_since_ms or seen.at_ms) if seen.is_healthy else None)


async def look(pong: Pong, incident: Incident) -> Look | None:
    """Measure the incident's target within 4 s, a silent database within 6; None when it has none that can
    be reached."""
    thing = thing_of(pong, incident)
    if thing is None:
        return None
    application = thing if isinstance(thing, Application) else thing.application
    seeing = _ping(pong, thing) if isinstance(thing, Target) else _seen(pong, thing)
    (says, is_healthy), said = await asyncio.gather(seeing, platform(pong, application))
    return Look(f"{thing.name} {says}", is_healthy, said, pong.clock.now_ms())


async def _ping(pong: Pong, target: Target) -> tuple[str, bool]:
    outcome = await ping(target, pong.clock)
    return outcome.says, outcome.is_healthy


async def _seen(pong: Pong, thing: Application | Postgres) -> tuple[str, bool]:
    """It answers, and the worst that was found."""
    diagnosis = await examine(pong, thing)
    worst = f", and {diagnosis.sick[0].title}" if diagnosis.sick and diagnosis.outcome.is_healthy else ""
    return f"{diagnosis.outcome.says}{worst}", diagnosis.is_healthy


async def platform(pong: Pong, application: Application | None) -> str | None:
    """What the application says of itself, in the runbook's words; None when it has no address to ask."""
    if application is None or application.health_url is None:
        return None
    answer = await ask(pong.http, application.health_url)
    if answer.body is None:
        return f"{application.name} {answer.fault}"
    status = plain(answer.body.get("status", "nothing of its status"), 60)
    return {
        "healthy": "Operational",
        "degraded": "Still operational (degraded)",
        "unhealthy": "Not operational (unhealthy)",
    }.get(status, f"{application.name} says: {status}")
