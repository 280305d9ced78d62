"""What becomes of work that can wait? A queue in Redis; without it, in the shop's own database.

A job is lost by neither: what waits in the database goes to Redis once it answers again.
"""

import json

from redis.asyncio import Redis

from bot.clock import Clock
from bot.playground.shop.cache import Usage
from bot.playground.shop.records import Records

QUEUE = "jobs:letters"
WORKS_EVERY_S = 1.0
A_TURN = 5


class Jobs:
    """Letters to patients, a few at a time."""

    def __init__(self, redis: Redis, usage: Usage, records: Records, clock: Clock) -> None:
        self.depth = 0
        self.done = 0
        self._redis = redis
        self._usage = usage
        self._records = records
        self._clock = clock

    async def add(self, patient: int) -> None:
        job = json.dumps({"letter_to": patient})
        if await self._usage.ask(self._redis.rpush(QUEUE, job)) is None:
            self._records.keep_job(job)

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            await self.turn()
            await self._clock.sleep(WORKS_EVERY_S)

    async def turn(self) -> None:
        """Bring to Redis what waited elsewhere, and do a few jobs."""
        for number, job in self._records.jobs(A_TURN):
            if await self._usage.ask(self._redis.rpush(QUEUE, job)) is None:
                break
            self._records.forget_job(number)
        taken = await self._usage.ask(self._redis.lpop(QUEUE, A_TURN))
        self.done += len(taken or ())
        waiting = await self._usage.ask(self._redis.llen(QUEUE))
        self.depth = int(waiting or 0) + self._records.count_jobs()
