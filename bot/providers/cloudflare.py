"""How well does Cloudflare guard the application's zone?

https://developers.cloudflare.com/api/resources/zones/subresources/settings/
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

import httpx
from pydantic import SecretStr

from bot.applications.health import Answer, ask
from bot.text import plain

LEVELS = ("essentially_off", "low", "medium", "high", "under_attack")
NO_RIGHT = (401, 403)


@dataclass(frozen=True)
class Zone:
    """One zone of the account that `token` opens. Addresses in `never_block` must never be blocked; a limit
    counts requests whose path begins with `limit_path`."""

    url: str
    token: SecretStr = field(repr=False)
    zone_id: str = ""
    never_block: tuple[str, ...] = ()
    limit_path: str = "/"

    @property
    def path(self) -> str:
        return f"/client/v4/zones/{self.zone_id}"

    @property
    def level_path(self) -> str:
        return f"{self.path}/settings/security_level"

    async def get(
        self, http: httpx.AsyncClient, path: str, asked: Mapping[str, str | int] | None = None
    ) -> Answer:
        """GET `path`. Raises nothing."""
        headers = {"Authorization": f"Bearer {self.token.get_secret_value()}"}
        query = f"?{urlencode(asked)}" if asked else ""
        return await ask(http, f"{self.url.rstrip('/')}{path}{query}", headers=headers)

    async def level(self, http: httpx.AsyncClient) -> str | None:
        """Its security level now, one of LEVELS; None when it is not told. Raises nothing."""
        answer = await self.get(http, self.level_path)
        result = answer.body.get("result") if answer.body else None
        value = plain(result.get("value", ""), 40) if isinstance(result, dict) else ""
        return value if value in LEVELS else None


def note_of(target: str) -> str:
    """What Pong writes on a rule that it makes for `target`: a rule with another note is somebody else's."""
    return f"Pong: {target}"


def why_not(answer: Answer, what: str, *, right: str) -> str:
    """Why `what` is not known, as a clause; `right` is the one that its token needs."""
    if answer.status_code in NO_RIGHT:
        return f"Cloudflare {answer.fault}: CLOUDFLARE_API_TOKEN needs the right {right} for this zone"
    return f"Cloudflare {answer.fault or f'does not tell {what}'}"
