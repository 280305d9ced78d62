"""Does Pong learn that an alert has ended although Alertmanager is silent, and only then?"""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from bot.clock import SystemClock
from bot.incident import AlertState
from bot.store.errands import State
from tests.bot.intake.test_opening import alert, the_incident
from tests.fixtures.alerts import alertmanager
from tests.fixtures.asking import asked
from tests.fixtures.silencing import Silencer, real_alertmanager, with_alertmanager
from tests.fixtures.small_pong import SmallPong, asks, small_pong

DOWN = {"alertname": "RedisDown", "severity": "critical", "target": "redis-prod"}
FULL = DOWN | {"alertname": "RedisMemoryHigh"}


@pytest.fixture
def silencer() -> Silencer:
    return Silencer()


@pytest.fixture
async def silent(tmp_path: Path, silencer: Silencer) -> AsyncIterator[SmallPong]:
    """Incident 1 has two alerts, and Alertmanager is silenced for an hour."""
    async with with_alertmanager(tmp_path, silencer) as small:
        silencer.firing = [DOWN, FULL]
        await alert(small, alertmanager())
        await alert(small, alertmanager("RedisMemoryHigh"))
        await asked(small, asks("silence"))
        await small.ticks(1)
        yield small


def looks(silencer: Silencer) -> int:
    return sum(one == "GET am-1.test/api/v2/alerts" for one in silencer.asked)


async def waits(small: SmallPong) -> list[str]:
    mine = await small.pong.store.read(lambda records: records.errands.of(1))
    return [one.kind for one in mine if one.state is State.WAITING]


async def test_what_still_fires_goes_on_firing(silent: SmallPong, silencer: Silencer) -> None:
    await silent.ticks(30 * 60)
    assert (await the_incident(silent)).alert is AlertState.FIRING
    assert 25 <= looks(silencer) <= 31


async def test_what_has_ended_counts_as_if_alertmanager_had_said_so(silent: SmallPong, silencer) -> None:
    silencer.firing = [FULL]
    await silent.ticks(5 * 60)
    assert [event.data["name"] for event in silent.noted if event.kind == "alert.ended"] == ["RedisDown"]
    assert (await the_incident(silent)).alert is AlertState.FIRING
    silencer.firing = []
    await silent.ticks(5 * 60)
    assert (await the_incident(silent)).alert is AlertState.RESOLVED
    assert len(await silent.posted("Alertmanager, asked while silenced, knows RedisDown no longer")) == 1
    assert len(await silent.posted("Pong's look at Alertmanager says resolved")) == 1


async def test_one_that_forgot_for_a_moment_ends_nothing(silent: SmallPong, silencer: Silencer) -> None:
    for firing in ([], [DOWN, FULL], [], [DOWN, FULL]):
        silencer.firing = firing
        await silent.ticks(2 * 60)
    assert (await the_incident(silent)).alert is AlertState.FIRING


async def test_one_that_does_not_answer_ends_nothing(silent: SmallPong, silencer: Silencer) -> None:
    silencer.answers = {"GET": 503}
    await silent.ticks(30 * 60)
    silencer.answers, silencer.away = {}, {"am-1.test", "am-2.test"}
    await silent.ticks(20 * 60)
    assert (await the_incident(silent)).alert is AlertState.FIRING
    assert await waits(silent) == ["hear"]


async def test_after_the_silence_it_asks_no_more(silent: SmallPong, silencer: Silencer) -> None:
    await silent.ticks(62 * 60)
    before = looks(silencer)
    await silent.ticks(10 * 60)
    assert looks(silencer) == before
    assert await waits(silent) == []


async def test_what_ended_just_before_the_silence_did_is_still_heard(silent: SmallPong, silencer) -> None:
    await silent.ticks(58 * 60)
    silencer.firing = []
    await silent.ticks(10 * 60)
    assert (await the_incident(silent)).alert is AlertState.RESOLVED
    assert await waits(silent) == []


async def test_several_silences_are_asked_for_once(silent: SmallPong, silencer: Silencer) -> None:
    await asked(silent, asks("silence", words=("15m",)))
    await silent.ticks(90)
    assert await waits(silent) == ["hear"]


async def test_the_real_alertmanager_tells_what_fires_silenced_or_not(tmp_path: Path) -> None:
    folder = tmp_path / "alertmanager"
    folder.mkdir()
    async with (
        real_alertmanager(folder) as url,
        small_pong(tmp_path, tables={"alertmanager_url": [url]}) as small,
        httpx.AsyncClient() as http,
    ):
        await http.post(f"{url}/api/v2/alerts", json=[{"labels": DOWN}])
        await alert(small, alertmanager())
        small.clock.advance((SystemClock().now_ms() - small.clock.now_ms()) / 1000)
        await asked(small, asks("silence"))
        await small.ticks(4 * 60)
        assert (await the_incident(small)).alert is AlertState.FIRING
        over = {"labels": DOWN, "startsAt": "2020-01-01T00:00:00Z", "endsAt": "2020-01-01T00:00:01Z"}
        await http.post(f"{url}/api/v2/alerts", json=[over])
        await small.ticks(4 * 60)
        assert (await the_incident(small)).alert is AlertState.RESOLVED
