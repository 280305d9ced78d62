"""How is an outside service asked to do something, and did it?

Sent once, never again. https://www.python-httpx.org/exceptions/
"""

import asyncio
from typing import Any

import httpx

from bot.execution.effects.effect import Effect, Outcome, Reveal
from bot.providers.services import Service
from bot.remediations.plan import HttpCall
from bot.remediations.secret import NewSecret, SecretRef

ANSWERS_WITHIN_S = 15.0
REFUSED_FROM, BROKEN_FROM = 400, 500
# Who can mend it, and where.
MEANINGS = {
    401: "the key in Pong's settings is wrong",
    403: "the key in Pong's settings may not do that",
    404: "it has nothing under that id: look at the ids in pong.toml",
    409: "it is busy with another change: wait for that to end",
    422: "it does not take that now: look at its console",
    429: "it was asked too often: wait a minute",
}
# The only refusals of a server that say nothing of what happened: it gave up on us in the middle.
UNCERTAIN = (408,)


async def call(http: httpx.AsyncClient, service: Service, step: HttpCall, reveal: Reveal) -> Effect:
    """Send it once and read the status alone. Raises nothing of httpx's."""
    body = step.body(lambda value: _value(value, reveal))
    return await send(http, service, method=step.method, path=step.path, body=body)


async def send(
    http: httpx.AsyncClient, service: Service, *, method: str, path: str, body: dict[str, Any]
) -> Effect:
    """One request, once; the status alone is read. Raises nothing of httpx's."""
    try:
        async with asyncio.timeout(ANSWERS_WITHIN_S):
            response = await http.request(
                method,
                f"{service.url.rstrip('/')}{path}",
                json=body or None,
                headers=dict(service.headers),
                follow_redirects=False,
                timeout=ANSWERS_WITHIN_S,
            )
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.InvalidURL, httpx.UnsupportedProtocol):
        return Effect(Outcome.NOT_SENT, f"{service.name} cannot be reached")
    except (TimeoutError, httpx.HTTPError):
        return Effect(Outcome.UNKNOWN, f"{service.name} did not answer")
    return _judge(service.name, response.status_code)


def _judge(name: str, status: int) -> Effect:
    answered = f"{name} answered HTTP {status}"
    if status in UNCERTAIN or status >= BROKEN_FROM:
        return Effect(Outcome.UNKNOWN, answered)
    if status >= REFUSED_FROM:
        meaning = f", {MEANINGS[status]}" if status in MEANINGS else ""
        return Effect(Outcome.REFUSED, f"{answered}{meaning}")
    if status >= httpx.codes.MULTIPLE_CHOICES:
        return Effect(
            Outcome.REFUSED, f"{answered}, which sends Pong elsewhere: its address in the settings is wrong"
        )
    return Effect(Outcome.DONE, answered)


def _value(value: Any, reveal: Reveal) -> Any:
    if isinstance(value, SecretRef | NewSecret):
        return reveal(value)
    return list(value) if isinstance(value, tuple) else value
