"""How is one more person asked to help with an incident of PagerDuty's, once?

https://developer.pagerduty.com/api-reference/, "Create a responder request for an incident"
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx

from bot.errors import ServiceRefused
from bot.providers.pagerduty import UNKNOWN_SENDER, PagerDuty, incident_path, moment_ms, part, parts

USERS_MOST = 100


@dataclass(frozen=True, kw_only=True)
class Wish:
    """Who is asked, by their e-mail, with which words; `since_ms` is from when on such a request is this
    one."""

    email: str
    message: str
    since_ms: float


async def ask_for_help(
    service: PagerDuty, http: httpx.AsyncClient, id: str, wish: Wish, *, sender: str
) -> None:
    """Have `wish` asked there in the name of `sender`; what was asked already is not asked again. Raises as
    `PagerDuty.incident` does."""
    incident = await service.incident(http, id)
    if incident.get("status") == "resolved":
        raise ServiceRefused("PagerDuty's incident is resolved there")
    target = await _user(service, http, wish.email)
    if not target:
        raise ServiceRefused("PagerDuty knows nobody with that person's e-mail")
    requester = await _user(service, http, sender)
    if not requester:
        raise ServiceRefused(
            f"PagerDuty knows nobody with your e-mail ({UNKNOWN_SENDER})", code=UNKNOWN_SENDER
        )
    if _was_asked(incident, target, wish):
        return
    body = {
        "requester_id": requester,
        "message": wish.message,
        "responder_request_targets": [{"responder_request_target": {"id": target, "type": "user_reference"}}],
    }
    await service.send(http, "POST", f"{incident_path(id)}/responder_requests", sender=sender, json=body)


async def _user(service: PagerDuty, http: httpx.AsyncClient, email: str) -> str:
    """The id of whoever has exactly this e-mail; empty when nobody has."""
    asked = urlencode({"query": email, "limit": USERS_MOST})
    found = parts(await service.send(http, "GET", f"/users?{asked}"), "users")
    same = [one.get("id") for one in found if str(one.get("email")).lower() == email.lower()]
    return next((id for id in same if isinstance(id, str)), "")


def _was_asked(incident: Mapping[str, Any], target: str, wish: Wish) -> bool:
    return any(
        part(one, "user").get("id") == target
        and str(one.get("message")).split() == wish.message.split()
        and moment_ms(one.get("requested_at")) >= wish.since_ms
        for one in parts(incident, "incidents_responders")
    )
