"""What do the local Slack's tests share?"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from bot.clock import DrivenClock
from bot.playground.local_slack import LocalSlack, Person
from bot.playground.serving import local_client, serving

Call = Callable[..., Any]


@pytest.fixture
def clock() -> DrivenClock:
    return DrivenClock()


@pytest.fixture
def slack(clock: DrivenClock) -> LocalSlack:
    return LocalSlack(clock)


@pytest.fixture
async def base_url(slack: LocalSlack) -> AsyncIterator[str]:
    async with serving(slack.asgi()) as address:
        yield address


@pytest.fixture
async def call(base_url: str, slack: LocalSlack) -> AsyncIterator[Call]:
    """Calls a Web API method as the bot and gives back the answer."""
    headers = {"authorization": f"Bearer {slack.world.app.bot_token}"}
    async with local_client(f"{base_url}/api", headers=headers) as client:

        async def one(method: str, **arguments: Any) -> dict[str, Any]:
            return dict((await client.post(f"/{method}", json=arguments)).json())

        yield one


@pytest.fixture
async def incidents(call: Call) -> str:
    """The id of a channel that the bot has joined."""
    assert (await call("conversations.join", channel="C0INCIDENTS"))["ok"]
    return "C0INCIDENTS"


@pytest.fixture
def until() -> Callable[[Callable[[], object]], Awaitable[None]]:
    """Waits for a condition, 10 s at most."""

    async def waits(condition: Callable[[], object]) -> None:
        async with asyncio.timeout(10):
            while not condition():  # noqa: ASYNC110 - any condition, not one event
                await asyncio.sleep(0.01)

    return waits


@pytest.fixture
def maria(base_url: str) -> Person:
    return Person(base_url, "U0MARIA")


@pytest.fixture
def dev(base_url: str) -> Person:
    return Person(base_url, "U0DEV")
