"""What does Upstash's developer API say of a database: its state, its plan, its limits, what is used?

https://upstash.com/docs/devops/developer-api/redis/get_database
"""

import asyncio
import base64
import hashlib
from dataclasses import dataclass, field
from typing import Any

import httpx
from pydantic import SecretStr

from bot.applications.health import Answer, ask
from bot.providers.database import State, Usage
from bot.text import plain

MB, GB = 2**20, 2**30
# What each plan holds at most: https://upstash.com/docs/redis/overall/pricing
PLANS = {
    "free": 256 * MB,
    "payg": 100 * GB,
    "fixed_250mb": 250 * MB,
    "fixed_1gb": GB,
    "fixed_5gb": 5 * GB,
    "fixed_10gb": 10 * GB,
    "fixed_50gb": 50 * GB,
    "fixed_100gb": 100 * GB,
    "fixed_500gb": 500 * GB,
}
# Whether a GB is 10^9 bytes or 2^30 is told nowhere: they are 7 % apart, the plans more than twofold.
PLAN_MARGIN = 0.1
MARK_LENGTH = 8


@dataclass(frozen=True, kw_only=True)
class Booked:
    """Which of PLANS a database has, "" where that is not told; `used_bytes` is None where not told.

    `is_busy`: it is being changed, or is not active, as `says` has it in Upstash's words.
    """

    plan: str
    is_busy: bool = False
    says: str = ""
    used_bytes: int | None = None


@dataclass(frozen=True)
class Credential:
    """What the default user's password is now. `mark` tells it from another one and gives it away to nobody:
    four bytes of a digest of 16 random ones, under the database's id."""

    password: SecretStr
    mark: str


@dataclass(frozen=True)
class UpstashDatabase:
    """One database of the account of `email`."""

    url: str
    email: str = field(repr=False)
    api_key: SecretStr = field(repr=False)
    database_id: str
    provider = "Upstash"

    @property
    def plan_path(self) -> str:
        return f"/v2/redis/{self.database_id}/change-plan"

    @property
    def reset_path(self) -> str:
        return f"/v2/redis/reset-password/{self.database_id}"

    async def state(self, http: httpx.AsyncClient) -> State:
        database, stats = await self._both(http)
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

    async def booked(self, http: httpx.AsyncClient) -> Booked | str:
        """Its plan, and what is used of it; or why that is not known. Raises nothing."""
        database, stats = await self._both(http)
        if database.body is None:
            return f"Upstash {database.fault}"
        used = _number((stats.body or {}).get("current_storage"))
        return _booked(database.body, None if used is None else int(used))

    async def credential(self, http: httpx.AsyncClient) -> Credential | str:
        """Its password, read from Upstash now; or why it is not known. Raises nothing."""
        sent = headers(self.email, self.api_key.get_secret_value())
        answer = await ask(http, f"{self.url.rstrip('/')}/v2/redis/database/{self.database_id}", headers=sent)
        if answer.body is None:
            return f"Upstash {answer.fault}"
        password = answer.body.get("password")
        if not isinstance(password, str) or not password or not password.isprintable():
            return "Upstash does not tell the database's password"
        digested = hashlib.sha256(f"{self.database_id}:{password}".encode()).hexdigest()
        return Credential(SecretStr(password), digested[:MARK_LENGTH])

    async def _both(self, http: httpx.AsyncClient) -> tuple[Answer, Answer]:
        base = f"{self.url.rstrip('/')}/v2/redis"
        sent = headers(self.email, self.api_key.get_secret_value())
        return await asyncio.gather(
            ask(http, f"{base}/database/{self.database_id}?credentials=hide", headers=sent),
            ask(http, f"{base}/stats/{self.database_id}", headers=sent),
        )


def headers(email: str, api_key: str) -> dict[str, str]:
    key = base64.b64encode(f"{email}:{api_key}".encode()).decode()
    return {"Authorization": f"Basic {key}"}


def _booked(database: dict[str, Any], used_bytes: int | None) -> Booked:
    state, changing = plain(database.get("state") or "", 40), plain(database.get("modifying_state") or "", 40)
    return Booked(
        plan=_plan_of(database),
        is_busy=state != "active" or bool(changing),
        says=changing or state or "not told",
        used_bytes=used_bytes,
    )


def _plan_of(database: dict[str, Any]) -> str:
    """`type` tells a fixed plan from the others and no more: which one it is, its limit tells."""
    kind, limit = database.get("type"), _number(database.get("db_disk_threshold"))
    if isinstance(kind, str) and kind in PLANS:
        return kind
    if kind not in ("paid", "pro") or limit is None:
        return ""
    fixed = {name: size for name, size in PLANS.items() if name.startswith("fixed_")}
    near = (name for name, size in fixed.items() if abs(limit - size) <= PLAN_MARGIN * size)
    return next(near, "")


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
