"""What does the "Break it" panel show, and what happens when somebody presses one of its buttons?"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from redis.exceptions import RedisError

from bot.clock import Clock
from bot.errors import BadInput
from bot.playground.panel.actions import ACTIONS, Action
from bot.playground.panel.memory import empty, fill, memory, press_on
from bot.playground.panel.server import RedisServer, client
from bot.tasks import end_tasks

LOOKS_WITHIN_S = 0.3
LOOKS_EVERY_S = 0.5

Notes = Callable[[], list[str]]
Figures = Callable[[], dict[str, Any]]


class Panel:
    """The panel's back end. `shop_figures` and `notes` are asked each time that somebody looks."""

    def __init__(self, server: RedisServer, clock: Clock, *, shop_figures: Figures, notes: Notes) -> None:
        self._server = server
        self._clock = clock
        self._shop_figures = shop_figures
        self._notes = notes
        self._filling: asyncio.Task[None] | None = None
        self._is_full = False
        self._trouble = ""
        self._name = ""
        self._looked: tuple[float, dict[str, Any]] | None = None
        self._look_alone = asyncio.Lock()

    async def press(self, name: str) -> None:
        """Do what the button `name` says. Raises BadInput when there is none, or not now."""
        action = next((each for each in ACTIONS if each.name == name), None)
        if action is None:
            raise BadInput(
                f'There is no "{name}" here. There is: {", ".join(each.name for each in ACTIONS)}.'
            )
        if not self._can(action):
            raise BadInput(f"{action.label}: not while Redis is {self._server.state}.")
        self._trouble = ""
        await self._does()[name]()
        self._looked = None

    async def state(self) -> dict[str, Any]:
        """All that the panel shows, as JSON."""
        server = await self._server_figures()
        notes = [self._trouble] if self._trouble else []
        return {
            "server": server,
            "shop": self._shop_figures(),
            "actions": [self._shown(action) for action in ACTIONS if self._server.state in action.shown_when],
            "notes": [*notes, *self._notes()],
        }

    async def close(self) -> None:
        if self._filling:
            await end_tasks(self._filling)

    def _does(self) -> Mapping[str, Callable[[], Awaitable[None]]]:
        server = self._server
        return {
            "stop": server.stop,
            "kill": server.kill,
            "start": server.start,
            "fill": self._fill,
            "empty": self._empty,
            "freeze": server.freeze,
            "thaw": server.thaw,
        }

    @property
    def _is_filling(self) -> bool:
        return self._filling is not None and not self._filling.done()

    def _can(self, action: Action) -> bool:
        return self._server.state in action.can_when and not (action.name == "fill" and self._is_filling)

    def _shown(self, action: Action) -> dict[str, Any]:
        filling = "Full: writes fail" if self._is_full else "Filling…"
        label = filling if action.name == "fill" and self._is_filling else action.label
        shown = {"name": action.name, "label": label, "expect": action.expect, "breaks": action.breaks}
        return {**shown, "can": self._can(action)}

    async def _fill(self) -> None:
        self._filling = asyncio.create_task(self._fill_all())

    async def _fill_all(self) -> None:
        try:
            async with client(self._server.configuration.url("panel"), timeout_s=5) as redis:
                await fill(redis, self._clock)
                self._is_full = True
                await press_on(redis, self._clock)
        except (RedisError, OSError):
            self._trouble = "Nothing fills the memory any more: Redis went away."
        finally:
            self._is_full = False

    async def _empty(self) -> None:
        await self.close()
        try:
            async with client(self._server.configuration.url("panel"), timeout_s=5) as redis:
                await empty(redis)
        except (RedisError, OSError):
            self._trouble = "Redis did not answer: it was not emptied."

    async def _server_figures(self) -> dict[str, Any]:
        # However many people look at the page, Redis is asked twice a second at most.
        async with self._look_alone:
            now_s = self._clock.monotonic_s()
            if self._looked is None or now_s - self._looked[0] > LOOKS_EVERY_S:
                self._looked = (now_s, await self._measured())
            return self._looked[1] | {"state": self._server.state}

    async def _measured(self) -> dict[str, Any]:
        self._name = self._name or await self._server.name()
        figures: dict[str, Any] = {"name": self._name, "port": self._server.configuration.port}
        figures |= {"used_bytes": None, "max_bytes": None, "keys": None}
        if not self._server.pid:
            return figures
        try:
            async with client(self._server.configuration.url("panel"), timeout_s=LOOKS_WITHIN_S) as redis:
                used_bytes, max_bytes = await memory(redis)
                return figures | {
                    "used_bytes": used_bytes,
                    "max_bytes": max_bytes,
                    "keys": await redis.dbsize(),
                }
        except (RedisError, OSError):
            return figures
