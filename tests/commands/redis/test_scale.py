"""Does a responder raise the memory limit, or book another plan, by their own confirm, and only once?"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.execution.running import Running
from bot.remediations import resize
from tests.bot.execution.test_hands import dies_once
from tests.commands.redis.test_restart import incident
from tests.fixtures.asking import asked
from tests.fixtures.carrying_out import carried_out, confirmed, in_real_time, outcome, the_offer
from tests.fixtures.cloud import DO_TOKEN
from tests.fixtures.managed import UPSTASH_SECRETS, DigitalOceanDatabase, UpstashAccount
from tests.fixtures.redis_server import RedisServer
from tests.fixtures.small_pong import DEV, MARIA, VERA, SmallPong, asks

MB = 2**20


@pytest.fixture(autouse=True)
def limit(redis: RedisServer) -> None:
    redis.command("CONFIG", "SET", "maxmemory", 24 * MB)


async def test_it_is_raised_and_verified_after_the_asker_s_own_confirm(
    on_redis: SmallPong, redis: RedisServer
):
    small = in_real_time(on_redis)
    answer = await asked(small, asks("scale", words=("48mb",)))
    assert "needs a responder's confirm" in answer
    assert "CONFIG SET maxmemory 50331648" in answer
    assert int(redis.command("INFO")["maxmemory"]) == 24 * MB
    await confirmed(small, [MARIA])
    assert (await carried_out(small))["state"] == "succeeded"
    assert int(redis.command("INFO")["maxmemory"]) == 48 * MB
    text = await outcome(small)
    assert text.startswith("✅ Raise the memory limit to 48 MB on redis-prod is done")
    assert f"Confirmed by <@{MARIA}>" in text


async def test_what_changed_meanwhile_runs_nothing(on_redis: SmallPong, redis: RedisServer):
    small = in_real_time(on_redis)
    await asked(small, asks("scale", words=("48mb",)))
    await confirmed(small, [MARIA])
    redis.command("CONFIG", "SET", "maxmemory", 30 * MB)
    await carried_out(small)
    assert "The plan would be another one now" in await outcome(small)
    assert int(redis.command("INFO")["maxmemory"]) == 30 * MB


async def test_memory_that_fell_meanwhile_raises_no_limit(on_redis: SmallPong, redis: RedisServer):
    small = in_real_time(on_redis)
    redis.fill("cache", value_bytes=100_000)
    await asked(small, asks("scale", words=("48mb",)))
    await confirmed(small, [MARIA])
    redis.command("FLUSHALL")
    await carried_out(small)
    assert "under the goal of 70 %, so it is not needed any more" in await outcome(small)
    assert int(redis.command("INFO")["maxmemory"]) == 24 * MB


async def test_server_that_refuses_it_is_told_with_what_is_done(on_redis: SmallPong, redis: RedisServer):
    small = in_real_time(on_redis)
    await asked(small, asks("scale", words=("48mb",)))
    await confirmed(small, [MARIA])
    redis.command("ACL", "SETUSER", "default", "-config")
    try:
        assert (await carried_out(small))["state"] == "failed"
    finally:
        redis.command("ACL", "SETUSER", "default", "+config")
    text = await outcome(small)
    assert "broke off at CONFIG SET maxmemory 50331648" in text
    assert "Nothing was done before that" in text


@pytest.mark.parametrize("typed", ["1mb", "24mb", "1000gb", "big", ""])
async def test_size_that_would_hurt_offers_nothing(on_redis: SmallPong, typed: str):
    assert "rite a larger size" in (answer := await asked(on_redis, asks("scale", words=(typed,)))) or (
        "as 512mb, 2gb" in answer or "write a smaller size" in answer
    )
    assert not [event for event in on_redis.noted if event.kind == "approval.asked"]


async def test_viewer_neither_asks_nor_confirms(on_redis: SmallPong):
    assert "You may not do this" in await asked(on_redis, asks("scale", by=VERA, words=("48mb",)))
    await asked(on_redis, asks("scale", words=("48mb",)))
    assert "You may not do this" in await confirmed(on_redis, [VERA])
    assert (await the_offer(on_redis)).approval.approved_by == ()


# -- at Upstash -------------------------------------------------------------------------------------------


@asynccontextmanager
async def booked(
    path: Path, redis: RedisServer, account: UpstashAccount, **secrets: str
) -> AsyncIterator[SmallPong]:
    async with (
        incident(path, redis, secrets=UPSTASH_SECRETS | secrets, upstash_database_id="db-1") as small,
        httpx.AsyncClient(transport=account.transport()) as http,
    ):
        yield replace(small, pong=replace(small.pong, http=http))


async def scaled(small: SmallPong, word: str) -> tuple[str, str]:
    """How it ended, and what people read of it."""
    await asked(small, asks("scale", words=(word,)))
    await confirmed(small, [MARIA])
    row = await carried_out(small)
    return str(row["state"]), (await outcome(small)).replace("\u2060", "")


async def test_another_plan_at_upstash_is_booked_once_and_read_back(tmp_path: Path, redis: RedisServer):
    account = UpstashAccount(lags=2)
    async with booked(tmp_path, redis, account) as small:
        answer = (await asked(small, asks("scale", words=("fixed_1gb",)))).replace("\u2060", "")
        assert "needs a responder's confirm" in answer
        assert "The plan fixed_250mb (holds 250 MB) → fixed_1gb (holds 1 GB)" in answer
        assert "It costs money: from then on Upstash bills fixed_1gb" in answer
        assert account.changes == []
        await confirmed(small, [MARIA])
        assert (await carried_out(small))["state"] == "succeeded"
        assert "the plan at Upstash is fixed_1gb" in (await outcome(small)).replace("\u2060", "")
    assert account.changes == ["fixed_1gb"]


@pytest.mark.parametrize("loses", [httpx.ReadError, httpx.ReadTimeout])
async def test_a_lost_answer_of_upstash_is_looked_up_and_nothing_is_booked_twice(
    tmp_path: Path, redis: RedisServer, loses: type[httpx.TransportError]
):
    account = UpstashAccount(loses=loses)
    async with booked(tmp_path, redis, account) as small:
        state, said = await scaled(small, "fixed_1gb")
    assert (state, account.changes) == ("succeeded", ["fixed_1gb"])
    assert "the plan at Upstash is fixed_1gb" in said


@pytest.mark.parametrize("fails", [{"drops": httpx.ReadTimeout}, {"refuses": 500}, {"refuses": 503}])
async def test_what_was_not_seen_to_happen_at_upstash_is_unknown_and_not_repeated(
    tmp_path: Path, redis: RedisServer, fails: dict[str, Any], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(resize, "PLAN_WITHIN_S", 1)
    account = UpstashAccount(**fails)
    async with booked(tmp_path, redis, account) as small:
        state, said = await scaled(small, "fixed_1gb")
    assert (state, account.changes) == ("unknown", [])
    assert "the plan at Upstash is fixed_250mb" in said


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 429])
async def test_a_refusal_of_upstash_is_told(tmp_path: Path, redis: RedisServer, status: int):
    account = UpstashAccount(refuses=status)
    async with booked(tmp_path, redis, account) as small:
        state, said = await scaled(small, "fixed_1gb")
    assert (state, account.changes) == ("failed", [])
    assert f"Upstash answered HTTP {status}" in said
    assert "Nothing was done before that" in said


async def test_after_a_crash_in_the_middle_the_plan_is_looked_up_and_not_booked_again(
    tmp_path: Path, redis: RedisServer
):
    account = UpstashAccount(hangs=True)

    async def is_booked() -> bool:
        return account.changes != []

    async with booked(tmp_path, redis, account) as small:
        await asked(small, asks("scale", words=("fixed_1gb",)))
        await confirmed(small, [MARIA])
        await dies_once(small, is_booked)
        assert (await carried_out(small))["state"] == "succeeded"
    assert account.changes == ["fixed_1gb"]


async def test_a_plan_that_never_comes_is_no_success(
    tmp_path: Path, redis: RedisServer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(resize, "PLAN_WITHIN_S", 1)
    async with booked(tmp_path, redis, UpstashAccount(lags=99)) as small:
        state, said = await scaled(small, "fixed_1gb")
    assert state == "failed"
    assert "its goal is not reached: not within 1 s: the database at Upstash is updating-plan" in said
    assert "To undo it: /redis scale fixed_250mb redis-prod" in said


async def test_another_plan_meanwhile_runs_nothing(tmp_path: Path, redis: RedisServer):
    account = UpstashAccount()
    async with booked(tmp_path, redis, account) as small:
        await asked(small, asks("scale", words=("fixed_5gb",)))
        await confirmed(small, [MARIA])
        account.plan = "fixed_1gb"
        await carried_out(small)
        assert "The plan would be another one now" in await outcome(small)
    assert account.changes == []


async def test_where_pong_may_only_look_a_provider_s_plan_is_booked_all_the_same(
    tmp_path: Path, redis: RedisServer
):
    account = UpstashAccount()
    async with booked(tmp_path, redis, account, REDIS_REMEDIATION_URL="") as small:
        assert (await scaled(small, "fixed_1gb"))[0] == "succeeded"
    async with incident(tmp_path / "own", redis, secrets={"REDIS_REMEDIATION_URL": ""}) as small:
        assert "Pong may only look" in await asked(small, asks("scale", words=("48mb",)))


async def test_a_wrong_key_of_upstash_offers_nothing(tmp_path: Path, redis: RedisServer):
    secrets = UPSTASH_SECRETS | {"UPSTASH_API_KEY": "another"}
    async with (
        incident(tmp_path, redis, secrets=secrets, upstash_database_id="db-1") as small,
        httpx.AsyncClient(transport=UpstashAccount().transport()) as http,
    ):
        there = replace(small, pong=replace(small.pong, http=http))
        assert "Upstash answered HTTP 401" in await asked(there, asks("scale", words=("fixed_1gb",)))


# -- at DigitalOcean --------------------------------------------------------------------------------------


@asynccontextmanager
async def managed(
    path: Path, redis: RedisServer, database: DigitalOceanDatabase, *, token: str = DO_TOKEN
) -> AsyncIterator[SmallPong]:
    secrets = {"DIGITALOCEAN_TOKEN": token}
    async with (
        incident(path, redis, secrets=secrets, digitalocean_database_id="db-1") as small,
        httpx.AsyncClient(transport=database.transport()) as http,
    ):
        yield replace(small, pong=replace(small.pong, http=http))


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resize, "LOOK_EVERY_S", 0.1)
    monkeypatch.setattr(resize, "BEGUN_WITHIN_S", 2)
    monkeypatch.setattr(resize, "RESIZED_WITHIN_S", 3)


async def resized(small: SmallPong, word: str = "db-s-2vcpu-4gb") -> tuple[str, str]:
    """How it ended, and what people read of it."""
    await asked(small, asks("scale", words=(word,)))
    await confirmed(small, [DEV])
    row = await carried_out(small)
    return str(row["state"]), (await outcome(small)).replace("\u2060", "")


async def test_it_is_resized_with_the_same_nodes_and_followed_until_it_is_online(
    tmp_path: Path, redis: RedisServer, soon: None
):
    database = DigitalOceanDatabase()
    async with managed(tmp_path, redis, database) as small:
        answer = (await asked(small, asks("scale", words=("db-s-2vcpu-4gb",)))).replace("\u2060", "")
        assert "The size db-s-1vcpu-2gb → db-s-2vcpu-4gb, of each of its 2 nodes" in answer
        assert "It costs money: from then on DigitalOcean bills db-s-2vcpu-4gb" in answer
        assert "Cannot be undone: DigitalOcean takes no storage back" in answer
        assert "asked for this" in await confirmed(small, [MARIA])
        assert database.resizes == []
        await confirmed(small, [DEV])
        assert (await carried_out(small))["state"] == "succeeded"
        said = (await outcome(small)).replace("\u2060", "")
    assert "the database at DigitalOcean is online, db-s-2vcpu-4gb, 2 nodes" in said
    assert database.resizes == [("db-s-2vcpu-4gb", 2)]


async def test_while_it_is_resized_the_card_says_so(
    tmp_path: Path, redis: RedisServer, soon: None, monkeypatch: pytest.MonkeyPatch
):
    shown: list[str] = []
    shows = Running.on_look

    async def noted(running: Running, number: int, sees: str) -> None:
        await shows(running, number, sees)
        shown.append(str(await small.posted()).replace("\u2060", ""))

    monkeypatch.setattr(Running, "on_look", noted)
    async with managed(tmp_path, redis, DigitalOceanDatabase(takes=6)) as small:
        assert (await resized(small))[0] == "succeeded"
    assert any("   the database at DigitalOcean is resizing, db-s-1vcpu-2gb, 2 nodes" in one for one in shown)


@pytest.mark.parametrize("loses", [httpx.ReadError, httpx.ReadTimeout])
async def test_a_lost_answer_of_digitalocean_is_looked_up_and_nothing_is_resized_twice(
    tmp_path: Path, redis: RedisServer, soon: None, loses: type[httpx.TransportError]
):
    database = DigitalOceanDatabase(loses=loses)
    async with managed(tmp_path, redis, database) as small:
        assert (await resized(small))[0] == "succeeded"
    assert database.resizes == [("db-s-2vcpu-4gb", 2)]


async def test_after_a_crash_in_the_middle_the_resize_is_looked_up_and_not_asked_for_again(
    tmp_path: Path, redis: RedisServer, soon: None
):
    database = DigitalOceanDatabase(hangs=True)

    async def is_asked_for() -> bool:
        return database.resizes != []

    async with managed(tmp_path, redis, database) as small:
        await asked(small, asks("scale", words=("db-s-2vcpu-4gb",)))
        await confirmed(small, [DEV])
        await dies_once(small, is_asked_for)
        assert (await carried_out(small))["state"] == "succeeded"
    assert database.resizes == [("db-s-2vcpu-4gb", 2)]


@pytest.mark.parametrize("fails", [{"drops": httpx.ReadTimeout}, {"refuses": 500}, {"refuses": 503}])
async def test_a_resize_that_was_not_seen_to_begin_is_unknown_and_not_asked_for_again(
    tmp_path: Path, redis: RedisServer, soon: None, fails: dict[str, Any]
):
    database = DigitalOceanDatabase(**fails)
    async with managed(tmp_path, redis, database) as small:
        state, said = await resized(small)
    assert (state, database.resizes) == ("unknown", [])
    assert "the database at DigitalOcean is online, db-s-1vcpu-2gb" in said


@pytest.mark.parametrize("status", [401, 403, 404, 409, 422, 429])
async def test_a_refusal_of_digitalocean_is_told(tmp_path: Path, redis: RedisServer, soon: None, status: int):
    database = DigitalOceanDatabase(refuses=status)
    async with managed(tmp_path, redis, database) as small:
        state, said = await resized(small)
    assert (state, database.resizes) == ("failed", [])
    assert f"DigitalOcean answered HTTP {status}" in said


async def test_a_database_that_never_comes_online_is_no_success(
    tmp_path: Path, redis: RedisServer, soon: None
):
    async with managed(tmp_path, redis, DigitalOceanDatabase(takes=None)) as small:
        state, said = await resized(small)
    assert state == "failed"
    assert "its goal is not reached: not within 3 s: the database at DigitalOcean is resizing" in said
    assert "\nCannot be undone" in said


async def test_a_resize_that_is_rolled_back_is_told_at_once(tmp_path: Path, redis: RedisServer, soon: None):
    async with managed(tmp_path, redis, DigitalOceanDatabase(rolls_back=True)) as small:
        state, said = await resized(small)
    assert state == "failed"
    assert "its goal is not reached: the database at DigitalOcean is online, db-s-1vcpu-2gb" in said


@pytest.mark.parametrize(
    ("database", "word", "said"),
    [
        (DigitalOceanDatabase(), "db-s-1vcpu-1gb", "Write one of db-s-2vcpu-4gb, m3-2vcpu-16gb"),
        (DigitalOceanDatabase(), "db-s-1vcpu-2gb", "is db-s-1vcpu-2gb already"),
        (DigitalOceanDatabase(), "2gb", "Which size? It has db-s-1vcpu-2gb"),
        (DigitalOceanDatabase(num_nodes=1), "db-s-1vcpu-1gb", "has no more memory than db-s-1vcpu-2gb"),
        (DigitalOceanDatabase(status="resizing", takes=None), "m3-2vcpu-16gb", "It is resizing now"),
        (DigitalOceanDatabase(engine="pg"), "db-s-99vcpu-999gb", "is no Redis"),
    ],
)
async def test_a_size_that_it_cannot_have_offers_nothing(
    tmp_path: Path, redis: RedisServer, database: DigitalOceanDatabase, word: str, said: str
):
    async with managed(tmp_path, redis, database) as small:
        assert said in (await asked(small, asks("scale", words=(word,)))).replace("\u2060", "")
        assert not [event for event in small.noted if event.kind == "approval.asked"]
    assert database.resizes == []


async def test_a_wrong_token_of_digitalocean_offers_nothing(tmp_path: Path, redis: RedisServer):
    async with managed(tmp_path, redis, DigitalOceanDatabase(), token="another") as small:
        answer = await asked(small, asks("scale", words=("db-s-2vcpu-4gb",)))
    assert "Nothing was planned: DigitalOcean answered HTTP 401" in answer
