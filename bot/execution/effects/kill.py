"""How are the connections of some clients closed, and of no others?

Listed once, judged here, closed one by one by their ids, which a server never gives twice.
https://redis.io/docs/latest/commands/client-kill/
"""

from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from bot.diagnostics.units import count
from bot.execution.effects.effect import Effect, Outcome
from bot.remediations.clients import chosen, parse_list
from bot.remediations.plan import RedisKill
from bot.remediations.trouble import in_words

AT_ONCE = 100


async def run(redis: Redis, step: RedisKill) -> Effect:
    """Close them. Raises nothing of redis-py's."""
    try:
        own = int(await redis.client_id())
        # In two words, so that redis-py leaves the reply as it is.
        listed = parse_list(await redis.execute_command("CLIENT", "LIST"))  # type: ignore[no-untyped-call]
        ids = [client.id for client in chosen(listed, step.by, step.given) if client.id != own]
        closed = 0
        for start in range(0, len(ids), AT_ONCE):
            closed += await _closed(redis, ids[start : start + AT_ONCE])
    except ResponseError as error:
        return Effect(Outcome.REFUSED, in_words(error))
    except (RedisError, OSError) as error:
        return Effect(Outcome.FAILED, in_words(error))
    return Effect(Outcome.DONE, f"{closed:,} of {count(len(ids), 'connection', 'connections')} closed")


async def _closed(redis: Redis, ids: list[int]) -> int:
    async with redis.pipeline(transaction=False) as pipeline:
        for id in ids:
            pipeline.execute_command("CLIENT KILL", "ID", id)
        replies = await pipeline.execute(raise_on_error=False)
    return sum(reply == 1 for reply in replies)
