"""Is everything in the inbox worked, in spite of what fails, and does one failure stop nothing else?"""

import asyncio
import logging
from dataclasses import replace

from bot.errors import StoreBusy
from bot.inbox import LEASE_MS, TRIES, InboxWorker
from bot.people import Role
from bot.request import Verb
from bot.store.inbox import SLACK
from commands import VERBS
from tests.fixtures.asking import accepted, rows
from tests.fixtures.slack_pong import ended, until
from tests.fixtures.small_pong import SmallPong, asks


async def test_what_always_fails_is_set_aside_after_five_tries_and_said_once(small: SmallPong, caplog):
    caplog.set_level(logging.CRITICAL)
    await small.pong.store.write(lambda records: records.inbox.accept(SLACK, "k", '{"words": []}', at_ms=1))
    await worked(small, lambda: small.posted("could not work something that came from Slack"), advance_s=60)
    [row] = await rows(small)
    assert (row["state"], row["attempts"]) == ("failed", TRIES)
    assert [event.kind for event in small.noted] == ["inbox.failed"]
    assert len(await small.posted("could not work")) == 1


async def test_a_busy_store_is_tried_again_for_as_long_as_it_takes(small: SmallPong, caplog):
    caplog.set_level(logging.CRITICAL)
    await accepted(small, asks("status"))
    failures = iter(range(TRIES + 3))
    write = small.pong.store.write

    async def busy(work):
        if work.__qualname__.startswith("on_request") and next(failures, None) is not None:
            raise StoreBusy("The disk is full.")
        return await write(work)

    small.pong.store.write = busy  # type: ignore[method-assign]
    await worked(small, lambda: small.posted("No incident is open"), advance_s=60)
    [row] = await rows(small)
    assert (row["state"], row["attempts"]) == ("done", TRIES + 4)


async def test_one_request_that_fails_stops_no_other(small: SmallPong, caplog):
    caplog.set_level(logging.CRITICAL)
    await small.pong.store.write(lambda records: records.inbox.accept(SLACK, "bad", "[]", at_ms=1))
    await accepted(small, asks("status"))
    await worked(small, lambda: small.posted("No incident is open"), advance_s=0)


async def test_a_row_in_work_when_pong_died_is_worked_after_the_next_start(small: SmallPong):
    await accepted(small, asks("status"))
    claim = await small.pong.store.write(
        lambda records: records.inbox.claim(now_ms=small.clock.now_ms(), lease_ms=60_000, most=5)
    )
    assert len(claim) == 1
    await worked(small, lambda: small.posted("No incident is open"), advance_s=0)


async def test_a_store_that_is_busy_at_a_claim_does_not_end_the_worker(small: SmallPong):
    await accepted(small, asks("status"))
    read, failures = small.pong.store.read, [StoreBusy("The disk is full."), StoreBusy("The disk is full.")]

    async def busy(work):
        if "InboxWorker" in work.__qualname__ and failures:
            raise failures.pop()
        return await read(work)

    small.pong.store.read = busy  # type: ignore[method-assign]
    await worked(small, lambda: small.posted("No incident is open"), advance_s=0)
    assert not failures


async def test_a_failure_that_cannot_even_be_noted_leaves_the_row_for_when_its_lease_ends(small, caplog):
    caplog.set_level(logging.CRITICAL)
    await accepted(small, asks("status"))
    write, failures = small.pong.store.write, iter(range(2))

    async def busy(work):
        is_ours = work.__qualname__.startswith(("on_request", "InboxWorker._again"))
        if is_ours and next(failures, None) is not None:
            raise StoreBusy("The disk is full.")
        return await write(work)

    small.pong.store.write = busy  # type: ignore[method-assign]
    await worked(small, lambda: small.posted("No incident is open"), advance_s=20)
    assert [row["attempts"] for row in await rows(small)] == [2]


async def test_what_still_runs_here_is_not_begun_again_when_the_clock_jumps(small: SmallPong):
    runs, goes_on = 0, asyncio.Event()

    async def run(request, pong):
        nonlocal runs
        runs += 1
        await goes_on.wait()
        return await VERBS["status"].run(request, pong)

    slow = Verb(name="slow", role=Role.VIEWER, run=run)
    small = replace(small, pong=replace(small.pong, verbs=VERBS | {"slow": slow}))
    worker = asyncio.create_task(InboxWorker(small.pong).run())
    await accepted(small, asks("slow"))
    await until(lambda: runs)
    small.clock.advance(10 * LEASE_MS / 1000)
    await accepted(small, asks("status"))  # wakes the worker, which claims
    await until(lambda: small.posted("No incident is open"))
    goes_on.set()
    await until(lambda: small.pong.store.read(both_done))
    assert runs == 1
    assert [row["attempts"] for row in await rows(small)] == [1, 1]
    await ended(worker)


async def both_done(records) -> bool:
    return await records.inbox.count("done") == 2


async def test_an_idle_worker_writes_nothing(small: SmallPong):
    worker = asyncio.create_task(InboxWorker(small.pong).run())
    await accepted(small, asks("status"))
    await until(lambda: small.posted("No incident is open"))
    changes = small.pong.store._database.conn.total_changes
    await asyncio.sleep(0.3)
    assert small.pong.store._database.conn.total_changes == changes
    await ended(worker)


async def worked(small: SmallPong, is_so, *, advance_s: float) -> None:
    """Let the worker work, with time moving on, until `is_so()`."""
    worker = asyncio.create_task(InboxWorker(small.pong).run())
    try:
        async with asyncio.timeout(30):
            while not await is_so():
                small.clock.advance(advance_s)
                # Any commit wakes the worker, which else looks once a second.
                await small.pong.store.write(
                    lambda records: records.timers.schedule(0, "wake", small.clock.now_ms(), due_ms=0)
                )
                await asyncio.sleep(0.02)
    finally:
        await ended(worker)
