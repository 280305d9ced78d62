"""Who is on call, and how is somebody woken?

https://developer.pagerduty.com/api-reference/
"""

import asyncio
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

import httpx
from pydantic import SecretStr

from bot.applications.health import ask
from bot.config.settings import Settings
from bot.errors import ServiceRefused, ServiceUnavailable
from bot.text import plain

ANSWERS_WITHIN_S = 10.0
OWN_KEYS = "pong-"  # what Pong opens there itself is known by the beginning of its key
WRITTEN_WITHIN_S = 4.0
UNKNOWN_SENDER = "Requester User Not Found"  # nobody there has the e-mail in whose name it is written
MATCHES = "matching dedup key"  # said of a page that is open already: nobody is woken twice


@dataclass(frozen=True)
class PagerDuty:
    """One account. `sender` is the e-mail of the user in whose name Pong writes; a page is opened on
    `service` and goes to `policy`, both by their ids."""

    url: str
    token: SecretStr = field(repr=False)
    sender: str = field(default="", repr=False)
    service: str = ""
    policy: str = ""

    async def on_call(self, http: httpx.AsyncClient, schedule: str) -> tuple[str, ...]:
        """The e-mails of whoever is on call now by the schedule of this id. Raises ServiceUnavailable."""
        asked = urlencode({"schedule_ids[]": schedule, "include[]": "users", "earliest": "true"})
        answer = await ask(http, f"{self._base}/oncalls?{asked}", headers=self._headers())
        found = answer.body.get("oncalls") if answer.body else None
        if not isinstance(found, list):
            raise ServiceUnavailable(f"PagerDuty {answer.fault or 'does not tell who is on call'}")
        users = [one.get("user") for one in found if isinstance(one, dict)]
        emails = [user.get("email") for user in users if isinstance(user, dict)]
        return tuple(sorted({email.lower() for email in emails if isinstance(email, str) and "@" in email}))

    async def email_of(self, http: httpx.AsyncClient, user: str) -> str:
        """The e-mail of the user of this id; empty where PagerDuty has none. Raises ServiceUnavailable."""
        answer = await ask(http, f"{self._base}/users/{quote(user, safe='')}", headers=self._headers())
        found = answer.body.get("user") if answer.body else None
        if not isinstance(found, dict):
            raise ServiceUnavailable(f"PagerDuty {answer.fault or 'does not tell who that is'}")
        email = found.get("email")
        return email.lower() if isinstance(email, str) and "@" in email else ""

    async def page(self, http: httpx.AsyncClient, *, title: str, details: str, key: str) -> bool:
        """Wake whoever `policy` names. With the same `key` nobody is woken twice while the page is open, and
        False is given back.

        Raises ServiceUnavailable when it is not known whether anybody was woken, ServiceRefused with why
        when nobody was.
        """
        body = {
            "incident": {
                "type": "incident",
                "title": title[:250],
                "service": {"id": self.service, "type": "service_reference"},
                "escalation_policy": {"id": self.policy, "type": "escalation_policy_reference"},
                "urgency": "high",
                "incident_key": key,
                "body": {"type": "incident_body", "details": details},
            }
        }
        try:
            response = await http.post(
                f"{self._base}/incidents",
                json=body,
                headers=self._headers() | {"From": self.sender},
                timeout=ANSWERS_WITHIN_S,
                follow_redirects=False,
            )
        except httpx.HTTPError:
            raise ServiceUnavailable("PagerDuty did not answer") from None
        return _judge(response)

    async def incident(self, http: httpx.AsyncClient, id: str) -> Mapping[str, Any]:
        """An incident of PagerDuty's as it is there now. This and what follows raise ServiceUnavailable when
        it may pass, or when it is not known whether it was done; ServiceRefused when it was not."""
        return part(await self.send(http, "GET", incident_path(id)), "incident")

    async def change(
        self, http: httpx.AsyncClient, id: str, changes: Mapping[str, Any], *, sender: str
    ) -> None:
        body = {"incident": {"type": "incident_reference"} | dict(changes)}
        await self.send(http, "PUT", incident_path(id), sender=sender, json=body)

    async def notes(self, http: httpx.AsyncClient, id: str, *, since_ms: int) -> list[str]:
        """What was written about it since then."""
        found = parts(await self.send(http, "GET", f"{incident_path(id)}/notes"), "notes")
        return [str(one.get("content")) for one in found if moment_ms(one.get("created_at")) >= since_ms]

    async def note(self, http: httpx.AsyncClient, id: str, content: str, *, sender: str) -> None:
        await self.send(
            http, "POST", f"{incident_path(id)}/notes", sender=sender, json={"note": {"content": content}}
        )

    async def levels(self, http: httpx.AsyncClient, incident: Mapping[str, Any]) -> tuple[int, int]:
        """On which level of its escalation policy an incident is, by who has it, and which is the last."""
        policy = str(part(incident, "escalation_policy").get("id"))
        asked = urlencode({"escalation_policy_ids[]": policy, "limit": 100})
        levels: dict[str, int] = {}
        for one in parts(await self.send(http, "GET", f"/oncalls?{asked}"), "oncalls"):
            user, level = str(part(one, "user").get("id")), one.get("escalation_level")
            if isinstance(level, int):
                levels[user] = min(level, levels.get(user, level))
        assigned = [str(part(one, "assignee").get("id")) for one in parts(incident, "assignments")]
        at = max((levels[user] for user in assigned if user in levels), default=1)
        return at, max(levels.values(), default=1)

    async def send(
        self, http: httpx.AsyncClient, method: str, path: str, *, sender: str = "", json: Any = None
    ) -> dict[str, Any]:
        """The object that is answered. Raises as `incident` does."""
        headers = self._headers() | ({"From": sender} if sender else {})
        try:
            async with asyncio.timeout(WRITTEN_WITHIN_S):
                response = await http.request(
                    method, f"{self._base}{path}", headers=headers, json=json, follow_redirects=False
                )
        except (httpx.HTTPError, TimeoutError):
            raise ServiceUnavailable("PagerDuty did not answer") from None
        _refuse(response)
        try:
            told = response.json()
        except ValueError:
            told = None
        if not isinstance(told, dict):
            raise ServiceUnavailable("PagerDuty answered with something else than JSON")
        return told

    @property
    def _base(self) -> str:
        return self.url.rstrip("/")

    def _headers(self) -> dict[str, str]:
        return {
            "Authorization": f"Token token={self.token.get_secret_value()}",
            "Accept": "application/vnd.pagerduty+json;version=2",
        }


