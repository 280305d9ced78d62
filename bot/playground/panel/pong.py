"""Is Pong itself running? It is a child process here, started again whenever it ends."""

import asyncio
from asyncio.subprocess import Process
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.clock import Clock
from bot.playground.panel.children import end, spawn

RESTS_S = 1.0
SHORT_LIFE_S = 5.0
LONGEST_REST_S = 15.0


@dataclass(frozen=True, kw_only=True)
class PongCommand:
    """What is run, with which environment (and no other), where it writes, and from where."""

    words: Sequence[str]
    environment: Mapping[str, str] = field(repr=False)
    log: Path
    directory: Path


class PongProcess:
    """`run` until it is cancelled; `close` afterwards."""

    def __init__(self, command: PongCommand, clock: Clock) -> None:
        self._command = command
        self._clock = clock
        self._starting: asyncio.Task[Process] | None = None
        self._process: Process | None = None
        self._restarts = 0
        self._ended_with: int | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process and self._process.returncode is None else None

    async def run(self) -> None:
        rest_s = RESTS_S
        while True:
            began_s = self._clock.monotonic_s()
            self._starting = asyncio.create_task(self._start())
            # Cancelled in the middle, it would leave a process that nobody knows.
            self._process = await asyncio.shield(self._starting)
            self._ended_with = await self._process.wait()
            lived_long = self._clock.monotonic_s() - began_s > SHORT_LIFE_S
            rest_s = RESTS_S if lived_long else min(rest_s * 2, LONGEST_REST_S)
            await self._clock.sleep(rest_s)
            self._restarts += 1

    async def close(self) -> None:
        if self._starting:
            await end(await self._starting)

    def notes(self) -> list[str]:
        """What the panel says about Pong: nothing, while all is well."""
        if self._ended_with is None:
            return []
        times = "once" if self._restarts == 1 else f"{self._restarts} times"
        if self.pid:
            return [f"Pong ended and was started again ({times}). Why: {self._command.log.name}."]
        return [f"Pong ended with code {self._ended_with} and starts again. Why: {self._command.log.name}."]

    async def _start(self) -> Process:
        return await spawn(
            self._command.words,
            log=self._command.log,
            cwd=self._command.directory,
            environment=self._command.environment,
        )
