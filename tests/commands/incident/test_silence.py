"""Is what fires silenced for as long as was asked, by whoever may, and is it said?"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.people import Identity
from tests.bot.intake.test_opening import alert, the_incident
from tests.fixtures.alerts import alertmanager, pagerduty
from tests.fixtures.asking import asked
from tests.fixtures.silencing import Silencer, with_alertmanager
from tests.fixtures.small_pong import MARIA, TEAM, VERA, SmallPong, asks

MINUTE_MS = 60_000


@pytest.fixture
def silencer() -> Silencer:
    return Silencer()


@pytest.fixture
async def heard(tmp_path: Path, silencer: Silencer) -> AsyncIterator[SmallPong]:
    """Incident 1 fires, and Pong knows Alertmanager."""
    async with with_alertmanager(tmp_path, silencer) as small:
        small.directory.identities[MARIA] = Identity(user_id=MARIA, team_id=TEAM, handle="maria")
        await alert(small, alertmanager())
        yield small


def buttons(post: dict) -> list[tuple[str, str]]:
    rows = [block["elements"] for block in post["blocks"] if block["type"] == "actions"]
    return [(one["text"]["text"], one["value"]) for row in rows for one in row]


async def test_whoever_acknowledges_is_offered_three_lengths(heard: SmallPong) -> None:
    await asked(heard, asks("ack"))
    [said] = await heard.posted("has it, after")
    assert buttons(said) == [("Silence 15 min", "1:15m"), ("Silence 1 h", "1:1h"), ("Silence 4 h", "1:4h")]


async def test_without_alertmanager_s_address_nothing_is_offered(open_one: SmallPong) -> None:
    await asked(open_one, asks("ack"))
    [said] = await open_one.posted("has it, after")
    assert buttons(said) == []
    assert "set ALERTMANAGER" in (await asked(open_one, asks("silence"))).replace("\u2060", "")


@pytest.mark.parametrize(
    ("request_", "minutes"),
    [
        (asks("silence", words=("15m",)), 15),
        (asks("silence", words=("#1", "4H")), 240),
        (asks("silence"), 60),
        (asks("silence", via="button", ref="1:15m"), 15),
    ],
)
async def test_it_stands_at_alertmanager_and_on_the_incident(
    heard: SmallPong, silencer: Silencer, request_, minutes: int
) -> None:
    await asked(heard, request_)
    until_ms = heard.clock.now_ms() + minutes * MINUTE_MS
    await heard.ticks(1)
    [one] = silencer.standing()
    assert (one["createdBy"], one["comment"]) == ("maria", "Pong incident #1")
    assert {m["name"]: m["value"] for m in one["matchers"]} == {
        "alertname": "RedisDown",
        "severity": "critical",
        "target": "redis-prod",
    }
    assert (await the_incident(heard)).silenced_until_ms == until_ms
    assert "*Silenced:* at Alertmanager until" in str(await heard.parent())
    [said] = await heard.posted(f"by <@{MARIA}>: 1 alert at Alertmanager")
    assert buttons(said) == [("End silence", "1")]
    assert "alerts.silenced" in [event.kind for event in heard.noted]


@pytest.mark.parametrize("words", [("2h",), ("#1", "please"), ("1h", "1h", "x")])
async def test_a_length_that_there_is_not_silences_nothing(heard: SmallPong, silencer, words) -> None:
    assert "For how long? Write /incident silence" in await asked(heard, asks("silence", words=words))
    await heard.ticks(1)
    assert not silencer.silences


async def test_a_viewer_silences_nothing(heard: SmallPong, silencer: Silencer) -> None:
    await asked(heard, asks("silence", by=VERA))
    await heard.ticks(1)
    assert not silencer.silences


async def test_what_pagerduty_told_is_no_matter_of_alertmanager_s(tmp_path: Path, silencer: Silencer) -> None:
    async with with_alertmanager(tmp_path, silencer) as small:
        await alert(small, pagerduty(), "pagerduty")
        await asked(small, asks("ack"))
        [said] = await small.posted("has it, after")
        assert buttons(said) == []
        assert "nothing to silence" in await asked(small, asks("silence"))


async def test_each_set_of_labels_is_silenced_once_and_five_at_most(heard, silencer: Silencer) -> None:
    for number in range(6):
        await alert(heard, alertmanager(labels={"instance": f"redis-{number}"}))
    await alert(heard, alertmanager(starts_ms=heard.clock.now_ms()))  # the same labels, another firing
    await alert(heard, alertmanager("RedisMemoryHigh", state="resolved", ends_ms=heard.clock.now_ms()))
    await asked(heard, asks("silence"))
    await heard.ticks(1)
    assert len(silencer.standing()) == 5
    [said] = await heard.posted("5 alerts at Alertmanager")
    assert "2 more still call people" in said["text"]


async def test_a_later_silence_takes_the_place_of_the_earlier(heard: SmallPong, silencer: Silencer) -> None:
    for words in (("4h",), ("15m",)):
        await asked(heard, asks("silence", words=words))
        await heard.ticks(3, every_s=1)
    assert [one["id"] for one in silencer.standing()] == ["silence-2"]
    assert not await heard.posted("was ended")
    await heard.ticks(15 * 60)
    assert (await the_incident(heard)).silenced_until_ms is None
    assert len(await heard.posted("silence at Alertmanager is over")) == 1
