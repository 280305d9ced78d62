"""What came back after it had looked well for hours: does only what it failed count?"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.incident import Status
from tests.bot.intake.test_opening import alert, the_incident
from tests.bot.test_home import told
from tests.fixtures.alerts import alertmanager
from tests.fixtures.asking import asked
from tests.fixtures.redis_server import RedisServer
from tests.fixtures.small_pong import DEV, MARIA, SmallPong, asks, small_pong

MINUTE_S, WELL_MIN = 60, 400
QUESTION = "Shall the public be told"


@pytest.fixture
async def well(tmp_path: Path) -> AsyncIterator[SmallPong]:
    """It failed for 10 minutes, and then looked well for hours."""
    with RedisServer() as server:
        async with small_pong(tmp_path, tables={"secrets": {"REDIS_URL": server.url()}}) as small:
            yield small


async def fails(small: SmallPong, minutes: int, *, is_taken: bool = False) -> None:
    """It fires for so long, and ends; Redis answers all the time."""
    at_ms = small.clock.now_ms()
    await alert(small, alertmanager(starts_ms=at_ms))
    if is_taken:
        await asked(small, asks("ack"))
    await small.ticks(minutes * MINUTE_S)
    await alert(small, alertmanager(state="resolved", starts_ms=at_ms, ends_ms=small.clock.now_ms()))
    await small.ticks(1)


async def test_only_the_time_that_it_failed_counts_once_it_is_back(well: SmallPong) -> None:
    await fails(well, 10)
    assert (await the_incident(well)).is_paused
    await well.ticks(WELL_MIN * MINUTE_S, every_s=600)
    await alert(well, alertmanager(starts_ms=well.clock.now_ms()))
    await well.ticks(2 * MINUTE_S)
    assert await well.posted(QUESTION) == []
    await asked(well, asks("ack"))
    assert len(await well.posted("has it, after 12 min")) == 1
    await well.ticks(9 * MINUTE_S)
    [*_, update] = await well.posted("⏳ UPDATE")
    assert "20 min elapsed" in update["text"]
    await well.ticks(10 * MINUTE_S)
    assert len(await well.posted(QUESTION)) == 1
    await asked(well, asks("resolve", via="modal", ref="1", values={"root_cause": "it", "fix": "waited"}))
    assert len(await well.posted("Duration: 31 minutes")) == 1
    assert "acknowledged after 12 min in the mean, resolved after 31 min in the mean" in await told(
        well, MARIA
    )


async def test_who_had_it_before_it_was_well_took_it_when_they_did(well: SmallPong) -> None:
    await fails(well, 10, is_taken=True)
    await well.ticks(WELL_MIN * MINUTE_S, every_s=600)
    await alert(well, alertmanager(starts_ms=well.clock.now_ms()))
    incident = await the_incident(well)
    assert (incident.taken_after_ms, incident.well_untaken_ms) == (0, 0)
    assert incident.lasted_ms(well.clock.now_ms()) == 10 * 60_000 + 1_000


async def test_a_person_who_says_that_it_was_not_over_counts_it_all(well: SmallPong) -> None:
    await fails(well, 10)
    await well.ticks(60 * MINUTE_S, every_s=600)
    await asked(well, asks("not_over", via="button", ref="1"))
    incident = await the_incident(well)
    assert incident.lasted_ms(well.clock.now_ms()) == 70 * 60_000 + 1_000


async def questions(small: SmallPong) -> list[str]:
    """The messages that ask whether it is over, as they stand now, each with its buttons."""
    newest = {}
    for row in await small._rows(None):
        if row["id"].startswith(("incident:1/healthy:", "incident:1/ask-again:")):
            newest[row["id"]] = row["text"] + (" [Resolve…]" if "pong:resolve" in str(row["blocks"]) else "")
    return list(newest.values())


async def test_what_said_that_it_looks_well_asks_nothing_once_it_fires_again(well: SmallPong) -> None:
    await fails(well, 10)
    [asks_now] = await questions(well)
    assert asks_now.endswith("[Resolve…]")
    await alert(well, alertmanager(starts_ms=well.clock.now_ms()))
    over = "🟢 redis-prod looked well when this was said. That is over: updates and escalation go on."
    assert await questions(well) == [over]


async def test_it_asks_nothing_once_a_person_says_that_it_is_not_over(well: SmallPong) -> None:
    await fails(well, 10)
    await asked(well, asks("not_over", via="button", ref="1"))
    [told_now] = await questions(well)
    assert told_now.endswith("That is over: updates and escalation go on.")


async def test_only_the_newest_question_can_be_answered_and_none_once_it_is_resolved(well: SmallPong) -> None:
    await fails(well, 10)
    await well.ticks(24 * 60 * MINUTE_S, every_s=600)
    first, second = await questions(well)
    assert first.endswith("It is asked again below.")
    assert second.endswith("[Resolve…]")
    await asked(well, asks("resolve", via="modal", ref="1", values={"root_cause": "it", "fix": "waited"}))
    assert [one.endswith("[Resolve…]") for one in await questions(well)] == [False, False]
    assert (await questions(well))[1].endswith("It was resolved since.")


SAID = {"root_cause": "The zebra cache had no bound at all", "fix": "Bounded it"}


async def closed_and_back(small: SmallPong) -> None:
    """Taken after 1 minute, over after 5, and back 10 minutes later."""
    at_ms = small.clock.now_ms()
    await alert(small, alertmanager(starts_ms=at_ms))
    await small.ticks(MINUTE_S)
    await asked(small, asks("ack"))
    await small.ticks(4 * MINUTE_S)
    await alert(small, alertmanager(state="resolved", starts_ms=at_ms, ends_ms=small.clock.now_ms()))
    await asked(small, asks("resolve", via="modal", ref="1", values=SAID))
    assert "acknowledged after 1 min in the mean, resolved after 5 min in the mean" in await told(
        small, MARIA
    )
    await small.ticks(10 * MINUTE_S)
    await alert(small, alertmanager(starts_ms=small.clock.now_ms()))


async def test_a_reopening_keeps_when_it_was_taken_first_and_counts_no_minute_in_which_it_was_closed(
    well: SmallPong,
) -> None:
    await closed_and_back(well)
    assert "acknowledged after 1 min in the mean, none resolved yet" in await told(well, MARIA)
    await well.ticks(20 * MINUTE_S)
    answer = await asked(well, asks("ack", by=DEV))
    assert "has it, 20 min after it was reopened." in answer
    await well.ticks(MINUTE_S)
    await asked(well, asks("resolve", via="modal", ref="1", values=SAID | {"root_cause": "its size"}))
    assert len(await well.posted("Duration: 26 minutes")) == 1
    assert "acknowledged after 1 min in the mean, resolved after 26 min in the mean" in await told(
        well, MARIA
    )
    report = (await well.posted("📄 The report"))[-1]["file"]["content"]
    rows = {row.split(" | ")[0].strip("| "): row for row in report.splitlines() if row.startswith("| ")}
    ends = {
        name: rows[name].rstrip(" |").split("| ")[-1] for name in ("Acknowledged", "Mitigated", "Resolved")
    }
    assert ends == {"Acknowledged": "1 min", "Mitigated": "26 min", "Resolved": "26 min"}
    assert rows["Well or closed between"].endswith("| 10 min, not counted |")
    kinds = [row.split(" | ")[2] for row in report.partition("## Timeline")[2].splitlines() if "|" in row]
    told_kinds = ("incident.acknowledged", "incident.resolved", "incident.reopened")
    assert [kind for kind in kinds if kind in told_kinds] == [
        "incident.acknowledged",
        "incident.resolved",
        "incident.reopened",
        "incident.acknowledged",
        "incident.resolved",
    ]


async def test_a_reopening_calls_people_anew_until_somebody_has_it_again(well: SmallPong) -> None:
    await closed_and_back(well)
    assert (await the_incident(well)).status is Status.TRIGGERED
    before = len(await well.posted("nobody has acknowledged"))
    await well.ticks(6 * MINUTE_S)
    assert len(await well.posted("nobody has acknowledged")) == before + 1


async def test_what_nobody_took_before_it_was_reopened_was_taken_when_somebody_did(well: SmallPong) -> None:
    await fails(well, 10)
    await asked(well, asks("resolve", via="modal", ref="1", values=SAID))
    await well.ticks(20 * MINUTE_S)
    await alert(well, alertmanager(starts_ms=well.clock.now_ms()))
    await well.ticks(2 * MINUTE_S)
    await asked(well, asks("ack"))
    assert "acknowledged after 12 min in the mean" in await told(well, MARIA)
