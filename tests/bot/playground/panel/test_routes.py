from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette

from bot.playground.panel.panel import Panel
from bot.playground.panel.routes import panel_routes
from bot.playground.panel.server import RedisServer, ServerState


@pytest.fixture
async def http(panel: Panel) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=Starlette(routes=panel_routes(panel)))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client


async def test_a_press_reaches_the_server(http: httpx.AsyncClient, server: RedisServer) -> None:
    assert (await http.post("/panel/press", json={"what": "kill"})).json() == {"ok": True}
    assert server.state is ServerState.KILLED
    assert (await http.get("/panel/state")).json()["server"]["state"] == "killed"


async def test_a_refusal_is_one_sentence(http: httpx.AsyncClient) -> None:
    answer = await http.post("/panel/press", json={"what": "start"})
    assert answer.status_code == 409
    assert answer.json() == {"ok": False, "error": "Start Redis: not while Redis is running."}


async def test_another_sites_form_breaks_nothing(http: httpx.AsyncClient, server: RedisServer) -> None:
    answer = await http.post(
        "/panel/press", content='{"what": "kill"}', headers={"content-type": "text/plain"}
    )
    assert answer.status_code == 415
    assert server.state is ServerState.RUNNING


@pytest.mark.parametrize("body", ["[]", "nonsense", "{}"])
async def test_a_malformed_press_is_refused(http: httpx.AsyncClient, body: str) -> None:
    answer = await http.post("/panel/press", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400
