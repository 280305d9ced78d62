"""What does a provider's public status page say?

The form that Statuspage serves under /api/v2/status.json. https://metastatuspage.com/api
"""

from dataclasses import dataclass
from typing import Any

import httpx

from bot.applications.health import ask
from bot.text import plain

INDICATORS = ("none", "minor", "major", "critical", "maintenance")


@dataclass(frozen=True, kw_only=True)
class Provider:
    """Whoever runs a target's Redis. A URL that is None is not asked."""

    name: str
    status_url: str | None = None


@dataclass(frozen=True, kw_only=True)
class Status:
    """`indicator` is one of INDICATORS, "" when the page does not say; then `fault` says why, in words."""

    indicator: str = ""
    description: str = ""
    fault: str = ""


async def status_of(http: httpx.AsyncClient, url: str) -> Status:
    """GET `url`, within 2 s and 1 MiB. Raises nothing."""
    answer = await ask(http, url)
    if answer.body is None:
        return Status(fault=f"its status page {answer.fault}")
    return _understood(answer.body)


def _understood(body: dict[str, Any]) -> Status:
    said = body.get("status")
    indicator = said.get("indicator") if isinstance(said, dict) else None
    if indicator not in INDICATORS:
        return Status(fault="its status page cannot be read")
    assert isinstance(said, dict)  # noqa: S101 - an indicator was found in it
    return Status(indicator=str(indicator), description=plain(said.get("description") or "", 120))
