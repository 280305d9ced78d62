"""Does a responder raise the memory limit by their own confirm, on the real server?"""

import pytest

from tests.fixtures.asking import asked
from tests.fixtures.carrying_out import carried_out, confirmed, in_real_time, outcome, the_offer
from tests.fixtures.redis_server import RedisServer
from tests.fixtures.small_pong import MARIA, VERA, SmallPong, asks

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
