"""How does Redis lose its disk? Its snapshot cannot be put in its place, so it refuses every write (MISCONF).

https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/
"""

from redis.asyncio import Redis
from redis.exceptions import ResponseError

from bot.playground.panel.bench import Bench
from bot.playground.panel.breakages.breakage import Breakage, Way, lasts
from bot.playground.panel.configuration import SNAPSHOT

NAME = "disk"
TAKEN = "taken.rdb"  # a directory by this name stands where the snapshot should go, root or not


async def _refuse(bench: Bench) -> None:
    (bench.server.configuration.directory / TAKEN).mkdir(exist_ok=True)
    async with bench.redis() as redis:
        await redis.config_set("save", "3600 1")  # only who wants snapshots is stopped without them
        await redis.config_set("dbfilename", TAKEN)
        await _snapshot(redis, bench, wanted="err")
    bench.broken.add(NAME)


async def _accept(bench: Bench) -> None:
    async with bench.redis() as redis:
        await redis.config_set("dbfilename", SNAPSHOT)
        await _snapshot(redis, bench, wanted="ok")
        await redis.config_set("save", "")
    bench.broken.discard(NAME)


async def _snapshot(redis: Redis, bench: Bench, *, wanted: str) -> None:
    """Try one, and wait until it has ended as `wanted`."""
    gives_up_s = bench.clock.monotonic_s() + 5
    await _begin(redis)
    while bench.clock.monotonic_s() < gives_up_s:
        seen = await redis.info("persistence")
        if not seen["rdb_bgsave_in_progress"] and seen["rdb_last_bgsave_status"] == wanted:
            return
        await bench.clock.sleep(0.05)


async def _begin(redis: Redis) -> None:
    try:
        await redis.bgsave()
    except ResponseError as error:
        if "already in progress" not in str(error):
            raise


NO_SNAPSHOTS = Breakage(
    group="server",
    trouble="no snapshots",
    breaks=Way(
        name="disk",
        label="Refuse snapshots",
        expect="As a full disk does: MISCONF on every write. RedisSnapshotFailed.",
        does=_refuse,
    ),
    mends=Way(
        name="disk-back", label="Give the disk back", expect="Snapshots and writes work.", does=_accept
    ),
    is_broken=lasts(NAME),
)
