"""Is Pong a member of the channels that it works in?

Slack tells mentions, and shows history, to members only.

https://docs.slack.dev/reference/methods/conversations.join
"""

import logging
from collections.abc import Iterable

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock
from bot.slack.codes import code_of

AGAIN_AFTER_S = 10.0
PASSING = frozenset(
    {"ratelimited", "internal_error", "fatal_error", "request_timeout", "service_unavailable"}
)

log = logging.getLogger(__name__)


async def join(client: AsyncWebClient, channels: Iterable[str], clock: Clock) -> None:
    """Join each channel once, however long Slack is away. A private one has to invite Pong: it is logged."""
    for channel in channels:
        while not await _joined(client, channel):
            await clock.sleep(AGAIN_AFTER_S)


async def _joined(client: AsyncWebClient, channel: str) -> bool:
    """Whether it need not be tried again."""
    try:
        await client.conversations_join(channel=channel)
    except SlackApiError as error:
        code = code_of(error)
        if not code or code in PASSING:
            return False
        log.warning("Pong could not join %s (%s): invite it there with /invite @pong", channel, code)
    except (aiohttp.ClientError, TimeoutError, OSError):
        return False
    return True
