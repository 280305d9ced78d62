"""Is whoever has it reminded in time, and do updates come as often as the severity needs?"""

from pathlib import Path
from typing import Any

from bot.store.records import Records
from tests.bot.intake.test_opening import alert, the_incident
from tests.fixtures.alerts import alertmanager
from tests.fixtures.asking import asked
from tests.fixtures.small_pong import DEV, MARIA, SmallPong, asks, small_pong


async def test_whoever_has_it_is_reminded_two_minutes_before_and_once(open_one: SmallPong) -> None:
    await asked(open_one, asks("ack"))
    await open_one.ticks(7 * 60)
    assert not await open_one.posted("the next update is due")
    await open_one.ticks(2 * 60)
    [reminder] = await open_one.posted("the next update is due")
    assert f"<@{MARIA}>" in reminder["text"]
    assert "Nobody has said a status yet." in reminder["text"]
    await open_one.ticks(30)
    assert len(await open_one.posted("the next update is due")) == 1


async def test_where_nobody_has_it_nobody_is_reminded(open_one: SmallPong) -> None:
    await open_one.ticks(9 * 60 + 30)
    assert not await open_one.posted("the next update is due")


async def test_a_fresh_update_keeps_it_quiet(open_one: SmallPong) -> None:
    await asked(open_one, asks("ack"))
    await open_one.ticks(7 * 60)
    await asked(open_one, asks("update", words=("clearing", "the", "cache")))
    await open_one.ticks(7 * 60)
    assert not await open_one.posted("the next update is due")
    await open_one.ticks(2 * 60)
    [reminder] = await open_one.posted("the next update is due")
    assert "The last status was: clearing the cache" in reminder["text"]


async def test_one_press_says_that_nothing_has_changed(open_one: SmallPong) -> None:
    await asked(open_one, asks("ack"))
    await asked(open_one, asks("update", words=("clearing", "the", "cache")))
    await open_one.ticks(9 * 60)
    answer = await asked(open_one, asks("no_change", via="button", ref="1"))
    assert "Status: clearing the cache" in answer
    assert f"From <@{MARIA}>" in answer
    assert (await the_incident(open_one)).next_update_ms == open_one.clock.now_ms() + 600_000
    await open_one.ticks(5 * 60)
    assert not await open_one.posted("nobody posted one")


async def newest(small: SmallPong) -> dict[str, Any]:
    """The newest reminder as it reads now."""
    ids = [row["id"] for row in await small.posted() if "/remind:" in row["id"]]
    return (await small._rows(None, message_id=ids[-1]))[-1]


def has_buttons(message: dict[str, Any]) -> bool:
    return any(block["type"] == "actions" for block in message["blocks"])


async def reminded(small: SmallPong) -> None:
    await asked(small, asks("ack"))
    await small.ticks(9 * 60)


async def test_an_answered_reminder_says_by_whom_and_a_second_press_posts_no_update(
    open_one: SmallPong,
) -> None:
    await reminded(open_one)
    assert has_buttons(await newest(open_one))
    await asked(open_one, asks("no_change", via="button", ref="1"))
    answered = await newest(open_one)
    assert f"<@{MARIA}> says that nothing has changed" in answered["text"]
    assert not has_buttons(answered)
    due_ms = (await the_incident(open_one)).next_update_ms
    await open_one.ticks(30)
    again = await asked(open_one, asks("no_change", via="button", ref="1", by=DEV))
    assert f"<@{DEV}> That is done, by @{MARIA}: the next update is due at" in again
    assert len(await open_one.posted("UPDATE")) == 1
    assert (await the_incident(open_one)).next_update_ms == due_ms


async def test_another_update_answers_the_reminder_too(open_one: SmallPong) -> None:
    await reminded(open_one)
    await asked(open_one, asks("update", words=("clearing",), by=DEV))
    answered = await newest(open_one)
    assert f"<@{DEV}> posted one" in answered["text"]
    assert not has_buttons(answered)
    assert f"That is done, by @{DEV}" in await asked(open_one, asks("no_change", via="button", ref="1"))


