"""What may every caller rely on, whichever store there is?"""

import asyncio
import random

import pytest

from bot.errors import StoreBusy
from bot.store.protocol import Store
from bot.store.records import Records


async def _keep(records: Records, key: str) -> int | None:
    return await records.inbox.accept("test", key, "{}", at_ms=1)


async def _kept(store: Store) -> int:
    return await store.read(lambda records: records.inbox.count("new"))


async def test_work_that_fails_leaves_nothing_behind(store: Store) -> None:
    async def fails(records: Records) -> None:
        await _keep(records, "one")
        raise ValueError("after the first row")

    with pytest.raises(ValueError, match="after the first row"):
        await store.write(fails)
    assert await _kept(store) == 0


async def test_failing_work_does_not_void_what_is_committed_with_it(store: Store) -> None:
    async def job(records: Records, number: int) -> int | None:
        id = await _keep(records, str(number))
        if number % 3 == 0:
            raise ValueError("this one fails")
        return id

    outcomes = await asyncio.gather(
        *(store.write(lambda records, n=n: job(records, n)) for n in range(60)), return_exceptions=True
    )
    assert sum(isinstance(outcome, ValueError) for outcome in outcomes) == 20
    assert await _kept(store) == 40


async def test_many_writers_at_once_are_all_kept_in_the_order_they_came(store: Store) -> None:
    ids = await asyncio.gather(
        *(store.write(lambda records, n=n: _keep(records, str(n))) for n in range(1_000))
    )
    assert ids == sorted(ids)
    assert await _kept(store) == 1_000


async def test_a_write_that_returned_is_seen_by_every_read_that_follows(store: Store) -> None:
    for number in range(50):
        await store.write(lambda records, n=number: _keep(records, str(n)))
        assert await _kept(store) == number + 1


async def test_work_that_awaits_something_else_is_refused_and_undone(store: Store) -> None:
    async def strays(records: Records) -> None:
        await _keep(records, "one")
        await asyncio.sleep(0)

    with pytest.raises(RuntimeError, match="awaits nothing but its records"):
        await store.write(strays)
    assert await _kept(store) == 0


async def test_reading_cannot_write(store: Store) -> None:
    with pytest.raises(StoreBusy):
        await store.read(lambda records: _keep(records, "one"))
    assert await _kept(store) == 0


async def test_a_read_sees_one_moment(store: Store) -> None:
    """Two counts in one read agree, whatever is written between them."""
    stops = asyncio.Event()

    async def writes() -> None:
        number = 0
        while not stops.is_set():
            await store.write(lambda records, n=number: _keep(records, str(n)))
            number += 1

    async def twice(records: Records) -> tuple[int, int]:
        return await records.inbox.count("new"), await records.inbox.count("new")

    writer = asyncio.create_task(writes())
    for _ in range(100):
        first, second = await store.read(twice)
        assert first == second
    stops.set()
    await writer


async def test_a_cancelled_writer_still_gets_its_row_kept(store: Store) -> None:
    """What was handed in is committed; only the answer is not waited for."""
    task = asyncio.create_task(store.write(lambda records: _keep(records, "one")))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await store.write(lambda records: _keep(records, "two"))
    assert await _kept(store) == 2


async def test_a_listener_hears_of_a_commit(store: Store) -> None:
    changes = store.changes()
    waits = asyncio.create_task(changes.wait(30))
    await store.write(lambda records: _keep(records, "one"))
    await asyncio.wait_for(waits, 5)


async def test_a_listener_hears_of_what_was_committed_before_it_waited(store: Store) -> None:
    changes = store.changes()
    await store.write(lambda records: _keep(records, "one"))
    await asyncio.wait_for(changes.wait(30), 5)


async def test_a_listener_does_not_wait_longer_than_it_said(store: Store) -> None:
    await asyncio.wait_for(store.changes().wait(0.01), 5)


async def test_no_commit_is_missed_by_a_listener_whose_waits_keep_ending(store: Store) -> None:
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    dice = random.Random(seed)
    changes = store.changes()
    for number in range(100):
        write = asyncio.create_task(store.write(lambda records, n=number: _keep(records, str(n))))
        before = await _kept(store)
        async with asyncio.timeout(5):
            while await _kept(store) == before and not write.done():
                await changes.wait(dice.random() / 500)
        await write


async def test_a_closed_store_takes_nothing(store: Store) -> None:
    await store.close()
    with pytest.raises(StoreBusy, match="closed"):
        await store.write(lambda records: _keep(records, "one"))
    with pytest.raises(StoreBusy, match="closed"):
        await _kept(store)


async def test_what_was_handed_in_before_the_close_is_kept(store: Store) -> None:
    writes = [
        asyncio.create_task(store.write(lambda records, n=n: _keep(records, str(n)))) for n in range(50)
    ]
    await asyncio.sleep(0)
    await store.close()
    assert sorted(await asyncio.gather(*writes)) == list(range(1, 51))
