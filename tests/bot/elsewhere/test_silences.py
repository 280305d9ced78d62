"""Does a silence hold what it promises: once, until it ends, with its incident, whatever is lost between?"""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from bot import timers
from bot.clock import SystemClock
from bot.elsewhere import silences
from tests.bot.intake.test_opening import alert, the_incident
from tests.fixtures.alerts import alertmanager
from tests.fixtures.asking import asked
from tests.fixtures.silencing import Silencer, real_alertmanager, with_alertmanager
from tests.fixtures.small_pong import MARIA, SmallPong, asks, small_pong

WHY = {"root_cause": "the cache was full", "fix": "cleared the cache"}
EVIL = {"alertname": "RedisDown", "note": "<!channel> *x* <https://evil.example|ok>"}


@pytest.fixture
def silencer() -> Silencer:
    return Silencer()


@pytest.fixture
async def heard(tmp_path: Path, silencer: Silencer) -> AsyncIterator[SmallPong]:
    async with with_alertmanager(tmp_path, silencer) as small:
        await alert(small, alertmanager())
        yield small


async def silenced(small: SmallPong, *words: str) -> None:
    await asked(small, asks("silence", words=words))
    await small.ticks(1)


async def test_the_end_is_announced_with_the_same_buttons_and_nothing_else_is_done(heard, silencer) -> None:
    await silenced(heard, "15m")
    await heard.ticks(14 * 60)
    assert not await heard.posted("silence at Alertmanager is over")
    await heard.ticks(90)
    [said] = await heard.posted("🔔 The silence at Alertmanager is over")
    assert "pong:silence~3" in str(said["blocks"])
    assert not [one for one in silencer.asked if one.startswith("DELETE")]


async def test_an_end_that_pong_missed_is_said_to_be_late(heard: SmallPong) -> None:
    await silenced(heard, "15m")
    heard.clock.advance(25 * 60)
    await heard.ticks(1)
    assert await heard.posted("is over (10 min ago: Pong was not running)")


async def test_it_ends_with_its_incident(heard: SmallPong, silencer: Silencer) -> None:
    await silenced(heard)
    await asked(heard, asks("resolve", via="modal", ref="1", values=WHY))
    await heard.ticks(1)
    assert not silencer.standing()
    assert await heard.posted("was ended, since the incident is resolved")
    assert (await the_incident(heard)).silenced_until_ms is None
    await heard.ticks(2 * 3600)
    assert not await heard.posted("silence at Alertmanager is over")


async def test_updates_and_escalation_go_on_through_a_silence(heard: SmallPong) -> None:
    await asked(heard, asks("ack"))
    await silenced(heard, "4h")
    await heard.ticks(31 * 60)
    assert len(await heard.posted("⏳ UPDATE")) == 3
    assert await heard.posted("not resolved after 30 minutes")


async def test_a_lost_answer_is_looked_up_and_said_once(heard: SmallPong, silencer: Silencer) -> None:
    silencer.loses = 1
    await silenced(heard)
    assert not await heard.posted("Silenced until")
    await heard.ticks(30, every_s=1)
    assert len(silencer.silences) == 1
    assert len(await heard.posted("🔕 Silenced until")) == 1


async def test_after_a_crash_in_between_it_is_not_set_twice(heard: SmallPong, silencer: Silencer) -> None:
    await asked(heard, asks("silence"))
    heard.clock.advance(1)
    now_ms = heard.clock.now_ms()
    [due] = [
        due
        for due in await heard.pong.store.write(
            lambda records: records.timers.claim(now_ms=now_ms, lease_ms=1, most=9)
        )
        if due.kind == timers.ERRAND
    ]
    incident = await the_incident(heard)
    errand = await heard.pong.store.read(lambda records: records.errands.get(due.slot))
    await silences.KINDS[silences.SILENCE].effect(heard.pong, incident, errand)
    assert len(silencer.silences) == 1
    await heard.ticks(5)
    assert len(silencer.silences) == 1
    assert len(await heard.posted("🔕 Silenced until")) == 1


