"""How far is the way to a server, stage by stage, each of them timed?

DNS, TCP and TLS are the same for whatever is spoken in the end.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from bot.clock import Clock
from bot.targets.address import Address
from bot.targets.names import Place, is_number, resolve
from bot.targets.outcome import Kind, Stage
from bot.targets.wire import Wire, connect_tcp, connect_unix

STAGE_MOST_S = 1.0


class StageFailed(Exception):
    """The walk ended at `stage` with `error`."""

    def __init__(self, stage: str, error: BaseException) -> None:
        super().__init__(stage)
        self.stage = stage
        self.error = error


@dataclass
class Step:
    """A stage under way."""

    note: str = ""


@dataclass
class Walk:
    """The stages gone through so far, and what was opened on the way."""

    address: Address
    clock: Clock
    names: tuple[str, ...]
    done: list[Stage] = field(default_factory=list)
    current: str = ""
    began_s: float = 0.0
    failed_ms: float = 0.0
    places: list[Place] = field(default_factory=list)
    wire: Wire | None = None
    asks_no_password: bool = False
    info: dict[str, Any] = field(default_factory=dict)

    @asynccontextmanager
    async def stage(self, name: str) -> AsyncIterator[Step]:
        """Time what is done inside, for at most a second. Raises StageFailed for whatever it raises."""
        step, self.current, self.began_s = Step(), name, self.clock.monotonic_s()
        try:
            async with asyncio.timeout(STAGE_MOST_S):
                yield step
        except Exception as error:
            raise StageFailed(name, error) from error
        ms = self.elapsed_ms()
        self.done.append(Stage(name=name, state="ok", ms=ms, note=step.note))

    def elapsed_ms(self) -> float:
        """How long the current stage has taken so far."""
        return 1000 * (self.clock.monotonic_s() - self.began_s)

    def skip(self, name: str, why: str) -> None:
        self.done.append(Stage(name=name, state="skipped", note=why))

    def stages(self, kind: Kind) -> tuple[Stage, ...]:
        """All of them: those done, the one that failed if any, those not reached."""
        names = self.names[len(self.done) :]
        failed = [
            Stage(name=name, state="failed", ms=self.failed_ms, note=kind.replace("_", " "))
            for name in names[:1]
        ]
        return (
            *self.done,
            *failed,
            *(Stage(name=name, state="skipped", note="not reached") for name in names[1:]),
        )


async def reach(walk: Walk) -> None:
    """Connect, through TLS where the address wants it. Raises StageFailed."""
    address = walk.address
    if address.scheme == "unix":
        async with walk.stage("SOCKET"):
            walk.wire = await Wire.over(await connect_unix(address.path))
        return
    await _resolve(walk)
    async with walk.stage("TCP"):
        connection = await connect_tcp(walk.places)
        if not address.tls:
            walk.wire = await Wire.over(connection)
    if not address.tls:
        walk.skip("TLS", "not used")
        return
    async with walk.stage("TLS"):
        walk.wire = await Wire.over(connection, address)


async def _resolve(walk: Walk) -> None:
    host, port = walk.address.host, walk.address.port
    if is_number(host):
        walk.places = await resolve(host, port)
        walk.skip("DNS", "the address is a number")
        return
    async with walk.stage("DNS"):
        walk.places = await resolve(host, port)
