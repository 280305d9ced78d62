"""Is everything that is on named with its way back, in few words?"""

from bot.remediations.change import BLOCK, LEVEL, Standing
from bot.slack.render.protection import on_now, still_on, ways_back

BLOCKS = [Standing(f"{BLOCK}192.0.2.{number}", "", "blocked") for number in range(7)]


def test_nothing_on_is_no_words() -> None:
    assert on_now([]) == ""


def test_many_are_counted() -> None:
    assert on_now(BLOCKS).endswith("192.0.2.4 blocked and 2 more")
    assert ways_back(BLOCKS, "redis-prod")[-1] == "and 2 more"
    assert len(still_on(BLOCKS, "redis-prod").blocks[1]["elements"]) == 5


def test_a_level_that_pong_does_not_set_is_left_to_people() -> None:
    high = Standing(LEVEL, "essentially_off", "high")
    [line] = ways_back([high], "redis-prod")
    assert line.replace("\u2060", "") == "security level high: set it to essentially_off at Cloudflare"
    assert len(still_on([high], "redis-prod").blocks) == 1
