"""Can a kept timeline be changed unnoticed, and does it keep secrets out?"""

import asyncio
import sqlite3
from pathlib import Path

import pytest

from bot.store.protocol import Store
from bot.store.records import Records
from bot.timeline import GENESIS, Event, first_broken


async def note(store: Store, incident_id: int, text: str) -> Event:
    return await store.write(
        lambda r: r.timeline.note(
            incident_id, "said", actor="U0MARIA", at_ms=1, text=text, deep={"list": [text]}
        )
    )


async def test_each_incidents_chain_holds_whoever_wrote_between(store: Store) -> None:
    await asyncio.gather(*(note(store, n % 3, f"event {n}") for n in range(90)))
    for incident_id in range(3):
        events = await store.read(lambda r, i=incident_id: r.timeline.of(i))
        assert len(events) == 30
        assert events[0].prev_hash == GENESIS
        assert first_broken(events) is None
        assert await store.read(lambda r, i=incident_id: r.timeline.head(i)) == events[-1].hash


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE events SET data = '{}' WHERE seq = 5",
        "UPDATE events SET actor = 'U0SAM' WHERE seq = 5",
        "UPDATE events SET at_ms = 2 WHERE seq = 5",
        "DELETE FROM events WHERE seq = 5",
        "UPDATE events SET seq = CASE seq WHEN 5 THEN -1 ELSE seq END",
        "UPDATE events SET prev_hash = hash WHERE seq = 5",
    ],
)
async def test_tampering_with_the_file_is_found(store: Store, tmp_path: Path, sql: str) -> None:
    for number in range(10):
        await note(store, 1, f"event {number}")
    with sqlite3.connect(tmp_path / "pong.db") as connection:
        connection.execute(sql)
    connection.close()
    broken = first_broken(await store.read(lambda r: r.timeline.of(1)))
    assert broken is not None


async def test_secrets_are_hidden_at_every_depth(store: Store) -> None:
    event = await note(store, 1, "redis://pong:hunter2222@redis-prod:6379 and session:abcdef")
    assert "hunter2222" not in str(event.data)
    assert "abcdef" not in str(event.data)
    (kept,) = await store.read(lambda r: r.timeline.of(1))
    assert kept.data == event.data


async def test_what_is_committed_is_mirrored_once_and_what_failed_is_not(
    store: Store, mirrored: list[Event]
) -> None:
    async def fails(records: Records) -> None:
        await records.timeline.note(1, "never", actor="pong", at_ms=1)
        raise ValueError("rolled back")

    await note(store, 1, "one")
    with pytest.raises(ValueError, match="rolled back"):
        await store.write(fails)
    await note(store, 1, "two")
    assert [event.data["text"] for event in mirrored] == ["one", "two"]


async def test_a_chain_goes_on_after_a_rollback(store: Store) -> None:
    async def fails(records: Records) -> None:
        await records.timeline.note(1, "never", actor="pong", at_ms=1)
        raise ValueError("rolled back")

    await note(store, 1, "one")
    await asyncio.gather(
        store.write(fails), note(store, 1, "two"), store.write(fails), return_exceptions=True
    )
    events = await store.read(lambda r: r.timeline.of(1))
    assert [event.kind for event in events] == ["said", "said"]
    assert first_broken(events) is None
