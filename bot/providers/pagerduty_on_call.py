"""Who is on call now, by a schedule or by an escalation policy, level by level?

https://developer.pagerduty.com/api-reference/3a6b910f11050-list-all-of-the-on-calls
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import httpx

from bot.errors import ServiceUnavailable
from bot.providers.pagerduty import PagerDuty, part, parts

MOST = 100  # PagerDuty's own limit of a page; nobody reads more


@dataclass(frozen=True)
class OnDuty:
    """One person; `level` is when they are called, 1 at first."""

    name: str
    email: str = field(repr=False)
    level: int


async def by_schedule(service: PagerDuty, http: httpx.AsyncClient, schedule: str) -> tuple[OnDuty, ...]:
    """Whoever is on call by the schedule of this id. This and what follows raise ServiceUnavailable when it
    may pass, ServiceRefused when it does not."""
    found = await _asked(service, http, {"schedule_ids[]": schedule})
    # A schedule may serve several policies, on any level of each: here it is who is on call.
    return _each_once({**one, "escalation_level": 1} for one in found)


async def by_policy(service: PagerDuty, http: httpx.AsyncClient, policy: str) -> tuple[OnDuty, ...]:
    """Whoever is on call by the escalation policy of this id, whom it calls first first."""
    return _each_once(await _asked(service, http, {"escalation_policy_ids[]": policy}))


async def of_incident(service: PagerDuty, http: httpx.AsyncClient, id: str) -> tuple[OnDuty, ...]:
    """The same by the escalation policy that an incident there has."""
    policy = part(await service.incident(http, id), "escalation_policy").get("id")
    if not isinstance(policy, str):
        raise ServiceUnavailable("PagerDuty does not tell the incident's escalation policy")
    return await by_policy(service, http, policy)


async def _asked(
    service: PagerDuty, http: httpx.AsyncClient, whose: Mapping[str, str]
) -> list[dict[str, Any]]:
    query = urlencode({**whose, "include[]": "users", "earliest": "true", "limit": MOST})
    told = await service.send(http, "GET", f"/oncalls?{query}")
    if not isinstance(told.get("oncalls"), list):
        raise ServiceUnavailable("PagerDuty does not tell who is on call")
    return parts(told, "oncalls")


def _each_once(found: Any) -> tuple[OnDuty, ...]:
    """On the first level on which they stand."""
    people: dict[str, OnDuty] = {}
    for one in found:
        user, level = part(one, "user"), one.get("escalation_level")
        name, email = user.get("name") or user.get("summary"), user.get("email")
        if not isinstance(name, str) or not isinstance(level, int):
            continue
        on_duty = OnDuty(name, email.lower() if isinstance(email, str) and "@" in email else "", level)
        before = people.get(str(user.get("id")), on_duty)
        people[str(user.get("id"))] = min(before, on_duty, key=lambda person: person.level)
    return tuple(sorted(people.values(), key=lambda person: (person.level, person.name)))
