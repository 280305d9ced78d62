"""Can the local Slack be made to fail over HTTP, and asked what it was asked?"""

from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest

from bot.playground.serving import local_client

Call = Callable[..., Any]


@pytest.fixture
async def http(base_url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with local_client(f"{base_url}/control") as client:
        yield client


async def test_fault_is_set_and_cleared(http: httpx.AsyncClient, call: Call) -> None:
    fault = {"method": "auth.test", "kind": "refused", "code": "account_inactive"}
    assert (await http.post("/faults", json=fault)).json() == {"ok": True}
    assert (await call("auth.test"))["error"] == "account_inactive"
    await http.delete("/faults")
    assert (await call("auth.test"))["ok"]


@pytest.mark.parametrize(
    "fault", [{"method": "*"}, {"method": "*", "kind": "flood"}, {"kind": "refused", "mehtod": "*"}]
)
async def test_malformed_fault_is_refused(http: httpx.AsyncClient, fault: dict[str, str]) -> None:
    assert (await http.post("/faults", json=fault)).status_code == 400


async def test_calls_are_listed_and_forgotten(http: httpx.AsyncClient, call: Call) -> None:
    await call("auth.test")
    calls = (await http.get("/calls")).json()
    assert [(one["method"], one["status"]) for one in calls] == [("auth.test", 200)]
    await http.delete("/calls")
    assert (await http.get("/calls")).json() == []


async def test_disconnect_needs_no_body(http: httpx.AsyncClient) -> None:
    assert (await http.post("/disconnect")).json() == {"ok": True}
