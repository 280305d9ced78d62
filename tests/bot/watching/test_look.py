"""Is what an application says of itself told in the runbook's words, and never more than it said?"""

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.applications.health import Application
from bot.playground.serving import local_client, serving
from bot.watching.look import look, platform
from tests.bot.intake.test_opening import alert, the_incident
from tests.fixtures.alerts import alertmanager
from tests.fixtures.small_pong import SmallPong


async def said(body: object) -> str | None:
    async def answer(request: Request) -> Response:
        return JSONResponse(body)

    async with serving(Starlette(routes=[Route("/health", answer)])) as url, local_client() as http:

        class Asks:
            def __init__(self) -> None:
                self.http = http

        return await platform(Asks(), Application(name="shop", health_url=f"{url}/health"))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        ("healthy", "Operational"),
        ("degraded", "Still operational (degraded)"),
        ("unhealthy", "Not operational (unhealthy)"),
        ("on fire", "shop says: on fire"),
        ("session:abc ann@example.com", "shop says: session:•••• ••••"),
    ],
)
async def test_a_status_is_told_in_the_runbook_s_words(status: str, sentence: str):
    assert await said({"status": status}) == sentence


async def test_no_status_is_told_as_none():
    assert await said({"checks": {}}) == "shop says: nothing of its status"


async def test_without_an_address_nothing_is_claimed(small: SmallPong):
    assert await platform(small.pong, Application(name="shop")) is None
    assert await platform(small.pong, None) is None


async def test_a_dead_server_is_looked_at_and_not_healthy(small: SmallPong):
    await alert(small, alertmanager())
    seen = await look(small.pong, await the_incident(small))
    assert seen is not None
    assert (seen.is_healthy, seen.outcome) == (False, "redis-prod refuses connections")


async def test_without_a_target_there_is_nothing_to_look_at(small: SmallPong):
    await alert(small, alertmanager(labels={"target": "somewhere else"}))
    assert await look(small.pong, await the_incident(small)) is None
