"""What does Upstash's developer API say of a database: its state, its limits, what is used?

https://upstash.com/docs/devops/developer-api/redis/get_database
"""

import asyncio
import base64
from dataclasses import dataclass, field
from typing import Any

import httpx
from pydantic import SecretStr

from bot.applications.health import ask
from bot.providers.database import State, Usage
from bot.text import plain


@dataclass(frozen=True)
class UpstashDatabase:
    """One database of the account of `email`."""

    url: str
    email: str = field(repr=False)
    api_key: SecretStr = field(repr=False)
    database_id: str
    provider = "Upstash"

    async def state(self, http: httpx.AsyncClient) -> State:
        key = base64.b64encode(f"{self.email}:{self.api_key.get_secret_value()}".encode()).decode()
        headers = {"Authorization": f"Basic {key}"}
        base = f"{self.url.rstrip('/')}/v2/redis"
        database, stats = await asyncio.gather(
            ask(http, f"{base}/database/{self.database_id}?credentials=hide", headers=headers),
            ask(http, f"{base}/stats/{self.database_id}", headers=headers),
        )
        if database.body is None:
            return State(fault=f"Upstash {database.fault}")
        status = plain(database.body.get("state", ""), 40)
        if not status:
            return State(fault="Upstash does not tell the database's state")
        return State(
            status=status,
            is_well=status == "active",
            usages=_usages(database.body, stats.body or {}),
            notes=() if stats.body else (f"its usage is not known: Upstash {stats.fault}",),
        )


def _usages(database: dict[str, Any], stats: dict[str, Any]) -> tuple[Usage, ...]:
    pairs = (
        ("bytes stored", _number(stats.get("current_storage")), _number(database.get("db_disk_threshold"))),
        ("clients", _latest(stats.get("connection_count")), _number(database.get("db_max_clients"))),
        (
            "requests this month",
            _number(stats.get("total_monthly_requests")),
            _number(database.get("db_request_limit")),
        ),
    )
    return tuple(
        Usage(name=name, used=used, limit=limit) for name, used, limit in pairs if used is not None and limit
    )


def _latest(series: Any) -> float | None:
    """The last point of [{x, y}, …]."""
    last = series[-1] if isinstance(series, list) and series else None
    return _number(last.get("y")) if isinstance(last, dict) else None


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
