"""Does "Details" show all that was measured, with what was not checked and why?"""

from bot.slack.render.details import details_view
from commands.redis.details import view
from tests.fixtures.asking import asked
from tests.fixtures.redis_server import RedisServer
from tests.fixtures.small_pong import VERA, SmallPong, asks


async def test_the_window_holds_each_check_and_each_reason(on_redis: SmallPong, redis: RedisServer):
    await asked(on_redis, asks("triage", by=VERA))
    words = str(await view(asks("details", by=VERA, via="button", ref="triage-1"), on_redis.pong))
    for part in (
        "*memory*",
        "*connections*",
        "PING",
        "*Not checked*",
        "no queues in pong.toml",
        "measured 20",
    ):
        assert part in words, part


async def test_without_a_window_they_stand_in_the_thread(on_redis: SmallPong, redis: RedisServer):
    await asked(on_redis, asks("triage", by=VERA))
    await asked(on_redis, asks("details", by=VERA, via="button", ref="triage-1"))
    assert any("*connections*" in str(post["blocks"]) for post in await on_redis.posted())


async def test_a_triage_that_is_not_kept_is_said(on_redis: SmallPong):
    answer = await asked(on_redis, asks("details", by=VERA, via="button", ref="triage-99"))
    assert "This triage is kept no longer: press Triage again." in answer


def test_a_long_triage_fits_a_window():
    finding = {"check": "c" * 50, "severity": "ok", "title": "t" * 300, "threshold": "x" * 200}
    facts = {
        "target": "redis-prod",
        "took_ms": 1,
        "outcome": {"says": "answers", "stages": []},
        "findings": [finding] * 200,
        "not_checked": [{"check": "a", "why": "w" * 300}] * 200,
    }
    blocks = details_view(facts, at_ms=0)["blocks"]
    assert len(blocks) <= 100
    assert all(len(block["text"]["text"]) <= 3_000 for block in blocks if block["type"] == "section")
