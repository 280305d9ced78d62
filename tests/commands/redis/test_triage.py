"""Does triage say what is wrong, keep it, and bring the incident's message up to date?"""

from tests.bot.test_intake import the_incident
from tests.fixtures.asking import asked
from tests.fixtures.redis_server import RedisServer
from tests.fixtures.small_pong import VERA, SmallPong, asks


async def test_a_full_server_is_said_with_the_button_that_helps(on_redis: SmallPong, redis: RedisServer):
    redis.fill("cache", value_bytes=2000)
    answer = await asked(on_redis, asks("triage", by=VERA))
    assert "🔴" in answer
    [post] = [one for one in await on_redis.posted() if "answer:" in one["id"]]
    buttons = [
        element for block in post["blocks"] for element in block.get("elements", []) if "action_id" in element
    ]
    buttons += [block["accessory"] for block in post["blocks"] if "accessory" in block]
    assert {"pong:clear"} <= {button["action_id"].partition("~")[0] for button in buttons}
    [found] = await on_redis.pong.store.read(lambda records: records.incidents.findings(1))
    assert found["kind"] == "triage"
    assert (await the_incident(on_redis)).outcome_checked_ms is not None


async def test_a_dead_server_is_said_and_nothing_is_invented(open_one: SmallPong):
    answer = await asked(open_one, asks("triage"))
    assert "refuses connections" in answer
    assert "None" not in answer


async def test_its_timeline_names_what_was_found(open_one: SmallPong):
    await asked(open_one, asks("triage"))
    [event] = [event for event in open_one.noted if event.kind == "redis.triaged"]
    assert event.data["target"] == "redis-prod"
