"""Does Pong come back to Slack by Socket Mode, whatever happened to the connection? On a real local Slack."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from bot.clock import SystemClock
from bot.playground.local_slack import LocalSlack, Person
from bot.playground.serving import serving
from bot.slack.socket import Socket
from tests.fixtures.slack_pong import APP_TOKEN, BOT_TOKEN, ended, until

GIVEN_UP_AFTER_S = 1.0


@pytest.fixture
def slack() -> LocalSlack:
    return LocalSlack(SystemClock(), rates_strict=False)


async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token=BOT_TOKEN)


@asynccontextmanager
async def connecting(slack: LocalSlack) -> AsyncIterator[Person]:
    """A person who can ask the application something, over whatever connection there is."""
    app = AsyncApp(authorize=authorize, signing_secret="x", process_before_response=True)

    async def answer(ack) -> None:
        await ack("here")

    app.command("/redis")(answer)
    async with serving(slack.asgi()) as url:
        socket = Socket(
            app,
            app_token=APP_TOKEN,
            api_url=f"{url}/api/",
            clock=SystemClock(),
            given_up_after_s=GIVEN_UP_AFTER_S,
        )
        task = asyncio.create_task(socket.run())
        try:
            yield Person(url, "U0MARIA")
            assert not task.done()
        finally:
            await ended(task)


async def test_it_connects_and_answers(slack: LocalSlack):
    async with connecting(slack) as maria:
        await slack.connected()
        assert (await maria.commands("/redis help"))["ok"]


async def test_a_dropped_connection_comes_back(slack: LocalSlack):
    async with connecting(slack) as maria:
        await slack.connected()
        await slack.disconnect()
        await slack.connected()
        assert (await maria.commands("/redis help"))["ok"]


async def test_a_connection_that_slack_wants_renewed_is_renewed(slack: LocalSlack):
    async with connecting(slack) as maria:
        await slack.connected()
        await slack.disconnect("refresh_requested")
        await slack.connected()
        assert (await maria.commands("/redis help"))["ok"]


async def test_what_is_refused_for_too_long_is_built_anew_with_a_new_ticket(slack: LocalSlack, caplog):
    caplog.set_level(logging.WARNING, logger="bot.slack.socket")
    slack.fail("socket", "refused")
    async with connecting(slack) as maria:
        await until(lambda: tickets(slack) >= 3, seconds=20)
        slack.heal()
        await slack.connected(timeout_s=20)
        assert (await maria.commands("/redis help"))["ok"]
    assert "connecting anew" in caplog.text


async def test_while_slack_gives_no_ticket_it_goes_on_asking(slack: LocalSlack, caplog):
    slack.fail("apps.connections.open", "server_error", code="500")
    async with connecting(slack) as maria:
        await until(lambda: tickets(slack) >= 2, seconds=20)
        slack.heal()
        await slack.connected(timeout_s=20)
        assert (await maria.commands("/redis help"))["ok"]


def tickets(slack: LocalSlack) -> int:
    return len([call for call in slack.calls if call["method"] == "apps.connections.open"])
