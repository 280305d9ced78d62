"""Does a warning call nobody, whatever it comes to?"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.incident import AlertState, Status
from tests.bot.intake.test_opening import alert, resolve, the_incident
from tests.fixtures.alerts import alertmanager
from tests.fixtures.asking import asked
from tests.fixtures.redis_server import RedisServer
from tests.fixtures.small_pong import SmallPong, asks, small_pong

WARNING = {"severity": "warning"}
LOOKS_WELL = "Say what it was to close it"


@pytest.fixture
async def small(tmp_path: Path) -> AsyncIterator[SmallPong]:
    async with small_pong(tmp_path) as small:
        yield small


async def warning(small: SmallPong, *, state: str = "firing") -> None:
    """One that comes now, or ends."""
    started_ms = small.clock.now_ms() if state == "firing" else small.clock.now_ms() - 60_000
    ends_ms = small.clock.now_ms() if state == "resolved" else None
    body = alertmanager(
        "RedisCacheHitRateLow", labels=WARNING, state=state, starts_ms=started_ms, ends_ms=ends_ms
    )
    await alert(small, body)


async def ended(small: SmallPong) -> None:
    await alert(small, alertmanager(state="resolved", ends_ms=small.clock.now_ms()))


async def calls(small: SmallPong) -> list[str]:
    """What was said that mentions somebody."""
    return [one["text"] for one in await small.posted() if "<@" in one["text"] or "<!subteam" in one["text"]]


async def test_beside_an_open_incident_it_is_read_in_the_thread(small: SmallPong) -> None:
    await alert(small, alertmanager())
    before = await calls(small)
    await warning(small)
    [said] = await small.posted("🟡 Warning: RedisCacheHitRateLow")
    assert said["text"].endswith("Nobody is called for it.")
    assert said["id"].startswith("incident:1/")
    assert await calls(small) == before
    assert (await the_incident(small)).alert_name == "RedisDown"


async def test_what_looks_well_stays_well(tmp_path: Path) -> None:
    with RedisServer() as server:
        async with small_pong(tmp_path, tables={"secrets": {"REDIS_URL": server.url()}}) as small:
            await alert(small, alertmanager())
            await asked(small, asks("ack"))
            await ended(small)
            await small.ticks(1)
            before, well = await calls(small), await the_incident(small)
            await warning(small)
            await small.ticks(31 * 60)
            incident = await the_incident(small)
            assert (well.status, well.is_paused) == (Status.MITIGATED, True)
            assert (incident.status, incident.is_paused, incident.alert) == (
                Status.MITIGATED,
                True,
                AlertState.RESOLVED,
            )
            assert await calls(small) == before


async def test_what_was_resolved_stays_resolved(small: SmallPong) -> None:
    await alert(small, alertmanager())
    await resolve(small)
    before = await calls(small)
    await warning(small)
    await small.ticks(31 * 60)
    assert not (await the_incident(small)).is_open
    assert await the_incident(small, 2) is None
    assert await calls(small) == before
    assert len(await small.posted("No incident was opened")) == 1


async def test_a_drill_stays_a_drill(small: SmallPong) -> None:
    await asked(small, asks("drill", words=("redis-prod",)))
    await warning(small)
    assert (await the_incident(small)).is_drill
    assert await small.posted("no drill any more") == []
    assert len(await small.posted("No incident was opened")) == 1


@pytest.mark.parametrize("is_by_hand", [False, True])
async def test_its_end_is_the_end_of_nothing_else(small: SmallPong, is_by_hand: bool) -> None:
    if is_by_hand:
        await asked(small, asks("open", words=("redis-prod",)))
    else:
        await alert(small, alertmanager())
    await warning(small)
    small.clock.advance(60)
    await warning(small, state="resolved")
    assert (await the_incident(small)).alert is AlertState.FIRING


async def test_while_it_fires_an_incident_whose_alert_ended_is_over_all_the_same(tmp_path: Path) -> None:
    with RedisServer() as server:
        async with small_pong(tmp_path, tables={"secrets": {"REDIS_URL": server.url()}}) as small:
            await alert(small, alertmanager())
            await asked(small, asks("ack"))
            await warning(small)
            await ended(small)
            await small.ticks(35 * 60)
            assert len(await small.posted(LOOKS_WELL)) == 1
            assert await small.posted("S0SENIOR") == []
