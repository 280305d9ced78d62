"""How does what people do reach the bot, and what if it does not answer?

https://docs.slack.dev/interactivity/handling-user-interaction and
https://docs.slack.dev/apis/events-api/#retries
"""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from itertools import count
from typing import Any

import httpx

from bot.clock import Clock
from bot.playground.local_slack.events import subscription_of
from bot.playground.local_slack.faults import Faults
from bot.playground.local_slack.hanging import within
from bot.playground.local_slack.http_delivery import HttpDelivery
from bot.playground.local_slack.refusal import Json
from bot.playground.local_slack.sockets import Envelope, Sockets
from bot.playground.local_slack.traffic import Traffic
from bot.playground.local_slack.world import World

ANSWER_WITHIN_S = 3
RETRY_AFTER_S = (0, 0, 60, 300)  # the first try, then at once, after a minute, after five


@dataclass(frozen=True)
class Answer:
    """`error` is Slack's word for what went wrong, None when the bot answered in time with `body`."""

    error: str | None = None
    body: Any = None


DISPATCH_FAILED, TIMED_OUT = Answer("dispatch_failed"), Answer("operation_timeout")


class Delivery:
    """Over HTTP when `events_url` is set, else over Socket Mode."""

    def __init__(self, clock: Clock, world: World, *, faults: Faults, traffic: Traffic) -> None:
        self._traffic = traffic
        self._faults = faults
        self.events_url: str | None = None
        self.sockets = Sockets(clock, app_id=world.app.id, faults=faults)
        self._clock = clock
        self._world = world
        self._http = HttpDelivery(clock, signing_secret=world.app.signing_secret)
        self._numbers = count(1)
        self._telling: set[asyncio.Task[None]] = set()

    async def ask(self, envelope: Envelope) -> Answer:
        """Deliver once and wait for the answer, 3 s at most."""
        answer = await self._answer_to(envelope)
        what = f"{envelope.kind} {_kind_of(envelope.payload)}".rstrip()
        self._traffic.note(
            "slack",
            what,
            sent=_without_token(envelope.payload),
            status=None,
            answer=answer.error or answer.body,
        )
        return answer

    async def _answer_to(self, envelope: Envelope) -> Answer:
        fault = self._faults.pick("events")
        if fault and fault.kind not in ("timeout", "lost_answer"):
            return DISPATCH_FAILED
        delay_s = fault.hang_s if fault and fault.kind == "timeout" else 0
        try:
            answer = await within(
                self._clock, self._sent(envelope, delay_s), seconds=delay_s + ANSWER_WITHIN_S
            )
        except (LookupError, httpx.HTTPError):
            return DISPATCH_FAILED
        return TIMED_OUT if fault or answer is None else answer

    def tell(self, event: Json) -> None:
        """Deliver an event that the app subscribed to, in the background, again and again as Slack does."""
        if subscription_of(event) not in self._world.app.events:
            return
        task = asyncio.create_task(self._tell(self._event(event)))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def close(self) -> None:
        for task in self._telling:
            task.cancel()
        await asyncio.gather(*self._telling, return_exceptions=True)
        await self.sockets.close()
        await self._http.close()

    async def _sent(self, envelope: Envelope, delay_s: float) -> Answer:
        if delay_s:
            await self._clock.sleep(delay_s)
        work: Coroutine[Any, Any, Any]
        work = self._http.post(self.events_url, envelope) if self.events_url else self.sockets.ask(envelope)
        return Answer(None, await work)

    async def _tell(self, payload: Json) -> None:
        reason = ""
        for attempt, wait_s in enumerate(RETRY_AFTER_S):
            if wait_s:
                await self._clock.sleep(wait_s)
            answer = await self.ask(
                Envelope(kind="events_api", payload=payload, retry=attempt, reason=reason)
            )
            if answer.error is None:
                return
            reason = "http_timeout" if answer.error == "operation_timeout" else "http_error"

    def _event(self, event: Json) -> Json:
        world = self._world
        return {
            "type": "event_callback",
            "token": "local-verification-token",
            "team_id": world.team_id,
            "context_team_id": world.team_id,
            "api_app_id": world.app.id,
            "event": event,
            "event_id": f"Ev{self._clock.now_ms()}{next(self._numbers):05d}",
            "event_time": self._clock.now_ms() // 1000,
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": world.team_id,
                    "user_id": world.app.user_id,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": False,
        }


def _without_token(payload: Json) -> Json:
    return {name: value for name, value in payload.items() if name != "token"}


def _kind_of(payload: Json) -> str:
    """What was done, in a word or two: "/redis ping", "block_actions", "app_mention"."""
    if command := payload.get("command"):
        return f"{command} {payload.get('text', '')}".strip()
    return str((payload.get("event") or payload).get("type", ""))
