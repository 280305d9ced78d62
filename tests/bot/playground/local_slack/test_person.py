"""Does a person wait for what comes, and say plainly what they miss?"""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from bot.playground.local_slack import Person

Call = Callable[..., Any]


async def test_person_sees_what_comes_later(call: Call, incidents: str, maria: Person) -> None:
    seeing = asyncio.create_task(maria.sees("Redis is back"))
    await call("chat.postMessage", channel=incidents, text="Redis is gone")
    await call("chat.postMessage", channel=incidents, text="Redis is back")
    assert (await seeing)["channel"] == incidents


async def test_person_sees_an_edit(call: Call, incidents: str, maria: Person) -> None:
    ts = (await call("chat.postMessage", channel=incidents, text="before"))["ts"]
    seeing = asyncio.create_task(maria.sees(lambda message: message["text"] == "after"))
    await call("chat.update", channel=incidents, ts=ts, text="after")
    assert (await seeing)["ts"] == ts


async def test_words_in_blocks_are_seen(call: Call, incidents: str, maria: Person) -> None:
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "*Memory* 97 %"}}]
    await call("chat.postMessage", channel=incidents, text="verdict", blocks=blocks)
    await maria.sees("*Memory* 97 %")


async def test_missing_message_says_what_is_there(maria: Person) -> None:
    await maria.says("something else")
    with pytest.raises(AssertionError, match="something else"):
        await maria.sees("Redis is back", timeout_s=0.1)


async def test_missing_button_says_what_is_there(call: Call, incidents: str, maria: Person) -> None:
    button = {"type": "button", "action_id": "deny", "text": {"type": "plain_text", "text": "Deny…"}}
    blocks = [{"type": "actions", "elements": [button]}]
    await call("chat.postMessage", channel=incidents, text="plan", blocks=blocks)
    with pytest.raises(AssertionError, match="Deny…"):
        await maria.presses(await maria.sees("plan"), "Approve")
