"""Is what came too early kept until it is wanted, and is the newest of each kind known?"""

from bot.store.changes import KEPT_FOR_MS
from bot.store.protocol import Store


async def keep(store: Store, key: str, n: int, *, happened_ms: int, at_ms: int) -> None:
    facts = {"n": n}
    await store.write(lambda r: r.changes.keep("s", key, facts, happened_ms=happened_ms, at_ms=at_ms))


async def test_what_was_kept_comes_once_in_the_order_in_which_it_happened(store: Store, now_ms: int) -> None:
    for n, happened_ms in enumerate((30, 10, 20, 10)):
        await keep(store, "k", n, happened_ms=happened_ms, at_ms=now_ms)
    await keep(store, "other", 9, happened_ms=5, at_ms=now_ms)
    assert await store.write(lambda r: r.changes.take_out("s", "k")) == [{"n": n} for n in (1, 3, 2, 0)]
    assert await store.write(lambda r: r.changes.take_out("s", "k")) == []
    assert await store.write(lambda r: r.changes.take_out("s", "other")) == [{"n": 9}]


async def test_what_nothing_came_for_within_a_day_goes(store: Store, now_ms: int) -> None:
    await keep(store, "k", 1, happened_ms=now_ms, at_ms=now_ms)
    await keep(store, "other", 2, happened_ms=now_ms, at_ms=now_ms + KEPT_FOR_MS)
    assert await store.write(lambda r: r.changes.take_out("s", "k")) == [{"n": 1}]
    await keep(store, "k", 3, happened_ms=now_ms, at_ms=now_ms)
    await keep(store, "other", 4, happened_ms=now_ms, at_ms=now_ms + KEPT_FOR_MS + 1)
    assert await store.write(lambda r: r.changes.take_out("s", "k")) == []


async def test_the_newest_of_each_strand_is_known(store: Store) -> None:
    seen = [
        await store.write(lambda r, t=happened_ms: r.changes.is_newest("s", "k", "fires", t))
        for happened_ms in (10, 5, 10, 11)
    ]
    assert seen == [True, False, True, True]
    assert await store.write(lambda r: r.changes.is_newest("s", "k", "has it", 1))
    assert await store.read(lambda r: r.changes.newest_ms("s", "k", "fires")) == 11
    assert await store.read(lambda r: r.changes.newest_ms("s", "other", "fires")) is None
