"""Does the client API give the page what it was promised?"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest

from bot.playground.local_slack import Person
from bot.playground.serving import local_client

Call = Callable[..., Any]
MARIA = {"user": "U0MARIA"}


@pytest.fixture
async def http(base_url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with local_client(f"{base_url}/client", timeout=10) as client:
        yield client


async def test_boot_names_the_workspace(http: httpx.AsyncClient) -> None:
    boot = (await http.get("/boot", params=MARIA)).json()
    assert boot["team"] == {"id": "T0PONG", "name": "Pong Rehearsal"}
    assert set(boot["me"]) == {
        "id",
        "name",
        "real_name",
        "title",
        "is_bot",
        "is_restricted",
        "is_stranger",
        "is_deleted",
        "color",
    }
    assert boot["me"]["id"] == "U0MARIA"
    assert len(boot["users"]) == 9
    assert boot["usergroups"][0]["users"] == ["U0MARIA", "U0DEV"]
    assert {"id": "C0INCIDENTS", "name": "incidents", "bookmarks": []} in boot["channels"]
    assert set(boot["commands"][0]) == {"command", "description", "usage_hint"}


async def test_history_holds_replies_in_order_and_all_fields(
    http: httpx.AsyncClient, call: Call, incidents: str, maria: Person
) -> None:
    parent = await maria.says("parent")
    await maria.says("second")
    await call("chat.postMessage", channel=incidents, text="reply", thread_ts=parent)
    messages = (await http.get("/history", params={**MARIA, "channel": incidents})).json()["messages"]
    assert [message["text"] for message in messages] == ["parent", "second", "reply"]
    expected = "ts thread_ts user bot name text blocks edited reactions files pinned broadcast ephemeral"
    assert all(set(message) == set(expected.split()) for message in messages)
    assert (messages[2]["thread_ts"], messages[2]["bot"], messages[2]["name"]) == (parent, True, "pong")


async def test_events_tell_of_every_change(http: httpx.AsyncClient, call: Call, incidents: str) -> None:
    async with http.stream("GET", "/events", params=MARIA) as stream:
        lines = stream.aiter_lines()
        assert (await anext(lines)).startswith(":")
        ts = (await call("chat.postMessage", channel=incidents, text="one"))["ts"]
        await call("chat.update", channel=incidents, ts=ts, text="two")
        await call("chat.postEphemeral", channel=incidents, user="U0DEV", text="not for Maria")
        await call("chat.postEphemeral", channel=incidents, user="U0MARIA", text="psst")
        await call("chat.delete", channel=incidents, ts=ts)
        heard: list[dict[str, Any]] = []
        async with asyncio.timeout(10):
            while len(heard) < 4:
                line = await anext(lines)
                if line.startswith("data:"):
                    heard.append(json.loads(line[5:]))
    assert [event["type"] for event in heard] == [
        "message",
        "message_changed",
        "ephemeral",
        "message_deleted",
    ]
    assert heard[1]["message"]["text"] == "two"
    assert heard[3] == {"type": "message_deleted", "channel": incidents, "ts": ts}


@pytest.mark.parametrize(
    ("path", "body", "status", "error"),
    [
        ("/say", {**MARIA, "channel": "C0NOWHERE", "text": "x"}, 200, "channel_not_found"),
        ("/say", {**MARIA, "channel": "C0GENERAL", "text": " "}, 200, "no_text"),
        ("/say", {**MARIA, "channel": "C0GENERAL"}, 400, "missing: text"),
        ("/view", {**MARIA, "view_id": "V1"}, 200, "not_found"),
    ],
)
async def test_refusals_say_why(
    http: httpx.AsyncClient, path: str, body: Any, status: int, error: str
) -> None:
    answer = await http.post(path, json=body)
    assert (answer.status_code, answer.json()) == (status, {"ok": False, "error": error})


async def test_body_that_is_not_json_is_refused(http: httpx.AsyncClient) -> None:
    assert (await http.post("/say", content=b"hello")).status_code == 400