async def test_a_refusal_is_told_at_once_with_the_next_step(heard: SmallPong, silencer: Silencer) -> None:
    silencer.answers = {"POST": 400}
    await silenced(heard)
    [said] = await heard.posted("so nothing was silenced. Next: do it in Alertmanager itself.")
    assert "🔴 Alertmanager answered HTTP 400" in said["text"]
    assert (await the_incident(heard)).silenced_until_ms is None
    asked_before = [one for one in silencer.asked if one.startswith("POST")]
    await heard.ticks(300)
    assert [one for one in silencer.asked if one.startswith("POST")] == asked_before


async def test_what_does_not_pass_is_given_up_told_and_what_stands_is_taken_back(heard, silencer) -> None:
    silencer.loses = 1
    await silenced(heard)
    silencer.answers = {"GET": 503}
    await heard.ticks(150, every_s=5)
    [said] = await heard.posted("it is not known whether it is silenced")
    assert "🔴 Alertmanager answered HTTP 503" in said["text"]
    assert len(silencer.standing()) == 1
    silencer.answers = {}
    await heard.ticks(150, every_s=5)
    assert not silencer.standing()
    assert (await the_incident(heard)).silenced_until_ms is None


async def test_an_end_that_does_not_go_is_told_with_when_it_ends_by_itself(heard, silencer) -> None:
    await silenced(heard)
    silencer.answers = {"DELETE": 403}
    await asked(heard, asks("unsilence"))
    await heard.ticks(1)
    [said] = await heard.posted("may still be silent. It ends by itself at")
    assert "Alertmanager answered HTTP 403" in said["text"]


async def test_an_end_that_did_not_go_with_its_incident_is_tried_again_from_slack(heard, silencer) -> None:
    await silenced(heard)
    silencer.answers = {"GET": 500, "DELETE": 500}
    await asked(heard, asks("resolve", via="modal", ref="1", values=WHY))
    await heard.ticks(150, every_s=5)
    [said] = await heard.posted("may still be silent")
    assert "/incident unsilence 1" in said["text"]
    silencer.answers = {}
    await asked(heard, asks("unsilence", words=("1",)))
    await heard.ticks(1)
    assert not silencer.standing()
    assert (await the_incident(heard)).silenced_until_ms is None
    await heard.ticks(2 * 3600)
    assert not await heard.posted("silence at Alertmanager is over")


async def test_what_could_not_be_ended_ends_by_itself(heard: SmallPong, silencer: Silencer) -> None:
    await silenced(heard, "15m")
    silencer.answers = {"DELETE": 403}
    await asked(heard, asks("unsilence"))
    await heard.ticks(16 * 60)
    assert (await the_incident(heard)).silenced_until_ms is None
    assert len(await heard.posted("🔔 The silence at Alertmanager is over")) == 1


async def test_labels_reach_alertmanager_letter_by_letter_and_nobody_is_called(heard, silencer) -> None:
    await alert(heard, alertmanager(labels=EVIL))
    await silenced(heard)
    values = {m["value"] for one in silencer.standing() for m in one["matchers"]}
    assert EVIL["note"] in values
    assert "<!channel>" not in str(await heard.posted()) + str(await heard.parent())


async def test_an_alert_s_labels_are_kept_with_it(heard: SmallPong) -> None:
    [kept] = await heard.pong.store.read(lambda records: records.inbox.alerts_of(1, "alertmanager"))
    assert kept.labels["target"] == "redis-prod"


async def test_from_the_alert_to_the_end_at_the_real_alertmanager(tmp_path: Path) -> None:
    folder = tmp_path / "alertmanager"
    folder.mkdir()
    async with (
        real_alertmanager(folder) as url,
        small_pong(tmp_path, tables={"alertmanager_url": url}) as small,
    ):
        small.clock.advance((SystemClock().now_ms() - small.clock.now_ms()) / 1000)
        await alert(small, alertmanager())
        await silenced(small, "15m")
        assert await shown(url) == ("active", MARIA)
        await asked(small, asks("unsilence"))
        await small.ticks(1)
        assert await shown(url) == ("expired", MARIA)
        assert await small.posted("was ended by")


async def shown(url: str) -> tuple[str, str]:
    """The state of the one silence there is, and whose it is."""
    async with httpx.AsyncClient() as http:
        [one] = (await http.get(f"{url}/api/v2/silences")).json()
    return one["status"]["state"], one["createdBy"]
