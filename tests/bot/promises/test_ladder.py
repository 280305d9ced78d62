"""Is everybody on the ladder called at their time, once, however it was held or hurried?"""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.bot.intake.test_opening import alert, the_incident
from tests.fixtures.alerts import alertmanager
from tests.fixtures.asking import asked
from tests.fixtures.small_pong import DEV, MARIA, SAM, SmallPong, asks, small_pong

RUNGS = [{"after_min": 45, "people": [SAM]}, {"after_min": 60, "provider_support": True}]
TABLES = {
    "escalation": {"on_call": [MARIA], "next_rung": [DEV], "senior": ["S0SENIOR"], "rungs": RUNGS},
    "targets": {
        "redis-prod": {
            "labels": {"target": "redis-prod"},
            "provider": "upstash",
            "upstash_database_id": "db-0001",
        }
    },
    "secrets": {
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "UPSTASH_EMAIL": "ops@example.com",
        "UPSTASH_API_KEY": "key-of-upstash",
    },
    "providers": {"upstash": {"support_email": "support@upstash.example"}},
}


@pytest.fixture
async def climbing(tmp_path: Path) -> AsyncIterator[SmallPong]:
    """An acknowledged incident with three rungs ahead."""
    async with small_pong(tmp_path, tables=TABLES) as small:
        await alert(small, alertmanager())
        await asked(small, asks("ack"))
        yield small


async def test_each_rung_is_called_at_its_minute_and_once(climbing: SmallPong) -> None:
    await climbing.ticks(31 * 60)
    assert len(await climbing.posted("not resolved after 30 minutes")) == 1
    assert not await climbing.posted("not resolved after 45 minutes")
    await climbing.ticks(15 * 60)
    [second] = await climbing.posted("not resolved after 45 minutes")
    assert f"<@{SAM}>" in second["text"]
    await climbing.ticks(60 * 60)
    for minutes in (30, 45, 60):
        assert len(await climbing.posted(f"not resolved after {minutes} minutes")) == 1
    assert (await the_incident(climbing)).next_rung_ms is None


async def test_the_provider_s_rung_drafts_the_mail_and_sends_nothing(climbing: SmallPong) -> None:
    await climbing.ticks(61 * 60)
    [last] = await climbing.posted("not resolved after 60 minutes")
    told = json.dumps(last["blocks"], ensure_ascii=False).replace("\u2060", "")
    assert "support@upstash.example" in told
    assert "Subject: redis-prod (database db-0001): RedisDown" in told
    assert "UTC we see: redis-prod refuses connections" in told
    assert "Pong sends nothing" in told


async def test_a_person_need_not_wait_and_the_rest_comes_as_far_apart_as_before(climbing: SmallPong) -> None:
    await climbing.ticks(10 * 60)
    answer = await asked(climbing, asks("escalate", by=DEV))
    assert f"<!subteam^S0SENIOR>: <@{DEV}> asks for help" in answer
    await climbing.ticks(14 * 60)
    assert not await climbing.posted("not resolved after")
    await climbing.ticks(2 * 60)
    [second] = await climbing.posted("not resolved after 25 minutes")
    assert f"<@{SAM}>" in second["text"]


async def test_when_all_were_called_it_says_so(climbing: SmallPong) -> None:
    for _ in range(3):
        await asked(climbing, asks("escalate"))
    assert "Everybody on the ladder was called already" in await asked(climbing, asks("escalate"))


async def test_each_rung_can_be_held_once(climbing: SmallPong) -> None:
    await asked(climbing, asks("hold"))
    assert "held once already" in await asked(climbing, asks("hold"))
    await climbing.ticks(46 * 60)
    assert len(await climbing.posted("not resolved after 45 minutes")) == 1
    before_ms = (await the_incident(climbing)).next_rung_ms
    await asked(climbing, asks("hold"))
    assert (await the_incident(climbing)).next_rung_ms == before_ms + 15 * 60_000


async def test_the_parent_says_when_the_next_are_called_and_calls_nobody(climbing: SmallPong) -> None:
    assert "next call for help at" in str(await climbing.parent())
    await climbing.ticks(31 * 60)
    parent = str(await climbing.parent())
    assert "escalated: 1 of 3" in parent
    assert "S0SENIOR" not in parent
    assert f"<@{SAM}>" not in parent