async def test_a_reminder_that_nobody_answered_asks_nothing_after_the_update(open_one: SmallPong) -> None:
    await reminded(open_one)
    await open_one.ticks(2 * 60)
    missed = await newest(open_one)
    assert "nobody gave one in time" in missed["text"]
    assert not has_buttons(missed)
    assert "Nobody is asked right now" in await asked(open_one, asks("no_change", via="button", ref="1"))


async def test_the_next_reminder_can_be_answered_again(open_one: SmallPong) -> None:
    await reminded(open_one)
    for number in (1, 2):
        await asked(open_one, asks("no_change", via="button", ref="1"))
        assert len(await open_one.posted("⏳ UPDATE")) == number
        await open_one.ticks(8 * 60)


async def test_a_resolved_incident_leaves_no_reminder_with_buttons(open_one: SmallPong) -> None:
    await reminded(open_one)
    said = {"root_cause": "the cache", "fix": "waited"}
    await asked(open_one, asks("resolve", via="modal", ref="1", values=said))
    assert not has_buttons(await newest(open_one))


async def test_after_the_end_a_late_press_is_told_so(open_one: SmallPong) -> None:
    said = {"root_cause": "the cache", "fix": "waited"}
    await asked(open_one, asks("resolve", via="modal", ref="1", values=said))
    assert "awaits no update" in await asked(open_one, asks("no_change", via="button", ref="1"))


async def test_after_a_pause_of_pong_the_update_comes_without_its_reminder(open_one: SmallPong) -> None:
    await asked(open_one, asks("ack"))
    await open_one.ticks(12 * 60, every_s=12 * 60)
    assert not await open_one.posted("the next update is due")
    assert len(await open_one.posted("nobody posted one")) == 1


async def tried(small: SmallPong) -> None:
    """Slack was asked to take what waits first, and has not."""

    async def work(records: Records) -> None:
        letters = await records.outbox.waiting(small.pong.lane)
        await records.outbox.sending(letters[0].id, now_ms=small.clock.now_ms())

    await small.pong.store.write(work)


async def test_while_slack_is_away_the_newest_update_takes_the_place_of_those_before(
    open_one: SmallPong,
) -> None:
    await tried(open_one)
    await open_one.ticks(31 * 60)
    [update] = await open_one.posted("⏳ UPDATE")
    assert "- 31 min elapsed" in update["text"]
    assert "Slack has taken none since" in update["text"]
    assert "Slack has taken none since" in str(update["blocks"][0])


async def test_a_reminder_that_slack_never_took_becomes_the_update(open_one: SmallPong) -> None:
    await asked(open_one, asks("ack"))
    await tried(open_one)
    await open_one.ticks(31 * 60)
    [update] = await open_one.posted("⏳ UPDATE")
    assert update["id"].startswith("incident:1/remind:")
    assert not await open_one.posted("An update was asked for")
    assert not await open_one.posted("the next update is due")
    assert (await the_incident(open_one)).reminder_slot is None


async def test_no_reminder_is_a_setting(tmp_path: Path) -> None:
    tables = {"escalation": {"on_call": [MARIA], "remind_before_min": 0}}
    async with small_pong(tmp_path, tables=tables) as small:
        await alert(small, alertmanager())
        await asked(small, asks("ack"))
        await small.ticks(11 * 60)
        assert not await small.posted("the next update is due")


async def test_a_promise_is_one_timer(open_one: SmallPong) -> None:
    async def waiting(records: Records) -> list[str]:
        return sorted(due.kind for due in await records.timers.waiting(1) if due.kind in ("update", "remind"))

    await asked(open_one, asks("ack"))
    for _ in range(3):
        await asked(open_one, asks("update", words=("looking",)))
    assert await open_one.pong.store.read(waiting) == ["remind", "update"]


async def test_what_a_person_said_before_is_no_status_of_now(open_one: SmallPong) -> None:
    await asked(open_one, asks("ack"))
    await asked(open_one, asks("update", words=("we", "see", "OOM")))
    await open_one.ticks(11 * 60)
    [update] = await open_one.posted("nobody posted one")
    assert "Status: we see OOM" not in update["text"]
    assert "Said last: “we see OOM”, <!date^" in update["text"]
