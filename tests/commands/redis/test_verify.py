"""Does verify call whole only what it measured?"""

from tests.fixtures.asking import asked
from tests.fixtures.small_pong import SmallPong, asks


async def test_what_could_not_be_asked_is_not_whole(on_redis: SmallPong):
    answer = await asked(on_redis, asks("verify"))
    assert "🟡 redis-prod" in answer
    assert "no health address is configured (not checked)" in answer
    [event] = [event for event in on_redis.noted if event.kind == "redis.verified"]
    assert event.data["verdict"] == "not verified"


async def test_a_dead_server_is_not_whole(open_one: SmallPong):
    assert "🔴 redis-prod is not whole yet" in await asked(open_one, asks("verify"))
    [found] = await open_one.pong.store.read(lambda records: records.incidents.findings(1))
    assert found["facts"]["verdict"] == "not whole"