async def test_before_anybody_has_it_help_is_whoever_is_next_on_call(small: SmallPong) -> None:
    await alert(small, alertmanager())
    assert f"<@{DEV}>" not in str(await small.parent())
    assert f"<@{DEV}>: <@{MARIA}> asks for help" in await asked(small, asks("escalate"))
    await small.ticks(10 * 60)
    assert not await small.posted("nobody has acknowledged for")
    assert "<!subteam^S0SENIOR>" in await asked(small, asks("escalate"))


async def test_what_looks_over_calls_nobody(climbing: SmallPong) -> None:
    said = {"root_cause": "the cache", "fix": "waited"}
    await asked(climbing, asks("resolve", via="modal", ref="1", values=said))
    assert "nobody is called" in await asked(climbing, asks("escalate", words=("1",)))
    await climbing.ticks(120 * 60)
    assert not await climbing.posted("not resolved after")


async def test_after_a_long_absence_one_rung_is_called_late_and_the_next_a_whole_gap_later(climbing) -> None:
    await climbing.ticks(9 * 60)
    climbing.clock.advance(100 * 60)
    await climbing.ticks(60, every_s=10)
    [late] = await climbing.posted("not resolved after 30 minutes")
    assert "late by 1 h 19 min" in late["text"]
    assert not await climbing.posted(f"<@{SAM}>: not resolved")
    assert len(await climbing.posted("nobody posted one")) == 1
    await climbing.ticks(13 * 60)
    assert not await climbing.posted(f"<@{SAM}>: not resolved")
    assert len(await climbing.posted("nobody posted one")) == 2
    await climbing.ticks(2 * 60)
    assert len(await climbing.posted(f"<@{SAM}>: not resolved")) == 1


async def test_where_nobody_has_it_the_next_on_call_have_their_time_after_an_absence(tmp_path: Path) -> None:
    async with small_pong(tmp_path, tables=TABLES) as small:
        await alert(small, alertmanager())
        small.clock.advance(100 * 60)
        await small.ticks(10 * 60)
        assert len(await small.posted("nobody has acknowledged for 5 minutes")) == 1
        assert not await small.posted("S0SENIOR>: not resolved")
        await small.ticks(16 * 60)
        assert len(await small.posted("S0SENIOR>: not resolved")) == 1
        assert not await small.posted(f"<@{SAM}>: not resolved")


async def test_what_nobody_has_is_called_again_after_the_ladder_s_end_until_somebody_has_it(
    tmp_path: Path,
) -> None:
    async with small_pong(tmp_path, tables=TABLES) as small:
        await alert(small, alertmanager())
        await small.ticks(61 * 60)
        assert (await the_incident(small)).next_rung_ms == small.clock.now_ms() + 29 * 60_000
        await small.ticks(60 * 60)
        again = await small.posted("everybody was called, and nobody has it after")
        assert [one["text"].partition(" has it ")[2].partition(".")[0] for one in again] == [
            "after 1 h 30 min",
            "after 2 h",
        ]
        for one in again:
            assert one["text"].startswith(f"🔺 <@{MARIA}>, <@{DEV}>: ")
            assert "Acknowledge" in str(one["blocks"][-1])
        update = (await small.posted("nobody posted one"))[-1]
        assert "Nobody has it." in str(update["blocks"])
        assert "'Acknowledge'" in str(update["blocks"])
        await asked(small, asks("ack"))
        assert (await the_incident(small)).next_rung_ms is None
        await small.ticks(60 * 60)
        assert len(await small.posted("everybody was called, and nobody has it")) == 2


async def test_a_drill_that_nobody_has_ends_its_calls_with_the_ladder(tmp_path: Path) -> None:
    async with small_pong(tmp_path, tables=TABLES) as small:
        await asked(small, asks("drill", words=("redis-prod",)))
        await small.ticks(120 * 60, every_s=60)
        assert await small.posted("not resolved after 60 minutes")
        assert not await small.posted("everybody was called")


async def test_a_rung_with_no_mail_to_draft_calls_the_one_before_again(tmp_path: Path) -> None:
    elsewhere = {"labels": {"target": "redis-own"}}
    tables = TABLES | {"targets": TABLES["targets"] | {"redis-own": elsewhere}}
    async with small_pong(tmp_path, tables=tables) as small:
        await alert(small, alertmanager(labels={"target": "redis-own"}))
        await asked(small, asks("ack"))
        await small.ticks(61 * 60)
        [last] = await small.posted("not resolved after 60 minutes")
        assert f"<@{SAM}>" in last["text"]
        assert "; no provider’s support to write to is known for this target" in last["text"]
        assert "Nobody" not in last["text"]
