from bot.playground.panel.server import RedisServer
from bot.playground.shop.jobs import A_TURN, QUEUE
from bot.playground.shop.shop import Shop


async def test_jobs_are_done_a_few_at_a_time(shop: Shop) -> None:
    for patient in range(A_TURN + 2):
        await shop.jobs.add(patient)
    await shop.jobs.turn()
    assert (shop.jobs.done, shop.jobs.depth) == (A_TURN, 2)
    await shop.jobs.turn()
    assert (shop.jobs.done, shop.jobs.depth) == (A_TURN + 2, 0)


async def test_no_job_is_lost_while_redis_is_away(shop: Shop, server: RedisServer) -> None:
    await server.stop()
    for patient in range(3):
        await shop.jobs.add(patient)
    await shop.jobs.turn()
    assert (shop.jobs.done, shop.jobs.depth) == (0, 3)
    await server.start()
    await shop.jobs.turn()
    assert (shop.jobs.done, shop.jobs.depth) == (3, 0)


async def test_jobs_wait_in_redis_while_it_answers(shop: Shop) -> None:
    await shop.jobs.add(123)
    assert await shop.usage.redis.lrange(QUEUE, 0, -1) == [b'{"letter_to": 123}']
