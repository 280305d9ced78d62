"""Is an event told again as Slack tells it again, and is what is posted signed as Slack signs it?"""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from slack_sdk.signature import SignatureVerifier
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.clock import DrivenClock
from bot.playground.local_slack import LocalSlack, Person
from bot.playground.serving import serving


class Bot:
    """Notes what is posted to it, and answers with the next of `answers` (200 when there is none)."""

    def __init__(self) -> None:
        self.heard: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []

    async def endpoint(self, request: Request) -> Response:
        self.heard.append((dict(request.headers), await request.body()))
        return PlainTextResponse("", self.answers.pop(0) if self.answers else 200)

    @property
    def retries(self) -> list[str | None]:
        return [headers.get("x-slack-retry-num") for headers, _ in self.heard]


@pytest.fixture
async def bot(slack: LocalSlack, base_url: str) -> AsyncIterator[Bot]:
    bot = Bot()
    async with serving(Starlette(routes=[Route("/slack/events", bot.endpoint, methods=["POST"])])) as url:
        slack.deliver_to(f"{url}/slack/events")
        yield bot


async def test_signature_is_slacks_own(bot: Bot, maria: Person, clock: DrivenClock) -> None:
    assert await maria.commands("/redis ping") == {"ok": True}
    headers, body = bot.heard[0]
    assert headers["x-slack-request-timestamp"] == str(clock.now_ms() // 1000)
    verifier = SignatureVerifier("local-signing-secret")
    expected = verifier.generate_signature(timestamp=headers["x-slack-request-timestamp"], body=body)
    assert headers["x-slack-signature"] == expected


async def test_event_that_fails_is_told_three_times_more(
    bot: Bot, maria: Person, incidents: str, clock: DrivenClock, until: Callable[..., Any]
) -> None:
    bot.answers = [500, 500, 500, 500]
    await maria.says("@pong help")
    await until(lambda: bot.retries == [None, "1"])
    await until(lambda: clock.advance(10) or len(bot.retries) == 3)
    await until(lambda: clock.advance(10) or len(bot.retries) == 4)
    assert bot.retries == [None, "1", "2", "3"]
    assert bot.heard[-1][0]["x-slack-retry-reason"] == "http_error"
    bodies = {body for _, body in bot.heard}
    assert len(bodies) == 1, "the same event, under the same id, every time"


async def test_event_that_is_taken_is_told_once(
    bot: Bot, maria: Person, incidents: str, clock: DrivenClock, until: Callable[..., Any]
) -> None:
    await maria.says("@pong help")
    await until(lambda: bot.heard)
    clock.advance(600)
    await maria.says("nothing for the bot")
    assert bot.retries == [None]


async def test_command_that_the_bot_refuses_fails(bot: Bot, maria: Person) -> None:
    bot.answers = [404]
    assert "dispatch_failed" in (await maria.commands("/redis ping"))["error"]
