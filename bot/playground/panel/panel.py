"""What does the "Break it" panel show, and what happens when somebody presses one of its buttons?"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from redis.exceptions import RedisError

from bot.clock import Clock
from bot.errors import BadInput, ServiceUnavailable
from bot.playground.panel.bench import FALLBACK, SHOP_PASSWORD, Bench
from bot.playground.panel.breakages import BREAKAGES, Breakage, Way
from bot.playground.panel.breakages.access import LEAKED_CLIENTS
from bot.playground.panel.breakages.busy import ENDLESS_SCRIPT
from bot.playground.panel.breakages.process import FREEZE, KILL, STOP
from bot.playground.panel.memory import empty
from bot.playground.panel.server import client

LOOKS_WITHIN_S = 0.3
LOOKS_EVERY_S = 0.5

Notes = Callable[[], list[str]]
Beside = Callable[[], Awaitable[dict[str, Any]]]
UNKNOWN = ("used_bytes", "max_bytes", "keys", "role", "clients", "max_clients")


async def _empty(bench: Bench) -> None:
    async with bench.redis() as redis:
        await empty(redis)


EMPTY = Way(name="empty", label="Empty it", expect="Deletes every key, sessions too.", does=_empty)
MEND = "mend"
FIRST = (LEAKED_CLIENTS, STOP, KILL, FREEZE, ENDLESS_SCRIPT)  # until these are mended nothing else can be
MEND_EXPECT = "The last resort: everything that was broken here is whole again."


class Panel:
    """The panel's back end. `beside` (what else it shows) and `notes` are asked each time somebody looks."""

    def __init__(self, bench: Bench, clock: Clock, *, beside: Beside, notes: Notes) -> None:
        self._bench = bench
        self._clock = clock
        self._beside = beside
        self._notes = notes
        self._name = ""
        self._mend = Way(name=MEND, label="Mend it", expect=MEND_EXPECT, does=self.mend)
        self._looked: tuple[float, dict[str, Any]] | None = None
        self._look_alone = asyncio.Lock()
        self._press_alone = asyncio.Lock()
        # One connection that stays: when clients take every place, the panel still sees it.
        self._eye = client(bench.server.configuration.url("panel"), timeout_s=LOOKS_WITHIN_S)

    async def press(self, name: str) -> None:
        """Do what the button `name` says. Raises BadInput when there is none, or not now."""
        async with self._press_alone:
            way = self._way(name)
            self._bench.said = ""
            try:
                await way.does(self._bench)
            except (RedisError, OSError, ServiceUnavailable) as error:
                self._bench.said = f'"{way.label}" did not work ({type(error).__name__}): press Mend it.'
            self._looked = None

    async def restart(self, what: str) -> None:
        """`redis` or `shop`, as a service manager would. Raises BadInput for anything else."""
        restarts = {"redis": self._bench.restart, "shop": self._bench.restart_shop}
        if what not in restarts:
            raise BadInput(f"Only {' and '.join(restarts)} can be restarted.")
        async with self._press_alone:
            await restarts[what]()

    async def fallback(self, word: str) -> None:
        """Whether the shop does without Redis: `on` or `off`. Raises BadInput for anything else."""
        if word not in ("on", "off"):
            raise BadInput("Fallback mode is on or off.")
        self._bench.broken.discard(FALLBACK)
        if word == "on":
            self._bench.broken.add(FALLBACK)

    async def credentials(self, lines: list[str]) -> None:
        """Another user and password of Redis for the shop. Raises BadInput for anything else."""
        if not isinstance(lines, list) or len(lines) != len(("user", "password")):
            raise BadInput("Send the user and the password.")
        self._bench.shop_login = (str(lines[0]), str(lines[1]))
        self._bench.broken.discard(SHOP_PASSWORD)
        await self._bench.shop_connects_anew()

    async def mend(self, bench: Bench) -> None:
        """Bring back what was broken, what is in the way first."""
        for breakage in sorted(BREAKAGES, key=lambda one: one not in FIRST):
            if breakage.is_broken(bench):
                await breakage.mends.does(bench)

    async def state(self) -> dict[str, Any]:
        """All that the panel shows, as JSON."""
        server = await self._server_figures()
        notes = [self._bench.said] if self._bench.said else []
        return {
            "server": server,
            **await self._beside(),
            "actions": list(self._actions()),
            "notes": [*notes, *self._notes()],
        }

    async def close(self) -> None:
        await self._eye.aclose()
        await self._bench.close()

    def _way(self, name: str) -> Way:
        ways: dict[str, tuple[Way, bool]] = {EMPTY.name: (EMPTY, self._is_running)}
        ways[MEND] = (self._mend, True)
        for one in BREAKAGES:
            is_broken = one.is_broken(self._bench)
            ways.setdefault(one.breaks.name, (one.breaks, not is_broken and one.can(self._bench)))
            if is_broken or one.mends.name not in ways:
                ways[one.mends.name] = (one.mends, is_broken)
        if name not in ways:
            raise BadInput(f'There is no "{name}" here. There is: {", ".join(sorted(ways))}.')
        way, can = ways[name]
        if not can:
            raise BadInput(f"{way.label}: not while Redis is {self._condition()}.")
        return way

    def _condition(self) -> str:
        """How Redis is: its state, and what is broken."""
        troubles = [one.trouble for one in BREAKAGES if one.is_broken(self._bench)]
        state = str(self._bench.server.state)
        return ", ".join([state, *(trouble for trouble in troubles if trouble != state)])

    @property
    def _is_running(self) -> bool:
        return self._bench.server.state == "running"

    def _actions(self) -> Iterator[dict[str, Any]]:
        is_anything_broken = False
        for one in BREAKAGES:
            is_broken = one.is_broken(self._bench)
            is_anything_broken |= is_broken
            yield _shown(one.shown(self._bench), one, can=one.can(self._bench), is_broken=is_broken)
        yield _button(EMPTY, group="memory", can=self._is_running)
        yield _button(self._mend, group="mend", can=is_anything_broken)

    async def _server_figures(self) -> dict[str, Any]:
        # However many people look at the page, Redis is asked twice a second at most.
        async with self._look_alone:
            now_s = self._clock.monotonic_s()
            if self._looked is None or now_s - self._looked[0] > LOOKS_EVERY_S:
                self._looked = (now_s, await self._measured())
            troubles = [one.trouble for one in BREAKAGES if one.is_broken(self._bench)]
            seen = {"state": self._bench.server.state, "trouble": ", ".join(troubles)}
            return self._looked[1] | seen

    async def _measured(self) -> dict[str, Any]:
        server = self._bench.server
        self._name = self._name or await server.name()
        figures: dict[str, Any] = {"name": self._name, "port": server.configuration.way_port}
        figures |= dict.fromkeys(UNKNOWN)
        if not server.pid:
            return figures
        try:
            info = await self._eye.info("everything")
            return figures | {
                "used_bytes": info["used_memory"],
                "max_bytes": info["maxmemory"],
                "keys": sum(db["keys"] for name, db in info.items() if name.startswith("db")),
                "role": info["role"],
                "clients": info["connected_clients"],
                "max_clients": info["maxclients"],
            }
        except (RedisError, OSError):
            return figures


def _shown(way: Way, one: Breakage, *, can: bool, is_broken: bool) -> dict[str, Any]:
    shown = _button(way, group=one.group, can=can)
    return shown | {"slot": one.breaks.name, "breaks": not is_broken, "is_broken": is_broken}


def _button(way: Way, *, group: str, can: bool) -> dict[str, Any]:
    shown = {"name": way.name, "label": way.label, "expect": way.expect, "group": group, "can": can}
    return {**shown, "slot": way.name, "breaks": False, "is_broken": False}
