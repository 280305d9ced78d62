"""Does "Raw" give the figures as a file, without any secret?"""

import json

from tests.fixtures.asking import asked
from tests.fixtures.redis_server import RedisServer
from tests.fixtures.small_pong import VERA, SmallPong, asks


async def test_the_file_holds_the_figures(on_redis: SmallPong, redis: RedisServer):
    await asked(on_redis, asks("triage", by=VERA))
    await asked(on_redis, asks("raw", by=VERA, via="button", ref="triage-1"))
    [post] = [one for one in await on_redis.posted() if "file" in one]
    facts = json.loads(post["file"]["content"])
    assert facts["target"] == "redis-prod"
    assert facts["figures"]["connected_clients"] >= 1
    assert post["file"]["filename"].startswith("triage-redis-prod-")
    assert post["file"]["filename"].endswith(".json")
    assert "redis://" not in post["file"]["content"]


async def test_a_number_that_no_store_can_hold_is_one_sentence(on_redis: SmallPong, redis: RedisServer):
    answer = await asked(on_redis, asks("raw", by=VERA, via="button", ref=f"triage-{'9' * 20}"))
    assert "This triage is kept no longer" in answer
