"""Does ping answer in the right place, by editing its first message, and keep what it found?"""

from pathlib import Path

from tests.bot.intake.test_opening import alert
from tests.fixtures.alerts import alertmanager
from tests.fixtures.asking import asked
from tests.fixtures.small_pong import MARIA, VERA, SmallPong, asks, small_pong


async def findings(small: SmallPong, id: int = 1) -> list[dict]:
    return await small.pong.store.read(lambda records: records.incidents.findings(id))


async def test_a_server_that_is_down_is_said_in_the_thread_of_its_incident(open_one: SmallPong):
    answer = await asked(open_one, asks("ping"))
    assert "redis-prod refuses connections" in answer
    [post] = await open_one.posted("refuses connections (")
    assert post["id"].startswith("incident:1/answer:")
    assert f"asked by <@{MARIA}>" in str(post["blocks"])
    assert [finding["kind"] for finding in await findings(open_one)] == ["ping"]


async def test_without_an_incident_it_is_answered_in_the_channel_and_kept_in_the_timeline(small: SmallPong):
    await asked(small, asks("ping", by=VERA))
    [post] = await small.posted("refuses connections")
    assert post["id"].startswith("C0INCIDENTS/answer:")
    assert [(event.kind, event.actor) for event in small.noted] == [("redis.pinged", VERA)]


async def test_a_server_that_is_up_is_said(on_redis: SmallPong):
    assert "🟢" in await asked(on_redis, asks("ping"))


async def test_a_mistyped_target_is_answered_with_the_nearest(small: SmallPong):
    answer = await asked(small, asks("ping", words=("redis-prd",)))
    assert 'There is no target "redis-prd". Did you mean redis-prod? Targets: redis-prod.' in answer


async def test_too_many_words_are_answered_with_how_to_write_it(small: SmallPong):
    assert "write /redis ping [target]" in await asked(small, asks("ping", words=("redis-prod", "now")))


async def test_with_several_targets_and_none_named_it_asks_which(tmp_path: Path):
    targets = {
        "redis-prod": {"labels": {"target": "redis-prod"}},
        "redis-jobs": {"labels": {"target": "redis-jobs"}},
    }
    async with small_pong(tmp_path, tables={"targets": targets}) as small:
        assert "Which target? Targets: redis-prod, redis-jobs." in await asked(small, asks("ping"))


async def test_another_target_asked_about_in_a_thread_is_not_kept_as_a_finding_of_its_incident(
    tmp_path: Path,
):
    targets = {
        "redis-prod": {"labels": {"target": "redis-prod"}},
        "redis-jobs": {"labels": {"target": "redis-jobs"}},
    }
    async with small_pong(tmp_path, tables={"targets": targets}) as small:
        await alert(small, alertmanager())
        request = asks("triage", via="button", ref="redis-jobs", thread_ts="1.1", channel="C0INCIDENTS")
        await small.pong.store.write(
            lambda records: records.outbox._connection.run(
                "UPDATE messages SET ts = '1.1' WHERE id = 'incident:1'"
            )
        )
        assert "redis-jobs" in await asked(small, request)
        assert await findings(small) == []
        [post] = await small.posted("redis-jobs")
        assert post["id"].startswith("incident:1/")
