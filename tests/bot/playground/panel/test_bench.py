import asyncio

from redis.exceptions import ConnectionError as NotConnected

from bot.playground.panel.bench import Bench
from tests.bot.playground.conftest import Eventually


async def _goes_away() -> None:
    raise NotConnected("gone")


async def _waits() -> None:
    await asyncio.Event().wait()


async def test_what_goes_on_beside_ends_with_a_word_when_redis_goes_away(
    bench: Bench, eventually: Eventually
) -> None:
    bench.go_on("filling", _goes_away, ended="Nothing fills it any more.")

    async def is_said() -> bool:
        return bench.said == "Nothing fills it any more."

    await eventually(is_said)
    assert not bench.goes_on("filling")


async def test_what_goes_on_beside_ends_when_it_is_told_to(bench: Bench) -> None:
    bench.go_on("waiting", _waits, ended="")
    assert bench.goes_on("waiting")
    await bench.end("waiting")
    await bench.end("waiting")
    assert not bench.goes_on("waiting")


async def test_a_new_start_is_whole(bench: Bench) -> None:
    async with bench.redis() as redis:
        await redis.set("session:1", "x")
        bench.broken.add("disk")
        await bench.stop()
        await bench.start()
        assert bench.broken == set()
        assert await redis.dbsize() == 0


async def test_a_start_with_its_snapshot_has_its_data(bench: Bench) -> None:
    async with bench.redis() as redis:
        await redis.set("session:1", "x")
        await bench.server.save()
        await bench.stop()
        await bench.start(with_snapshot=True)
        assert await redis.get("session:1") == b"x"