def pagerduty(settings: Settings) -> PagerDuty | None:
    """None where it is not set up."""
    token = settings.secret("PAGERDUTY_API_TOKEN")
    if token is None:
        return None
    return PagerDuty(
        url=settings.pagerduty_api_url,
        token=SecretStr(token),
        sender=settings.secret("PAGERDUTY_FROM") or "",
        service=settings.pagerduty.service or "",
        policy=settings.pagerduty.approvers_policy or "",
    )


def _judge(response: httpx.Response) -> bool:
    """Whether it opened a page."""
    if response.status_code == httpx.codes.CREATED:
        return True
    if response.status_code == httpx.codes.BAD_REQUEST and MATCHES in _errors(response):
        return False
    _refuse(response, also_success=True)
    return False


def _refuse(response: httpx.Response, *, also_success: bool = False) -> None:
    """Raise what an answer means that is none of success."""
    status, why = response.status_code, _errors(response)
    if response.is_success and not also_success:
        return
    said = f"PagerDuty answered HTTP {status}" + (f" ({plain(why, 200)})" if why else "")
    if status >= httpx.codes.INTERNAL_SERVER_ERROR or status == httpx.codes.TOO_MANY_REQUESTS:
        waits = response.headers.get("ratelimit-reset", "")
        raise ServiceUnavailable(said, retry_after_s=float(waits) if waits.isdecimal() else None)
    raise ServiceRefused(said, code=UNKNOWN_SENDER if UNKNOWN_SENDER in why else "")


def incident_path(id: str) -> str:
    return f"/incidents/{quote(id, safe='')}"


def part(told: Any, name: str) -> dict[str, Any]:
    """The object of that name; an empty one where there is none."""
    found = told.get(name) if isinstance(told, Mapping) else None
    return found if isinstance(found, dict) else {}


def parts(told: Any, name: str) -> list[dict[str, Any]]:
    """The objects of the list of that name."""
    found = told.get(name) if isinstance(told, Mapping) else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def moment_ms(moment: Any) -> float:
    """When that is, as far as it can be read; else it is taken for now."""
    try:
        return datetime.fromisoformat(str(moment)).timestamp() * 1000
    except ValueError:
        return math.inf


def _errors(response: httpx.Response) -> str:
    try:
        body: Any = response.json()
        return "; ".join([str(body["error"].get("message", "")), *map(str, body["error"].get("errors", []))])
    except (ValueError, KeyError, TypeError, AttributeError):
        return ""
