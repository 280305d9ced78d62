"""Does every timer fire once?"""

import asyncio
from collections.abc import Awaitable
from dataclasses import replace

from bot.store.protocol import Store
from bot.store.records import Records
from bot.store.timers import Due
from tests.bot.store.test_incidents import incident

LEASE_MS = 30_000


async def claim(store: Store, at_ms: int, most: int = 100) -> list[Due]:
    return await store.write(lambda r: r.timers.claim(now_ms=at_ms, lease_ms=LEASE_MS, most=most))


async def test_the_same_slot_is_scheduled_once(store: Store, now_ms: int) -> None:
    for _ in range(3):
        await store.write(lambda r: r.timers.schedule(1, "update", 1, due_ms=now_ms))
    assert len(await claim(store, now_ms)) == 1


async def test_nothing_is_claimed_before_it_is_due(store: Store, now_ms: int) -> None:
    await store.write(lambda r: r.timers.schedule(1, "update", 1, due_ms=now_ms))
    assert await claim(store, now_ms - 1) == []


async def test_the_earliest_is_claimed_first(store: Store, now_ms: int) -> None:
    for slot, due_ms in enumerate((now_ms, now_ms - 500, now_ms - 100)):
        await store.write(lambda r, s=slot, d=due_ms: r.timers.schedule(1, "update", s, due_ms=d))
    assert [due.slot for due in await claim(store, now_ms)] == [1, 2, 0]


async def test_of_many_claimants_one_gets_a_timer(store: Store, now_ms: int) -> None:
    for slot in range(20):
        await store.write(lambda r, s=slot: r.timers.schedule(1, "update", s, due_ms=now_ms))
    claims = await asyncio.gather(*(claim(store, now_ms, most=3) for _ in range(20)))
    slots = [due.slot for claimed in claims for due in claimed]
    assert sorted(slots) == list(range(20))


async def test_a_timer_fires_once_even_when_two_hold_it(store: Store, now_ms: int) -> None:
    await store.write(lambda r: r.timers.schedule(1, "update", 1, due_ms=now_ms))
    (first,) = await claim(store, now_ms)
    (second,) = await claim(store, now_ms + LEASE_MS)
    assert not await store.write(lambda r: r.timers.fire(first))  # its lease was lost: the fence shows it
    assert await store.write(lambda r: r.timers.fire(second))
    assert not await store.write(lambda r: r.timers.fire(second))
    assert await claim(store, now_ms + 10 * LEASE_MS) == []


async def test_after_a_start_leases_are_void_and_the_timer_is_still_there(store: Store, now_ms: int) -> None:
    await store.write(lambda r: r.timers.schedule(1, "update", 1, due_ms=now_ms))
    await claim(store, now_ms)
    await store.write(lambda r: r.timers.release_all())
    assert len(await claim(store, now_ms)) == 1


async def test_a_cancelled_timer_does_not_fire_although_it_was_claimed(store: Store, now_ms: int) -> None:
    await store.write(lambda r: r.timers.schedule(1, "update", 1, due_ms=now_ms))
    (due,) = await claim(store, now_ms)
    await store.write(lambda r: r.timers.cancel(1, "update"))
    assert not await store.write(lambda r: r.timers.fire(due))


async def test_a_postponed_timer_waits_for_its_new_time(store: Store, now_ms: int) -> None:
    await store.write(lambda r: r.timers.schedule(1, "rung", 1, due_ms=now_ms))
    (due,) = await claim(store, now_ms)
    assert await store.write(lambda r: r.timers.postpone(1, "rung", due_ms=now_ms + 900)) == 1
    assert not await store.write(lambda r: r.timers.fire(due))
    assert await claim(store, now_ms + 899) == []
    (again,) = await claim(store, now_ms + 900)
    assert again == replace(due, due_ms=now_ms + 900, fence=again.fence)


async def test_a_new_slot_is_one_that_was_never_used(store: Store, now_ms: int) -> None:
    assert await store.read(lambda r: r.timers.next_slot(1, "update")) == 1
    await store.write(lambda r: r.timers.schedule(1, "update", 5, due_ms=now_ms))
    await store.write(lambda r: r.timers.cancel(1, "update"))
    assert await store.read(lambda r: r.timers.next_slot(1, "update")) == 6


async def test_only_what_still_waits_is_listed(store: Store, now_ms: int) -> None:
    await store.write(lambda r: r.timers.schedule(1, "update", 1, due_ms=now_ms))
    await store.write(lambda r: r.timers.schedule(1, "rung", 1, due_ms=now_ms + 5))
    await store.write(lambda r: r.timers.cancel(1, "update"))
    assert [due.kind for due in await store.read(lambda r: r.timers.waiting(1))] == ["rung"]


async def test_what_waits_on_a_target_is_told_and_cancelled_for_all_its_incidents(
    store: Store, now_ms: int
) -> None:
    async def begin(records: Records) -> None:
        for target in ("redis-prod", "redis-test"):
            kept = await records.incidents.open(incident(target=target))
            for kind in ("fallback", "rung"):
                await records.timers.schedule(kept.id, kind, 1, due_ms=now_ms)

    def waits(target: str, kind: str) -> Awaitable[bool]:
        return store.read(lambda r: r.timers.waits_on(target, kind))

    await store.write(begin)
    assert await waits("redis-prod", "fallback")
    assert not await waits("redis-prod", "update")
    assert not await waits("redis-else", "fallback")
    await store.write(lambda r: r.timers.cancel_on("redis-prod", "fallback"))
    assert not await waits("redis-prod", "fallback")
    assert await waits("redis-prod", "rung")
    assert await waits("redis-test", "fallback")
