"""Does the real slack_bolt work against the local Slack unchanged, over both ways of delivery?"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.clock import SystemClock
from bot.playground.local_slack import LocalSlack, Person
from bot.playground.serving import serving

PLAIN = "plain_text"
BUTTON = {
    "type": "button",
    "action_id": "say:more",
    "value": "42",
    "text": {"type": PLAIN, "text": "Say more"},
}
MODAL = {
    "type": "modal",
    "callback_id": "more",
    "title": {"type": PLAIN, "text": "More"},
    "submit": {"type": PLAIN, "text": "Send"},
    "blocks": [
        {
            "type": "input",
            "block_id": "cause",
            "label": {"type": PLAIN, "text": "Root cause"},
            "element": {"type": "plain_text_input", "action_id": "typed"},
        }
    ],
}


@pytest.fixture
def slack() -> LocalSlack:
    """On the machine's clock: Bolt itself compares a signature's time with it."""
    return LocalSlack(SystemClock())


def build(slack: LocalSlack, base_url: str) -> AsyncApp:
    app = slack.world.app
    client = AsyncWebClient(token=app.bot_token, base_url=f"{base_url}/api/")
    bolt = AsyncApp(client=client, signing_secret=app.signing_secret)
    register(bolt)
    return bolt


def register(bolt: AsyncApp) -> None:
    @bolt.command("/redis")
    async def on_command(ack: Any, command: Any, client: AsyncWebClient) -> None:
        await ack("Working on it")
        await client.conversations_join(channel=command["channel_id"])
        blocks = [{"type": "actions", "block_id": "row", "elements": [BUTTON]}]
        await client.chat_postMessage(
            channel=command["channel_id"], text=f"Got {command['text']}", blocks=blocks
        )

    @bolt.action("say:more")
    async def on_press(ack: Any, body: Any, client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=MODAL)

    @bolt.view("more")
    async def on_submit(ack: Any, view: Any, client: AsyncWebClient) -> None:
        typed = view["state"]["values"]["cause"]["typed"]["value"]
        if typed == "?":
            await ack(response_action="errors", errors={"cause": "Say what it was."})
            return
        await ack()
        await client.chat_postMessage(channel="C0INCIDENTS", text=f"It was {typed}")

    @bolt.event("app_mention")
    async def on_mention(event: Any, say: Any) -> None:
        await say(text=f"You said: {event['text']}", thread_ts=event["ts"])


@asynccontextmanager
async def over_socket_mode(slack: LocalSlack, base_url: str) -> AsyncIterator[None]:
    web_client = AsyncWebClient(base_url=f"{base_url}/api/")
    handler = AsyncSocketModeHandler(build(slack, base_url), slack.world.app.app_token, web_client=web_client)
    await handler.connect_async()
    await slack.connected()
    yield
    await handler.close_async()


@asynccontextmanager
async def over_http(slack: LocalSlack, base_url: str) -> AsyncIterator[None]:
    handler = AsyncSlackRequestHandler(build(slack, base_url))

    async def events(request: Request) -> Response:
        return await handler.handle(request)

    async with serving(Starlette(routes=[Route("/slack/events", events, methods=["POST"])])) as bot_url:
        slack.deliver_to(f"{bot_url}/slack/events")
        yield


@pytest.mark.parametrize("delivery", [over_socket_mode, over_http])
async def test_bolt_goes_from_command_to_button_to_modal_to_submission(
    slack: LocalSlack, base_url: str, maria: Person, delivery: Any
) -> None:
    async with delivery(slack, base_url):
        assert await maria.commands("/redis ping redis-prod") == {"ok": True}
        assert (await maria.sees("Working on it"))["ephemeral"]
        message = await maria.sees("Got ping redis-prod")
        assert await maria.presses(message, "Say more") == {"ok": True}
        view = await maria.waits_for_view()
        assert (await maria.submits(view, {"Root cause": "?"}))["errors"] == {"cause": "Say what it was."}
        assert await maria.submits(view, {"Root cause": "a full disk"}) == {"ok": True}
        await maria.sees("It was a full disk")


@pytest.mark.parametrize("delivery", [over_socket_mode, over_http])
async def test_bolt_hears_a_mention_and_answers_in_its_thread(
    slack: LocalSlack, base_url: str, maria: Person, incidents: str, delivery: Any
) -> None:
    async with delivery(slack, base_url):
        ts = await maria.says("@pong ping, please")
        answer = await maria.sees("You said: <@U0PONG> ping, please")
        assert answer["thread_ts"] == ts


@pytest.mark.parametrize("reason", ["refresh_requested", "warning", None])
async def test_bolt_comes_back_after_a_disconnect(
    slack: LocalSlack, base_url: str, maria: Person, reason: str | None
) -> None:
    async with over_socket_mode(slack, base_url):
        await slack.disconnect(reason)
        await slack.connected()
        assert await maria.commands("/redis ping") == {"ok": True}
        await maria.sees("Got ping")
