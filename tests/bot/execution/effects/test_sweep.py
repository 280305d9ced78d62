"""Does the sweep delete exactly what begins with the prefix, and stop when it has to?"""

import asyncio
import random
import time
from collections.abc import Callable, Iterator

import pytest
from fakeredis import FakeAsyncRedis
from redis.asyncio import Redis

from bot.clock import SystemClock
from bot.errors import BadInput
from bot.execution.effects.canary import Budget
from bot.execution.effects.redis import remediation_client
from bot.execution.effects.server_watch import ServerWatch
from bot.execution.effects.sweep import (
    MOST_KEYS_PER_S,
    Listener,
    Progress,
    Sweep,
    SweepResult,
    escape_glob,
    sweep,
)
from bot.targets.address import parse
from tests.fixtures.redis_server import RedisServer

CACHE = Sweep(prefix=b"cache:")
PATIENT = Budget(slow_ms=5_000, stop_ms=10_000)


class Ear:
    """A listener that remembers, and asks to stop once `stop_when` says so."""

    def __init__(self, stop_when: Callable[[], object] = lambda: False) -> None:
        self.asked = 0
        self.heard: list[tuple[float, Progress]] = []
        self._stop_when = stop_when

    @property
    def listener(self) -> Listener:
        return Listener(asked_to_stop=self._ask, on_progress=self._hear)

    async def _ask(self) -> bool:
        self.asked += 1
        return bool(self._stop_when())

    async def _hear(self, progress: Progress) -> None:
        self.heard.append((time.monotonic(), progress))


async def run(redis: Redis, canary: Redis, work: Sweep = CACHE, ear: Ear | None = None) -> SweepResult:
    return await sweep(redis, canary, work, clock=SystemClock(), listener=(ear or Ear()).listener)


def load(server: RedisServer, count: int, *, prefix: str = "cache:", size: int = 64) -> None:
    script = "for n = 1, ARGV[1] do redis.call('SET', ARGV[2] .. n, string.rep('x', ARGV[3])) end"
    server.command("EVAL", script, 0, count, prefix, size)


AWKWARD = [
    b"",
    b"evil session:1",
    b"x\nsession:2",
    b'"quoted"',
    b"it's",
    b"\\back",
    b"\x00\xff\xfe",
    b"\r\nDEL session:3\r\n",
    "日本".encode(),
    b"*",
    b"[a]?",
    b" ",
]
SESSIONS = [b"session:1", b"session:2", b"session:3", b"session:\xff", b"session:cache:1"]
NEAR = [b"cach", b"cache", b"Cache:1", b"xcache:1", b" cache:1", b"cache;1", b"cachex", b"\xffcache:1"]


async def test_awkward_keys_go_and_nothing_outside_the_prefix_does(redis: Redis, canary: Redis) -> None:
    for key in [b"cache:" + rest for rest in AWKWARD] + SESSIONS + NEAR:
        await redis.set(key, b"1")
    result = await run(redis, canary)
    assert result.stopped_because is None
    assert result.deleted == len(AWKWARD)
    assert sorted(await redis.keys()) == sorted(SESSIONS + NEAR)


async def test_random_keys_outside_the_prefix_survive(redis: Redis, canary: Redis) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    dice = random.Random(seed)
    pieces = [b"cache:", b"session:", b" ", b"\n", b'"', b"'", b"\\", b"*", b"\xff", b"\x00", b"a", b"1"]
    keys = {b"".join(dice.choices(pieces, k=dice.randint(1, 5))) for _ in range(3_000)}
    await redis.mset(dict.fromkeys(keys, b"1"))
    result = await run(redis, canary)
    outside = {key for key in keys if not key.startswith(b"cache:")}
    assert set(await redis.keys()) == outside
    assert result.deleted == len(keys) - len(outside)


@pytest.mark.parametrize("prefix", [b"ca*he:", b"c[a]che:", b"c?che:", b"c\\ache:", b"]x", b"\xff:"])
async def test_glob_signs_in_a_prefix_are_letters(redis: Redis, canary: Redis, prefix: bytes) -> None:
    await redis.mset({prefix + b"1": 1, b"cache:1": 1, b"caXhe:1": 1})
    result = await run(redis, canary, Sweep(prefix=prefix))
    assert (result.deleted, sorted(await redis.keys())) == (1, [b"caXhe:1", b"cache:1"])


async def test_prefix_is_checked_again_when_the_server_matches_too_much() -> None:
    class Lenient(Sweep):
        pattern = b"*"

    redis = FakeAsyncRedis()
    await redis.mset({b"cache:1": 1, b"session:1": 1})
    result = await run(redis, redis, Lenient(prefix=b"cache:"))
    assert (result.deleted, await redis.keys()) == (1, [b"session:1"])
    assert result.freed_bytes is None  # a server without INFO: nothing is claimed
    await redis.aclose()


