"""What does an application say of its own health, and of its pool of Redis connections?

The two endpoints and their shapes are the runbook's, steps 3 and 6: `/api/health` has `.checks.redis` and
`.status`, `/api/health/metrics` has `.redis`. https://www.python-httpx.org/async/
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from bot.applications.logs import LogSource
from bot.text import plain

ANSWERS_WITHIN_S = 2.0
BODY_MOST_BYTES = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Application:
    """One application that uses a Redis. A URL that is None is not asked.

    Its health is slow when it comes after more than `slow_over_ms`; `databases` are the names of those that
    pong.toml has for it.

    `path_command` ends with 0 when the application's host reaches the Redis; the other commands restart it,
    make it do without Redis and with it again, and give it another user and password for Redis.
    """

    name: str
    health_url: str | None = None
    metrics_url: str | None = None
    logs: tuple[LogSource, ...] = ()
    path_command: tuple[str, ...] = ()
    restart_command: tuple[str, ...] = ()
    fallback_on_command: tuple[str, ...] = ()
    fallback_off_command: tuple[str, ...] = ()
    credentials_command: tuple[str, ...] = ()
    slow_over_ms: float = 1000
    databases: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back: a JSON object in `body`, or else in `fault` why there is none, in words.

    `status_code` is None when nothing was answered at all. A 503 may carry a body: sick applications do.
    """

    status_code: int | None = None
    body: dict[str, Any] | None = None
    fault: str = ""


async def ask(http: httpx.AsyncClient, url: str, *, headers: Mapping[str, str] | None = None) -> Answer:
    """GET `url`, within 2 s and 1 MiB. Raises nothing: what went wrong is the answer's `fault`.

    An error that comes with a JSON body is a fault, unless it says a status as a sick application does.
    """
    try:
        async with asyncio.timeout(ANSWERS_WITHIN_S):
            return await _get(http, url, headers or {})
    except (TimeoutError, httpx.TimeoutException):
        return Answer(fault=f"did not answer within {ANSWERS_WITHIN_S:.0f} s")
    except httpx.ConnectError:
        return Answer(fault="cannot be reached")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return Answer(fault=f"broke off its answer ({plain(type(error).__name__, 40)})")


async def _get(http: httpx.AsyncClient, url: str, headers: Mapping[str, str]) -> Answer:
    async with http.stream("GET", url, headers=headers, follow_redirects=False) as response:
        raw = bytearray()
        async for piece in response.aiter_bytes():
            raw += piece
            if len(raw) > BODY_MOST_BYTES:
                return Answer(status_code=response.status_code, fault="answered with more than 1 MiB")
    return _understood(response.status_code, bytes(raw))


def _understood(status_code: int, raw: bytes) -> Answer:
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        body = None
    if isinstance(body, dict) and (status_code < 300 or "status" in body or "checks" in body):
        return Answer(status_code=status_code, body=body)
    if status_code >= 300:
        return Answer(status_code=status_code, fault=f"answered HTTP {status_code}")
    return Answer(status_code=status_code, fault="did not answer with a JSON object")
