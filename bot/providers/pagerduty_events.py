"""How is somebody called by an event, where nobody can be asked in Slack?

https://developer.pagerduty.com/docs/events-api-v2-overview
"""

from dataclasses import dataclass, field

import httpx
from pydantic import SecretStr

from bot.config.settings import Settings
from bot.errors import ServiceRefused, ServiceUnavailable

ANSWERS_WITHIN_S = 5.0
SUMMARY_MOST, SOURCE_MOST, KEY_MOST = 1024, 255, 255


@dataclass(frozen=True)
class Events:
    """One integration of one service there."""

    url: str
    routing_key: SecretStr = field(repr=False)

    async def trigger(self, http: httpx.AsyncClient, *, key: str, summary: str, source: str) -> None:
        """Call whoever the service names; the same `key` calls nobody twice while it is open. Raises
        ServiceUnavailable when it may pass, ServiceRefused when it will not."""
        payload = {"summary": summary[:SUMMARY_MOST], "source": source[:SOURCE_MOST], "severity": "critical"}
        await self._send(http, {"event_action": "trigger", "dedup_key": key[:KEY_MOST], "payload": payload})

    async def resolve(self, http: httpx.AsyncClient, *, key: str) -> None:
        """It is over. Raises as `trigger` does."""
        await self._send(http, {"event_action": "resolve", "dedup_key": key[:KEY_MOST]})

    async def _send(self, http: httpx.AsyncClient, event: dict[str, object]) -> None:
        body = {"routing_key": self.routing_key.get_secret_value()} | event
        try:
            url = f"{self.url.rstrip('/')}/v2/enqueue"
            answer = await http.post(url, json=body, timeout=ANSWERS_WITHIN_S, follow_redirects=False)
        except httpx.HTTPError:
            raise ServiceUnavailable("PagerDuty did not answer") from None
        if answer.status_code == httpx.codes.ACCEPTED:
            return
        said = f"PagerDuty answered HTTP {answer.status_code}"
        if answer.is_server_error or answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
            raise ServiceUnavailable(said)
        raise ServiceRefused(f"{said}: is PAGERDUTY_ROUTING_KEY an Events API v2 key?")


def events(settings: Settings) -> Events | None:
    """None where no routing key is set."""
    key = settings.secret("PAGERDUTY_ROUTING_KEY")
    return Events(settings.pagerduty_events_url, SecretStr(key)) if key else None
