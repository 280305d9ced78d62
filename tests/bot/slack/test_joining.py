"""Does Pong join its channels however long Slack is away, and stop at nothing that Slack answers?"""

import asyncio
import logging
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import DrivenClock, SystemClock
from bot.playground.local_slack import LocalSlack
from bot.playground.serving import serving
from bot.slack.joining import AGAIN_AFTER_S, join
from tests.fixtures.slack_pong import BOT_TOKEN, until

FAILURES: list[tuple[str, dict[str, Any]]] = [
    ("server_error", {}),
    ("server_error", {"code": "502"}),
    ("rate_limited", {}),
    ("refused", {"code": "internal_error"}),
    ("timeout", {"hang_s": 5}),
]


@pytest.mark.parametrize(("kind", "how"), FAILURES)
async def test_it_tries_again_until_slack_is_back(kind: str, how: dict[str, Any]):
    slack, clock = LocalSlack(SystemClock(), rates_strict=False), DrivenClock()
    slack.fail("conversations.join", kind, times=2, **how)
    async with serving(slack.asgi()) as url:
        client = AsyncWebClient(BOT_TOKEN, base_url=f"{url}/api/", timeout=0.3, retry_handlers=[])
        joining = asyncio.create_task(join(client, ["C0INCIDENTS", "C0GENERAL"], clock))

        def passes() -> bool:
            clock.advance(AGAIN_AFTER_S)
            return joining.done()

        await until(passes)
        await joining
    assert slack.workspace.channels["C0INCIDENTS"].has_bot
    assert slack.workspace.channels["C0GENERAL"].has_bot


async def test_a_channel_that_cannot_be_joined_is_logged_and_the_next_is_joined(caplog):
    caplog.set_level(logging.WARNING)
    slack = LocalSlack(SystemClock(), rates_strict=False)
    async with serving(slack.asgi()) as url:
        client = AsyncWebClient(BOT_TOKEN, base_url=f"{url}/api/", timeout=2, retry_handlers=[])
        await asyncio.wait_for(join(client, ["C0NONE", "C0GENERAL"], DrivenClock()), 10)
    assert "could not join C0NONE (channel_not_found): invite it there" in caplog.text
    assert slack.workspace.channels["C0GENERAL"].has_bot
