"""Which rate limits has the zone at Cloudflare, and which of them did Pong make?

https://developers.cloudflare.com/waf/rate-limiting-rules/create-api/
"""

import re
from dataclasses import dataclass
from typing import Any

import httpx

from bot.providers.cloudflare import Zone, why_not

RIGHT = "Zone WAF Edit"
PHASE = "http_ratelimit"
ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
HTTP_NOT_FOUND = 404


@dataclass(frozen=True, kw_only=True)
class Limit:
    """At most `requests` in `period_s` seconds from one address, counted where `expression` holds."""

    requests: int
    period_s: int
    expression: str

    @property
    def says(self) -> str:
        """As it is typed: `100 per 10s`."""
        return f"{self.requests} per {self.period_s}s"


@dataclass(frozen=True, kw_only=True)
class LimitRule:
    """A rule of Pong's; `limit` is None when somebody has made another thing of it, or switched it off."""

    id: str
    limit: Limit | None


@dataclass(frozen=True, kw_only=True)
class Limits:
    """`ruleset_id` is empty while the zone has no such rules at all; `others` are not Pong's."""

    ruleset_id: str = ""
    ours: tuple[LimitRule, ...] = ()
    others: int = 0


def rulesets_path(zone: Zone) -> str:
    return f"{zone.path}/rulesets"


def expression_of(zone: Zone) -> str:
    return f'starts_with(http.request.uri.path, "{zone.limit_path}")'


async def limits(zone: Zone, http: httpx.AsyncClient, note: str) -> Limits | str:
    """What stands there now, ours by exactly this note; or why it is not known. Raises nothing."""
    answer = await zone.get(http, f"{rulesets_path(zone)}/phases/{PHASE}/entrypoint")
    if answer.status_code == HTTP_NOT_FOUND:
        return Limits()
    result = answer.body.get("result") if answer.body else None
    if not isinstance(result, dict) or not ID.fullmatch(str(result.get("id"))):
        return why_not(answer, "its rate limits", right=RIGHT)
    rules = [rule for rule in result.get("rules") or [] if isinstance(rule, dict)]
    ours = [rule for rule in rules if rule.get("description") == note and ID.fullmatch(str(rule.get("id")))]
    return Limits(
        ruleset_id=result["id"],
        ours=tuple(LimitRule(id=rule["id"], limit=_limit(rule)) for rule in ours),
        others=len(rules) - len(ours),
    )


def _limit(rule: dict[str, Any]) -> Limit | None:
    counted = rule.get("ratelimit")
    if not isinstance(counted, dict) or rule.get("action") != "block" or rule.get("enabled") is False:
        return None
    requests, period_s = counted.get("requests_per_period"), counted.get("period")
    if not isinstance(requests, int) or not isinstance(period_s, int):
        return None
    return Limit(requests=requests, period_s=period_s, expression=str(rule.get("expression")))
