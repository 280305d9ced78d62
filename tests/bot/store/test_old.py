"""Are old words emptied a few at a time, and does all that is still needed stay?"""

from typing import Any

from bot.store.protocol import Row, Store
from bot.store.records import Records

LANE = "C1"


async def taken_in(records: Records, key: str, *, at_ms: int, state: str = "done") -> None:
    id = await records.inbox.accept("test", key, "a body", at_ms=at_ms)
    assert id is not None
    if state == "new":
        return
    others = [number for number in range(100) if number != id]
    await records.inbox.claim(now_ms=at_ms, lease_ms=1_000, most=1, but=others)
    if state == "done":
        await records.inbox.done(id, attempt=1)
    else:
        await records.inbox.failed(id, attempt=1, error="no")


async def said(records: Records, id: str, *, at_ms: int) -> None:
    await records.outbox.post(id, {"text": "x"}, lane=LANE, at_ms=at_ms)
    letter = (await records.outbox.waiting(LANE))[-1]
    await records.outbox.sent(letter, ts=f"{at_ms}.0", now_ms=at_ms)


async def full(store: Store) -> list[str]:
    """The names of what still has its words."""

    async def read(records: Any) -> list[Row]:
        ask = records.inbox._connection.rows
        bodies = await ask("SELECT dedup_key AS name FROM inbox WHERE body <> '' ORDER BY id")
        payloads = await ask("SELECT dedup_key AS name FROM outbox WHERE payload <> '{}' ORDER BY id")
        return [*bodies, *payloads]

    return [row["name"] for row in await store.read(read)]


async def test_the_oldest_are_emptied_first_and_a_few_at_once(store: Store) -> None:
    async def history(records: Records) -> None:
        for at_ms in (30, 10, 20, 99):
            await taken_in(records, f"in-{at_ms}", at_ms=at_ms)
            await said(records, f"out-{at_ms}", at_ms=at_ms)

    async def empty() -> int:
        return await store.write(lambda r: r.old.empty(before_ms=99, most=2))

    await store.write(history)
    assert await empty() == 4
    assert await full(store) == ["in-30", "in-99", "out-30", "out-99"]
    assert await empty() == 2
    assert await empty() == 0
    assert await full(store) == ["in-99", "out-99"]


async def test_what_waits_or_failed_keeps_its_words(store: Store) -> None:
    async def history(records: Records) -> None:
        await taken_in(records, "failed", at_ms=1, state="failed")
        await taken_in(records, "new", at_ms=1, state="new")
        await records.outbox.post("waits", {"text": "x"}, lane=LANE, at_ms=1)
        await records.outbox.post("refused", {"text": "x"}, lane=LANE, at_ms=1)
        await records.outbox.failed((await records.outbox.waiting(LANE))[-1].id, error="no")

    await store.write(history)
    assert await store.write(lambda r: r.old.empty(before_ms=99, most=10)) == 0
    assert await full(store) == ["failed", "new", "waits", "refused"]


async def test_a_repeat_is_still_known_and_an_old_message_can_still_be_edited(store: Store) -> None:
    async def history(records: Records) -> None:
        await taken_in(records, "one", at_ms=1)
        await said(records, "one", at_ms=1)

    await store.write(history)
    assert await store.write(lambda r: r.old.empty(before_ms=99, most=10)) == 2
    assert await store.write(lambda r: r.inbox.accept("test", "one", "a body", at_ms=100)) is None
    await store.write(lambda r: r.outbox.post("one", {"text": "again"}, lane=LANE, at_ms=100))
    assert await store.read(lambda r: r.outbox.waiting(LANE)) == []
    await store.write(lambda r: r.outbox.edit("one", {"text": "newer"}, at_ms=100))
    (letter,) = await store.read(lambda r: r.outbox.waiting(LANE))
    assert (letter.method, letter.ts, letter.payload) == ("chat.update", "1.0", {"text": "newer"})


async def test_what_is_told_again_after_it_was_emptied_is_whole(store: Store) -> None:
    await store.write(lambda r: taken_in(r, "in", at_ms=10))
    assert await store.write(lambda r: r.old.empty(before_ms=99, most=2)) == 1
    await store.write(lambda r: r.inbox.accept("test", "in", "a body", at_ms=100, tells_again=True))
    [again] = await store.write(lambda r: r.inbox.claim(now_ms=100, lease_ms=1_000, most=1))
    assert again.body == "a body"
