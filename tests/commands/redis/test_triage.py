"""Does triage say what is wrong, keep it, and bring the incident's message up to date?"""

from pathlib import Path

from tests.bot.intake.test_opening import alert, the_incident
from tests.fixtures.alerts import alertmanager
from tests.fixtures.asking import asked
from tests.fixtures.kinds import small_with_shop
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


async def test_typed_after_redis_it_is_for_a_redis_alone(tmp_path: Path):
    async with small_with_shop(tmp_path) as (small, _):
        for verb in ("triage", "ping", "verify", "watch", "restart"):
            words = ("app", "shop") if verb == "restart" else ("shop",)
            answer = (await asked(small, asks(verb, words=words))).replace("\u2060", "")
            assert "shop is an application; /redis is for a Redis alone. Ask /incident triage shop." in answer
        answer = await asked(small, asks("triage", words=("orders",)))
        assert "orders is a database" in answer


async def test_typed_after_incident_it_takes_any_name(tmp_path: Path):
    async with small_with_shop(tmp_path) as (small, _):
        for name, says in (
            ("redis-prod", "redis-prod refuses connections"),
            ("orders", "orders refuses connections"),
            ("shop", "shop answers, nothing wrong was found"),
        ):
            assert says in await asked(small, asks("triage", words=(name,), ref="/incident"))


async def test_alone_after_incident_it_means_the_only_open_one(tmp_path: Path):
    async with small_with_shop(tmp_path) as (small, _):
        await alert(small, alertmanager("ApiDown", labels={"app": "shop"}))
        assert "shop answers" in await asked(small, asks("triage", ref="/incident"))
        [found] = await small.pong.store.read(lambda records: records.incidents.findings(1))
        assert found["facts"]["target"] == "shop"
        assert "application.triaged" in [event.kind for event in small.noted]
        await alert(small, alertmanager("RedisDown"))
        assert "redis-prod refuses" in await asked(small, asks("triage", ref="/incident"))
