"""Do pins, reactions and bookmarks stick once?"""

from collections.abc import Callable
from typing import Any

import pytest

from bot.clock import DrivenClock
from bot.playground.local_slack import LocalSlack, Person
from bot.playground.local_slack.world import BOT_SCOPES, default_world

Call = Callable[..., Any]


@pytest.fixture
def slack(clock: DrivenClock) -> LocalSlack:
    more = {"reactions:write", "bookmarks:read"}
    return LocalSlack(clock, world=default_world().with_app(scopes=BOT_SCOPES | more))


@pytest.fixture
async def ts(call: Call, incidents: str) -> str:
    return str((await call("chat.postMessage", channel=incidents, text="hello"))["ts"])


async def test_pin_is_seen_listed_and_taken_away(call: Call, incidents: str, ts: str, maria: Person) -> None:
    where = {"channel": incidents, "timestamp": ts}
    assert (await call("pins.add", **where))["ok"]
    assert (await call("pins.add", **where))["error"] == "already_pinned"
    assert (await maria.sees("hello"))["pinned"]
    assert [item["message"]["ts"] for item in (await call("pins.list", channel=incidents))["items"]] == [ts]
    assert (await call("pins.remove", **where))["ok"]
    assert (await call("pins.remove", **where))["error"] == "no_pin"


async def test_reaction_is_given_once(call: Call, incidents: str, ts: str, maria: Person) -> None:
    where = {"channel": incidents, "timestamp": ts}
    assert (await call("reactions.add", **where, name="eyes"))["ok"]
    assert (await call("reactions.add", **where, name="eyes"))["error"] == "already_reacted"
    assert (await maria.sees("hello"))["reactions"] == [{"name": "eyes", "users": ["U0PONG"]}]
    assert (await call("reactions.get", **where))["message"]["reactions"][0]["count"] == 1


async def test_bookmark_is_listed(call: Call, incidents: str) -> None:
    bookmark = {"channel_id": incidents, "type": "link", "title": "Runbook", "link": "https://example.com"}
    assert (await call("bookmarks.add", **bookmark))["ok"]
    listed = (await call("bookmarks.list", channel_id=incidents))["bookmarks"]
    assert [one["title"] for one in listed] == ["Runbook"]
