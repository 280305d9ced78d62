import asyncio

from bot.tasks import end_tasks


async def test_a_task_that_loses_its_first_cancellations_still_ends() -> None:
    lost = 0

    async def stubborn() -> None:
        nonlocal lost
        while lost < 3:
            try:
                await asyncio.sleep(600)
            except asyncio.CancelledError:
                lost += 1
        await asyncio.sleep(600)

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    async with asyncio.timeout(10):
        await end_tasks(task)
    assert (lost, task.cancelled()) == (3, True)


async def test_what_a_task_raised_stays_with_it() -> None:
    async def fails() -> None:
        raise ValueError("mine")

    task = asyncio.create_task(fails())
    await asyncio.wait({task})
    await end_tasks(task)
    assert str(task.exception()) == "mine"
