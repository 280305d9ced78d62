"""Does the Home tab tell each person what is open, what waits for them, and no stranger anything?"""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.home import home_of
from bot.playground.local_slack.limits import check_home
from tests.bot.intake.test_opening import alert
from tests.fixtures.alerts import alertmanager
from tests.fixtures.asking import asked
from tests.fixtures.redis_server import RedisServer
from tests.fixtures.small_pong import DEV, GUEST, MARIA, SAM, VERA, SmallPong, asks, small_pong


async def told(small: SmallPong, user: str) -> str:
    view = await home_of(small.pong, user)
    check_home(view)
    return json.dumps(view, ensure_ascii=False).replace("\u2060", "")


@pytest.fixture
async def with_plan(tmp_path: Path) -> AsyncIterator[SmallPong]:
    """An incident in which Maria has asked for a plan that somebody else has to approve."""
    with RedisServer("--maxmemory", "24mb") as server:
        server.command("SET", "cache:1", "x")
        secrets = {"REDIS_URL": server.url(), "REDIS_REMEDIATION_URL": server.url()}
        async with small_pong(tmp_path, tables={"secrets": secrets}) as small:
            await alert(small, alertmanager())
            await asked(small, asks("clear", words=("cache",)))
            yield small


async def test_what_is_open_and_due_is_told(with_plan: SmallPong) -> None:
    text = await told(with_plan, SAM)
    assert "*#1* P2 RedisDown on redis-prod: triggered" in text
    assert "#1: an update" in text
    assert f"#1: <@{DEV}> called" in text
    assert "store writable" in text


async def test_a_plan_waits_for_whoever_may_decide_and_not_for_whoever_asked(with_plan: SmallPong) -> None:
    waits = "decide in the thread of #1"
    assert waits in await told(with_plan, DEV)
    assert waits not in await told(with_plan, MARIA)  # she asked
    assert waits not in await told(with_plan, SAM)  # no approver


async def test_what_looks_well_waits_for_whoever_has_it_or_anybody_where_nobody_has(tmp_path: Path) -> None:
    with RedisServer() as server:
        async with small_pong(tmp_path, tables={"secrets": {"REDIS_URL": server.url()}}) as small:
            await alert(small, alertmanager())
            await alert(small, alertmanager(state="resolved"))
            await small.ticks(60)
            waits = "*#1* RedisDown on redis-prod looks well: say what it was"
            assert waits in await told(small, SAM)
            assert waits not in await told(small, VERA)  # who may not say it
            await asked(small, asks("ack", by=DEV))
            assert waits in await told(small, DEV)
            assert waits not in await told(small, SAM)


async def test_a_guest_sees_why_and_nothing_else(with_plan: SmallPong) -> None:
    assert "RedisDown" not in await told(with_plan, GUEST)


async def test_while_slack_does_not_say_who_it_is_nothing_is_shown(with_plan: SmallPong) -> None:
    with_plan.directory.is_away = True
    text = await told(with_plan, DEV)
    assert "Slack does not say who you are" in text
    assert "RedisDown" not in text


async def test_the_means_are_told_with_their_weeks(small: SmallPong) -> None:
    assert "*30 days:* no incident" in await told(small, MARIA)
    await alert(small, alertmanager())
    small.clock.advance(120)
    await asked(small, asks("ack"))
    small.clock.advance(600)
    said = {"root_cause": "the cache", "fix": "waited"}
    await asked(small, asks("resolve", via="modal", ref="1", values=said))
    text = await told(small, MARIA)
    assert "*30 days:* 1 incident, acknowledged after 3 min in the mean, resolved after 13 min" in text
    assert "············█ (longest 1" in text
