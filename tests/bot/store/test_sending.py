"""Is a lane one sender's at a time, and is what belongs to a refused message known?"""

import asyncio

from bot.store.outbox import Lease, OutboxRecords
from bot.store.protocol import Connection, Row, Store
from bot.store.records import Records

LANE = "C0INCIDENTS"
LEASE_MS = 30_000


async def hold(store: Store, owner: str, at_ms: int) -> Lease | None:
    return await store.write(lambda r: r.outbox.hold(LANE, owner=owner, now_ms=at_ms, lease_ms=LEASE_MS))


async def say(store: Store, id: str, parent: str | None = None) -> None:
    await store.write(lambda r: r.outbox.post(id, {"text": id}, lane=LANE, parent_id=parent, at_ms=1))


async def test_of_many_senders_one_gets_a_lane(store: Store, now_ms: int) -> None:
    await say(store, "one")
    leases = await asyncio.gather(*(hold(store, str(n), now_ms) for n in range(20)))
    assert sum(lease is not None for lease in leases) == 1


async def test_a_lease_is_its_owners_until_it_ends(store: Store, now_ms: int) -> None:
    await say(store, "one")
    first = await hold(store, "a", now_ms)
    assert first is not None
    assert await hold(store, "a", now_ms + 5) == first
    assert await hold(store, "b", now_ms + 5 + LEASE_MS - 1) is None
    second = await hold(store, "b", now_ms + 5 + LEASE_MS)
    assert second is not None
    assert second.fence > first.fence
    assert not await store.write(lambda r: r.outbox.renew(first, until_ms=now_ms + 99 * LEASE_MS))
    assert await store.write(lambda r: r.outbox.renew(second, until_ms=now_ms + 99 * LEASE_MS))


async def test_after_a_start_every_lease_is_void(store: Store, now_ms: int) -> None:
    await say(store, "one")
    lease = await hold(store, "a", now_ms)
    assert lease is not None
    await store.write(lambda r: r.outbox.release_all())
    assert not await store.write(lambda r: r.outbox.renew(lease, until_ms=now_ms + LEASE_MS))
    assert await hold(store, "b", now_ms) is not None


async def test_only_lanes_with_something_to_send_are_listed(store: Store) -> None:
    await say(store, "one")
    assert [lane.name for lane in await store.read(lambda r: r.outbox.lanes())] == [LANE]
    (letter,) = await store.read(lambda r: r.outbox.waiting(LANE))
    await store.write(lambda r: r.outbox.sent(letter, ts="1.1", now_ms=2))
    assert await store.read(lambda r: r.outbox.lanes()) == []


async def test_a_reply_learns_its_parents_ts(store: Store) -> None:
    await say(store, "reply", parent="parent")
    await say(store, "parent")
    reply, parent = await store.read(lambda r: r.outbox.waiting(LANE))
    assert (reply.thread, parent.thread) == ("parent", "parent")
    assert reply.thread_ts is None
    await store.write(lambda r: r.outbox.sent(parent, ts="1.1", now_ms=2))
    (reply,) = await store.read(lambda r: r.outbox.waiting(LANE))
    assert reply.thread_ts == "1.1"
    assert not reply.parent_failed


async def test_what_belongs_to_a_refused_message_says_so(store: Store) -> None:
    await say(store, "parent")
    await say(store, "reply", parent="parent")
    await say(store, "other")
    parent = (await store.read(lambda r: r.outbox.waiting(LANE)))[0]
    await store.write(lambda r: r.outbox.failed(parent.id, error="no"))
    await store.write(lambda r: r.outbox.edit("parent", {"text": "new"}, at_ms=2))
    letters = await store.read(lambda r: r.outbox.waiting(LANE))
    assert {(one.message_id, one.parent_failed) for one in letters} == {
        ("reply", True),
        ("other", False),
        ("parent", True),
    }


async def test_a_try_is_noted_before_the_call(store: Store, now_ms: int) -> None:
    await say(store, "one")
    (letter,) = await store.read(lambda r: r.outbox.waiting(LANE))
    await store.write(lambda r: r.outbox.sending(letter.id, now_ms=now_ms))
    (tried,) = await store.read(lambda r: r.outbox.waiting(LANE))
    assert (tried.state, tried.attempts, tried.tried_ms) == ("sending", 1, now_ms)


async def test_budgets_are_kept_for_each_method(store: Store, now_ms: int) -> None:
    await store.write(lambda r: r.outbox.delay_method("chat.update", until_ms=now_ms))
    await store.write(lambda r: r.outbox.delay_method("chat.update", until_ms=now_ms + 5))
    await store.write(lambda r: r.outbox.delay_method("conversations.join", until_ms=now_ms))
    assert await store.read(lambda r: r.outbox.budgets()) == {
        "chat.update": now_ms + 5,
        "conversations.join": now_ms,
    }


async def test_what_was_sent_long_ago_does_not_slow_what_waits(store: Store) -> None:
    """The outbox is looked at after every commit: its cost must not grow with its history."""

    async def history(records: Records) -> None:
        for number in range(4_000):
            await records.outbox.post(f"old-{number}", {"text": "x"}, lane=LANE, at_ms=1)
        await records.outbox._connection.run("UPDATE outbox SET state = 'sent'")
        for number in range(200):
            await records.outbox.post(f"new-{number}", {"text": "x"}, lane=LANE, parent_id="old-1", at_ms=1)

    async def looks(records: Records) -> list[str]:
        plan: list[str] = []
        connection = _Explaining(records.outbox._connection, plan)
        outbox = OutboxRecords(connection, redact=str)
        assert len(await outbox.waiting(LANE)) == 200
        await outbox.lanes()
        await outbox.edit("new-1", {"text": "y"}, at_ms=2)
        return plan

    await store.write(history)
    plan = await store.write(looks)
    assert plan
    assert not [step for step in plan if step.startswith("SCAN") and step.split()[1] in ("outbox", "o", "f")]


class _Explaining:
    """A connection that also asks how each query would be answered. SQLite's way of asking."""

    def __init__(self, connection: Connection, plan: list[str]) -> None:
        self._connection = connection
        self._plan = plan

    async def rows(self, sql: str, **parameters: object) -> list[Row]:
        if sql.startswith("SELECT"):
            steps = await self._connection.rows(f"EXPLAIN QUERY PLAN {sql}", **parameters)
            self._plan += [step["detail"] for step in steps]
        return await self._connection.rows(sql, **parameters)

    async def row(self, sql: str, **parameters: object) -> Row | None:
        rows = await self.rows(sql, **parameters)
        return rows[0] if rows else None

    async def run(self, sql: str, **parameters: object) -> int:
        return await self._connection.run(sql, **parameters)