async def test_empty_prefix_is_refused_and_deletes_nothing(redis: Redis, canary: Redis) -> None:
    await redis.set("session:1", 1)
    with pytest.raises(BadInput, match="every key"):
        await run(redis, canary, Sweep(prefix=b""))
    assert await redis.dbsize() == 1


async def test_escaped_prefix_keeps_its_other_letters() -> None:
    assert escape_glob(b"a*b?c[d]e\\f-^") == b"a\\*b\\?c\\[d\\]e\\\\f-^"


async def test_many_keys_go_with_progress_once_a_second(
    server: RedisServer, redis: Redis, canary: Redis
) -> None:
    load(server, 100_000)
    load(server, 20_000, prefix="session:")
    ear = Ear()
    result = await run(redis, canary, Sweep(prefix=b"cache:", budget=PATIENT), ear)
    assert result.stopped_because is None
    assert (result.deleted, await redis.dbsize(), result.cursor) == (100_000, 20_000, 0)
    assert result.freed_bytes is not None
    assert result.freed_bytes > 100_000 * 64
    assert len(ear.heard) <= result.took_ms / 1000
    gaps = [later[0] - earlier[0] for earlier, later in zip(ear.heard, ear.heard[1:], strict=False)]
    assert all(gap >= 0.9 for gap in gaps)
    deleted = [progress.deleted for _, progress in ear.heard]
    assert deleted == sorted(deleted)
    assert all(progress.keys_per_s > 0 and progress.canary_p99_ms > 0 for _, progress in ear.heard)


UNBOUNDED = Budget(slow_ms=1e9, stop_ms=1e9, every_s=60)


