"""How does the memory become full: with cache, with keys that never end, with one huge hash?"""

from collections.abc import Awaitable, Callable

from bot.playground.panel import memory
from bot.playground.panel.bench import Bench
from bot.playground.panel.breakages.breakage import Breakage, Way
from bot.playground.panel.memory import Filling

ENDED = "Nothing fills the memory any more: Redis went away."


def _fills(name: str, filling: Filling) -> Callable[[Bench], Awaitable[None]]:
    async def begin(bench: Bench) -> None:
        bench.go_on(name, lambda: _full(bench, filling), ended=ENDED)

    return begin


async def _full(bench: Bench, filling: Filling) -> None:
    async with bench.redis() as redis:
        await memory.fill(redis, bench.clock, filling)
        await memory.press_on(redis, bench.clock, filling)


def _frees(name: str, filling: Filling) -> Callable[[Bench], Awaitable[None]]:
    async def end(bench: Bench) -> None:
        await bench.end(name)
        async with bench.redis() as redis:
            await memory.free(redis, filling)

    return end


def _breakage(filling: Filling, *, name: str, label: str, expect: str) -> Breakage:
    return Breakage(
        group="memory",
        trouble="full memory",
        breaks=Way(name=name, label=label, expect=expect, does=_fills(name, filling)),
        mends=Way(
            name=f"{name}-free",
            label="Free the memory",
            expect="Deletes what filled it; sessions stay.",
            does=_frees(name, filling),
        ),
        is_broken=lambda bench: bench.goes_on(name),
    )


CACHE = _breakage(
    memory.CACHE,
    name="fill",
    label="Fill the memory",
    expect="With cache, until writes fail; RedisMemoryHigh after 5 s.",
)
NO_TTL = _breakage(
    memory.NO_TTL,
    name="fill-no-ttl",
    label="Fill it with keys that never end",
    expect="A cache without a TTL; RedisMemoryHigh.",
)
HASH = _breakage(
    memory.HASH,
    name="fill-hash",
    label="Fill it with one huge hash",
    expect="No cache: clearing that frees nothing. RedisMemoryHigh.",
)
