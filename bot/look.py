"""How are a target and its application right now, in two sentences? For updates and rechecks."""

import asyncio
from dataclasses import dataclass, replace
from typing import Any

from bot.applications.health import Application, ask
from bot.errors import PongError
from bot.incident import Incident
from bot.pong import Pong
from bot.targets.ping import ping
from bot.text import plain


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
    """Measure the incident's target within 4 s; None when it has no target that can be reached."""
    if incident.target is None:
        return None
    try:
        target = pong.targets.get(incident.target)
    except PongError:
        return None
    outcome, said = await asyncio.gather(ping(target, pong.clock), platform(pong, target.application))
    sentence = f"{target.name} {outcome.says}"
    return Look(sentence, outcome.is_healthy, said, pong.clock.now_ms())


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
