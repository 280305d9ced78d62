"""How does what people do in Slack get in? Verify, commit, acknowledge; the work runs from the inbox.

Only opening a modal and its field errors come before the answer. https://docs.slack.dev/tools/bolt-python
"""

import asyncio
import json
import logging
import re
from typing import Any

import aiohttp
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot import flow
from bot.errors import BadInput, IllegalMove, PongError, Refused, StoreBusy
from bot.home import home_of
from bot.pong import Pong
from bot.request import Request, Verb
from bot.slack.codes import code_of
from bot.slack.payloads import (
    from_action,
    from_command,
    from_mention,
    from_pin,
    from_reaction,
    from_shortcut,
    from_submission,
)
from bot.store.inbox import SLACK

NO_REQUEST = "This is no request of Slack's: it lacks what Slack sends, or holds something else."

log = logging.getLogger(__name__)
Body = dict[str, Any]

# What comes of a body that lacks what Slack always sends, or holds something else in its place.
UNREADABLE = (LookupError, TypeError, ValueError, AttributeError)
OPENS_WITHIN_S = 2.0  # Slack gives 3 s in all, and what cannot open is then committed


def build(pong: Pong, client: AsyncWebClient, *, signing_secret: str | None) -> AsyncApp:
    """The Bolt application. It calls nothing until something comes in."""

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        # Bolt's own asks auth.test, and while Slack is down it answers "please reinstall" instead of working.
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token=client.token)

    app = AsyncApp(
        client=client,
        authorize=authorize,
        signing_secret=signing_secret or "socket-mode-needs-none",
        ignoring_self_events_enabled=False,  # it would ask who Pong is; bots are refused by their identity
        process_before_response=True,  # else Bolt acknowledges an event before its door has committed it
        logger=logging.getLogger("pong.bolt"),
    )
    app.error(_failed)
    doors = Doors(pong, client)
    app.command(re.compile(r"^/"))(doors.command)
    app.action(re.compile(r"^pong:"))(doors.action)
    app.view(re.compile(r"^pong:"))(doors.submission)
    app.shortcut(re.compile(r"^pong:"))(doors.shortcut)
    app.event("app_mention")(doors.mention)
    app.event("app_home_opened")(doors.home)
    app.event("reaction_added")(doors.reaction)
    app.event("pin_added")(doors.pin)
    return app


async def _failed(error: Exception) -> BoltResponse:
    """What cannot be kept now may come again; what nobody can read need not. Bolt says 500 to both."""
    if isinstance(error, StoreBusy):
        log.warning("what came from Slack could not be kept: %s", error)
        return _said(503, "Not now: send it again.")
    log.error("what came from Slack failed", exc_info=error)
    return _said(400, NO_REQUEST) if isinstance(error, UNREADABLE) else _said(500, "This went wrong in Pong.")


def _said(status: int, detail: str) -> BoltResponse:
    kind = {"content-type": ["application/json"]}
    return BoltResponse(status=status, body=json.dumps({"detail": detail}), headers={**kind})


class Doors:
    """One door for each way in."""

    def __init__(self, pong: Pong, client: AsyncWebClient) -> None:
        self._pong = pong
        self._client = client

    async def command(self, ack: Any, body: Body) -> None:
        request = from_command(body, self._pong.verbs, at_ms=self._pong.clock.now_ms())
        if not await self._opens_modal(request, body["trigger_id"]):
            await self._commit(request, body["trigger_id"])
        await ack()

    async def action(self, ack: Any, body: Body) -> None:
        request = from_action(body, at_ms=self._pong.clock.now_ms())
        if not await self._opens_modal(request, body["trigger_id"]):
            await self._commit(request, body["trigger_id"])
        await ack()

    async def shortcut(self, ack: Any, body: Body) -> None:
        request = from_shortcut(body, at_ms=self._pong.clock.now_ms())
        if not await self._opens_modal(request, body["trigger_id"]):
            await self._commit(request, body["trigger_id"])
        await ack()

    async def submission(self, ack: Any, body: Body) -> None:
        request = from_submission(body, at_ms=self._pong.clock.now_ms())
        verb = self._pong.verbs.get(request.verb)
        if faults := verb.faults(request.values) if verb and verb.faults else {}:
            await ack(response_action="errors", errors=faults)
            return
        await self._commit(
            request, body.get("trigger_id") or f"{body['view']['id']}:{body['view'].get('hash')}"
        )
        await ack()

    async def home(self, ack: Any, body: Body) -> None:
        """The Home tab is drawn anew whenever it is opened; like every view it goes at once or not at all."""
        await ack()
        event = body["event"]
        if event.get("tab") != "home":
            return
        try:
            view = await home_of(self._pong, event["user"])
            await self._client.views_publish(user_id=event["user"], view=view)
        except (SlackApiError, aiohttp.ClientError, PongError, OSError, TimeoutError) as error:
            log.warning("a Home tab was not drawn: %s", type(error).__name__)

    async def mention(self, body: Body) -> None:
        request = from_mention(body, self._pong.verbs, at_ms=self._pong.clock.now_ms())
        await self._commit(request, body["event_id"])

    async def reaction(self, body: Body) -> None:
        if request := from_reaction(body, at_ms=self._pong.clock.now_ms()):
            await self._commit(request, body["event_id"])

    async def pin(self, body: Body) -> None:
        if request := from_pin(body, at_ms=self._pong.clock.now_ms()):
            await self._commit(request, body["event_id"])

    async def _commit(self, request: Request, dedup_key: str) -> None:
        if not isinstance(dedup_key, str):
            raise TypeError("what tells a request of Slack's from every other is a text")
        body = request.to_json()
        await self._pong.store.write(
            lambda records: records.inbox.accept(SLACK, dedup_key, body, at_ms=request.received_ms)
        )

    async def _opens_modal(self, request: Request, trigger_id: str) -> bool:
        """Whether a window was opened. Who may not use it, or cannot now, is answered from the inbox."""
        verb = self._pong.verbs.get(request.verb)
        if verb is None or verb.view is None:
            return False
        try:
            async with asyncio.timeout(OPENS_WITHIN_S):
                await self._open(verb, request, trigger_id)
        except (BadInput, Refused, IllegalMove):
            return False
        except SlackApiError as error:
            # A press that comes a second time: its window opened at the first.
            return code_of(error) == "exchanged_trigger_id"
        except (aiohttp.ClientError, PongError, OSError, TimeoutError) as error:
            log.warning("the window for %s did not open: %s", request.verb, type(error).__name__)
            return False
        return True

    async def _open(self, verb: Verb, request: Request, trigger_id: str) -> None:
        await flow.check(self._pong, request, verb)
        assert verb.view is not None  # noqa: S101 - the caller looked
        view = await verb.view(request, self._pong)
        await self._client.views_open(trigger_id=trigger_id, view=view)