class SteadyClock(SystemClock):
    """Every look at it is a millisecond later, and a sleep passes at once."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.slept_s: list[float] = []

    def monotonic_s(self) -> float:
        self.now_s += 0.001
        return self.now_s

    async def sleep(self, seconds: float) -> None:
        if seconds == UNBOUNDED.every_s:
            await asyncio.Event().wait()  # the canary, which has nothing to say here
        self.slept_s.append(seconds)
        self.now_s += seconds
        await asyncio.sleep(0)


async def test_gentle_rests_three_times_as_long_as_it_works_and_else_not_at_all() -> None:
    rest_of_work = {}
    for gentle in (False, True):
        redis, clock, ear = FakeAsyncRedis(), SteadyClock(), Ear()
        await redis.mset({f"cache:{n}": 1 for n in range(20_000)})
        work = Sweep(prefix=b"cache:", gentle=gentle, count=50, budget=UNBOUNDED)
        await sweep(redis, redis, work, clock=clock, listener=ear.listener)
        # Looking at the clock around each rest takes a millisecond, which is rest too.
        rest_of_work[gentle] = 1000 * sum(rest + 0.001 for rest in clock.slept_s) / ear.asked
        await redis.aclose()
    assert rest_of_work == {False: 0, True: pytest.approx(3, abs=0.1)}


async def test_replicas_are_given_time_to_keep_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ServerWatch, "has_replicas", True)
    redis, clock = FakeAsyncRedis(), SteadyClock()
    await redis.mset({f"cache:{n}": 1 for n in range(3_000)})
    await sweep(redis, redis, Sweep(prefix=b"cache:", budget=UNBOUNDED), clock=clock, listener=Ear().listener)
    rests_s = clock.slept_s
    assert max(rests_s) >= 250 / MOST_KEYS_PER_S - 0.003  # the turn itself took a millisecond or two
    await redis.aclose()


async def test_over_budget_it_slows_down_before_it_stops() -> None:
    redis, clock = FakeAsyncRedis(), SteadyClock()
    await redis.mset({f"cache:{n}": 1 for n in range(1_000)})
    work = Sweep(prefix=b"cache:", count=100, budget=Budget(slow_ms=-1_000, stop_ms=1e9, every_s=60))
    result = await sweep(redis, redis, work, clock=clock, listener=Ear().listener)
    rests_s = clock.slept_s
    assert result.stopped_because is None
    assert max(rests_s) >= 8 * 0.001
    await redis.aclose()


async def test_stop_is_heeded_before_the_next_batch(server: RedisServer, redis: Redis, canary: Redis) -> None:
    load(server, 5_000)
    ear = Ear(stop_when=lambda: ear.asked > 5)
    result = await run(redis, canary, Sweep(prefix=b"cache:", count=250), ear)
    assert result.stopped_because == "a person stopped it"
    assert 0 < result.deleted < 2_500
    assert await redis.dbsize() == 5_000 - result.deleted


async def test_rerun_from_the_cursor_misses_no_key(server: RedisServer, redis: Redis, canary: Redis) -> None:
    load(server, 5_000)
    ear = Ear(stop_when=lambda: ear.asked > 5)
    first = await run(redis, canary, ear=ear)
    assert first.cursor
    second = await run(redis, canary, Sweep(prefix=b"cache:", cursor=first.cursor))
    assert first.deleted + second.deleted == 5_000
    assert await redis.dbsize() == 0


async def test_replica_is_not_touched(server: RedisServer, redis: Redis, canary: Redis) -> None:
    load(server, 10)
    with server.client() as client:
        client.replicaof("127.0.0.1", 1)
    result = await run(redis, canary)
    assert result.stopped_because == "it is a replica: the primary is elsewhere"
    assert result.deleted == 0


async def test_refusal_stops_it_without_quoting_a_key(
    server: RedisServer, redis: Redis, canary: Redis
) -> None:
    load(server, 1_000)
    server.command("ACL", "SETUSER", "default", "-unlink")
    result = await run(redis, canary)
    assert result.stopped_because == "Pong's user may not run this command"
    assert (result.deleted, await redis.dbsize()) == (0, 1_000)


async def test_killed_server_stops_it_and_the_cursor_is_given_back(
    server: RedisServer, redis: Redis, canary: Redis
) -> None:
    load(server, 50_000)
    ear = Ear(stop_when=lambda: server.kill() if ear.asked == 20 else False)
    result = await run(redis, canary, ear=ear)
    assert result.stopped_because == "the connection failed"
    assert 0 < result.deleted < 50_000
    assert result.cursor


async def test_frozen_server_stops_it_within_the_time_outs(server: RedisServer) -> None:
    load(server, 50_000)
    address = parse(server.url())
    redis, canary = (remediation_client(address, timeout_s=0.3) for _ in range(2))
    ear = Ear(stop_when=lambda: server.freeze() if ear.asked == 20 else False)
    async with asyncio.timeout(5):
        result = await run(redis, canary, ear=ear)
    assert result.stopped_because == "it does not answer in time"
    await redis.aclose()
    await canary.aclose()


async def test_role_change_stops_it(server: RedisServer, redis: Redis, canary: Redis) -> None:
    load(server, 100_000)

    def demote() -> bool:
        if ear.asked == 5:
            server.command("CONFIG", "SET", "replica-read-only", "no")
            server.command("REPLICAOF", "127.0.0.1", "1")
        return False

    ear = Ear(stop_when=demote)
    result = await run(redis, canary, Sweep(prefix=b"cache:", count=10), ear)
    assert result.stopped_because == "the server's role changed to slave"
    assert await redis.dbsize() == 100_000 - result.deleted


@pytest.fixture
def replica(server: RedisServer) -> Iterator[RedisServer]:
    server.command("CONFIG", "SET", "repl-diskless-sync-delay", "0")
    with RedisServer("--replicaof", "127.0.0.1", str(server.port), binary=server.binary) as replica:
        yield replica


def wait_until_caught_up(server: RedisServer, replica: RedisServer) -> None:
    give_up_s = time.monotonic() + 30
    with server.client() as primary, replica.client() as copy:
        while primary.info("replication").get("slave0", {}).get("state") != "online" or (
            copy.dbsize() != primary.dbsize()
        ):
            assert time.monotonic() < give_up_s, "the replica did not catch up within 30 s"
            time.sleep(0.02)


async def test_replica_that_falls_behind_stops_it(
    server: RedisServer, replica: RedisServer, redis: Redis, canary: Redis
) -> None:
    server.command("CONFIG", "SET", "repl-backlog-size", "16384")
    load(server, 100_000)
    wait_until_caught_up(server, replica)
    ear = Ear(stop_when=lambda: replica.freeze() if ear.asked == 3 else False)
    result = await run(redis, canary, Sweep(prefix=b"cache:", count=10), ear)
    assert result.stopped_because == "a replica fell behind by more than the backlog holds"
    assert 0 < result.deleted < 100_000


async def test_slow_canary_ends_it(server: RedisServer, redis: Redis, canary: Redis) -> None:
    load(server, 100_000)
    sick = Budget(slow_ms=-1_000, stop_ms=-1_000, stop_after=3)
    result = await run(redis, canary, Sweep(prefix=b"cache:", count=10, budget=sick))
    assert result.stopped_because == "others waited too long for their answers"
    assert result.deleted < 100_000


async def test_a_primary_that_is_none_any_more_at_the_end_is_told(
    server: RedisServer, redis: Redis, canary: Redis
) -> None:
    load(server, 20)

    def at_the_end() -> bool:
        if ear.asked == 2:
            server.command("REPLICAOF", "127.0.0.1", 1)
        return False

    ear = Ear(at_the_end)
    try:
        result = await run(redis, canary, ear=ear)
    finally:
        server.command("REPLICAOF", "NO", "ONE")
    assert result.deleted == 20
    assert result.stopped_because == "the server's role changed to slave"


async def test_a_cursor_of_another_process_is_not_gone_on_from(
    server: RedisServer, redis: Redis, canary: Redis
) -> None:
    load(server, 20)
    result = await run(redis, canary, Sweep(prefix=b"cache:", cursor=3, run_id="f" * 40))
    assert (result.deleted, result.stopped_because) == (
        0,
        "the server was restarted or replaced while Pong was away",
    )
    own = (await redis.info("server"))["run_id"]
    assert (await run(redis, canary, Sweep(prefix=b"cache:", run_id=own))).stopped_because is None
