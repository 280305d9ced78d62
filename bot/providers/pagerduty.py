"""Who is on call, and how is somebody woken?

https://developer.pagerduty.com/api-reference/
"""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

import httpx
from pydantic import SecretStr

from bot.applications.health import ask
from bot.errors import ServiceRefused, ServiceUnavailable
from bot.settings import Settings
from bot.text import plain

ANSWERS_WITHIN_S = 10.0
OWN_KEYS = "pong-"  # what Pong opens there itself is known by the beginning of its key
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
    status = response.status_code
    if status == httpx.codes.CREATED:
        return True
    why = _errors(response)
    if status == httpx.codes.BAD_REQUEST and MATCHES in why:
        return False
    said = f"PagerDuty answered HTTP {status}" + (f" ({plain(why, 200)})" if why else "")
    if status >= httpx.codes.INTERNAL_SERVER_ERROR or status == httpx.codes.TOO_MANY_REQUESTS:
        raise ServiceUnavailable(said)
    raise ServiceRefused(said)


def _errors(response: httpx.Response) -> str:
    try:
        body: Any = response.json()
        return "; ".join([str(body["error"].get("message", "")), *map(str, body["error"].get("errors", []))])
    except (ValueError, KeyError, TypeError, AttributeError):
        return ""
