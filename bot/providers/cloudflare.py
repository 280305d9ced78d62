"""How well does Cloudflare guard the application's zone?

https://developers.cloudflare.com/api/resources/zones/subresources/settings/
"""

from dataclasses import dataclass, field

import httpx
from pydantic import SecretStr

from bot.applications.health import ask
from bot.text import plain

LEVELS = ("essentially_off", "low", "medium", "high", "under_attack")


@dataclass(frozen=True)
class Zone:
    """One zone of the account that `token` opens."""

    url: str
    token: SecretStr = field(repr=False)
    zone_id: str = ""

    @property
    def path(self) -> str:
        return f"/client/v4/zones/{self.zone_id}/settings/security_level"

    async def level(self, http: httpx.AsyncClient) -> str | None:
        """Its security level now, one of LEVELS; None when it is not told. Raises nothing."""
        headers = {"Authorization": f"Bearer {self.token.get_secret_value()}"}
        answer = await ask(http, f"{self.url.rstrip('/')}{self.path}", headers=headers)
        result = answer.body.get("result") if answer.body else None
        value = plain(result.get("value", ""), 40) if isinstance(result, dict) else ""
        return value if value in LEVELS else None
