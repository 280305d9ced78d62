"""How does a real Redis server start, stop, freeze and die at a person's word?"""

import asyncio
import contextlib
import re
import signal
from asyncio.subprocess import PIPE, Process
from collections.abc import Awaitable, Callable
from enum import StrEnum
from pathlib import Path
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.credentials import CredentialProvider
from redis.exceptions import RedisError
from redis.maint_notifications import MaintNotificationsConfig

from bot.clock import Clock
from bot.errors import ServiceUnavailable
from bot.playground.panel.children import end, spawn
from bot.playground.panel.configuration import SNAPSHOT, Configuration
from bot.tasks import using

ANSWERS_WITHIN_S = 1.0
STARTS_WITHIN_S = 10.0


class ServerState(StrEnum):
    STOPPED = "stopped"
    KILLED = "killed"
    RUNNING = "running"
    FROZEN = "frozen"


class Login(CredentialProvider):
    """What an application logs in with: asked at every new connection, so that it can be told another."""

    def __init__(self, first: tuple[str, str]) -> None:
        self.asks: Callable[[], tuple[str, str]] = lambda: first

    def get_credentials(self) -> tuple[str, str]:
        return self.asks()

    async def get_credentials_async(self) -> tuple[str, str]:
        return self.asks()


def client(url: str, *, timeout_s: float = ANSWERS_WITHIN_S, login: Login | None = None) -> Redis:
    """A client that asks once: no retries, short time-outs. `login` takes the place of the URL's user."""
    # redis-py's defaults wait for about a minute on a frozen server, and may apply a command twice.
    options: dict[str, Any] = {"socket_timeout": timeout_s, "socket_connect_timeout": timeout_s}
    options["maint_notifications_config"] = MaintNotificationsConfig(enabled=False)
    if login:
        options["credential_provider"] = login
        url = re.sub(r"//[^@]*@", "//", url)
    made: Redis = Redis.from_url(url, retry=Retry(NoBackoff(), 0), **options)
    return made


class RedisServer:
    """One redis-server or valkey-server process on this machine."""

    def __init__(self, binary: Path, configuration: Configuration, *, clock: Clock) -> None:
        self.binary = binary
        self.configuration = configuration
        self._clock = clock
        self._process: Process | None = None
        self._is_frozen = False
        self._ended_as = ServerState.STOPPED
        self._one_at_a_time = asyncio.Lock()

    @property
    def state(self) -> ServerState:
        if self._process is None:
            return self._ended_as
        if self._process.returncode is not None:
            return ServerState.STOPPED if self._process.returncode == 0 else ServerState.KILLED
        return ServerState.FROZEN if self._is_frozen else ServerState.RUNNING

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process and self._process.returncode is None else None

    async def start(self, *, with_snapshot: bool = False) -> None:
        """Start it, empty or with its snapshot, and wait until it answers. Raises ServiceUnavailable."""
        async with self._one_at_a_time:
            if self.pid:
                return
            if not with_snapshot:
                (self.configuration.directory / SNAPSHOT).unlink(missing_ok=True)
            file = self.configuration.write()
            log = self.configuration.directory / "redis.log"
            self._is_frozen = False
            self._process = await spawn([self.binary, file], log=log)
            if not await self._answers():
                await end(self._process)
                raise ServiceUnavailable(f"Redis did not start: {log} says why.")

    async def stop(self) -> None:
        """SIGTERM: it says goodbye to its clients and ends."""
        await self._ended(ServerState.STOPPED, end)

    async def kill(self) -> None:
        """SIGKILL: gone at once."""
        await self._ended(ServerState.KILLED, _kill)

    async def save(self) -> None:
        """Keep its data for the next start, where it can."""
        if self.state is ServerState.RUNNING:
            async with using(client(self.configuration.url("panel"), timeout_s=STARTS_WITHIN_S)) as redis:
                with contextlib.suppress(RedisError, OSError):
                    await redis.save()

    async def freeze(self) -> None:
        """SIGSTOP: it takes connections and answers nothing."""
        async with self._one_at_a_time:
            self._send(signal.SIGSTOP)
            self._is_frozen = self.pid is not None

    async def thaw(self) -> None:
        """SIGCONT: it goes on where it was."""
        async with self._one_at_a_time:
            self._send(signal.SIGCONT)
            self._is_frozen = False

    async def name(self) -> str:
        """Such as `Redis 7.0.15`."""
        asked = await asyncio.create_subprocess_exec(self.binary, "--version", stdout=PIPE)
        said = (await asked.communicate())[0].decode(errors="replace")
        kind = "Valkey" if "valkey" in said.lower() else "Redis"
        found = re.search(r"v=(\d[\w.]*)", said)
        return f"{kind} {found[1]}" if found else kind

    def _send(self, which: signal.Signals) -> None:
        if self._process and self.pid:
            self._process.send_signal(which)

    async def _ended(self, state: ServerState, how: Callable[[Process], Awaitable[None]]) -> None:
        async with self._one_at_a_time:
            if self._process:
                await how(self._process)
                self._process = None
                self._ended_as = state
            self._is_frozen = False

    async def _answers(self) -> bool:
        gives_up_at_s = self._clock.monotonic_s() + STARTS_WITHIN_S
        async with using(client(self.configuration.url("panel"))) as redis:
            while self.pid and self._clock.monotonic_s() < gives_up_at_s:
                try:
                    return bool(await redis.ping())
                except (RedisError, OSError):
                    await self._clock.sleep(0.02)
        return False


async def _kill(process: Process) -> None:
    if process.returncode is None:
        process.kill()
        await process.wait()
