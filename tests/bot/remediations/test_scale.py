"""Is a memory limit raised in whole bytes, and never to one that hurts?"""

import pytest

from bot.config.tables import ThresholdsTable
from bot.errors import BadInput, Refused
from bot.remediations.plan import RedisCommand, Tier, Wait
from bot.remediations.scale import Memory, check, parse_size, plan, prepare, preview_of
from tests.bot.remediations.conftest import SceneAt
from tests.fixtures.redis_fixtures import StartServer, binary, start_server

__all__ = ["binary", "start_server"]

MB = 2**20
MEMORY = Memory(used=97 * MB, limit=100 * MB, host=1000 * MB, policy="noeviction", has_file=True)


@pytest.mark.parametrize(
    ("word", "size"), [("4", 4), ("1g", 10**9), ("1gb", 2**30), ("512MB", 512 * MB), ("2k", 2_000), ("7b", 7)]
)
def test_sizes_are_read_as_the_server_reads_them(word: str, size: int) -> None:
    assert parse_size(word) == size


@pytest.mark.parametrize(
    "word",
    ["", "lots", "-1gb", "1.5gb", "1tb", "1 gb", "0x10", "9" * 40, "1gb;", "１２８mb", "٣gb", "1\u212ab"],
)
def test_what_is_no_size_says_how_to_write_one(word: str) -> None:
    with pytest.raises(BadInput, match="as 512mb, 2gb"):
        parse_size(word)


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (4, "less than the 97 MB in use"),
        (97 * MB, "in use"),
        (100 * MB, "is 100 MB already"),
        (701 * MB, "700 MB of it are safe"),
        (1_000_000 * MB, "safe"),
    ],
)
def test_limit_that_would_hurt_is_refused_with_the_figure(wanted: int, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        check(wanted, MEMORY, most=None)


def test_what_pong_toml_allows_goes_before_what_the_host_tells() -> None:
    check(900 * MB, MEMORY, most=900 * MB)
    with pytest.raises(BadInput, match=r"maxmemory_most_bytes of pong.toml is 200 MB"):
        check(201 * MB, MEMORY, most=200 * MB)


def test_where_nothing_tells_how_much_is_safe_nothing_is_changed() -> None:
    with pytest.raises(Refused, match="set maxmemory_most_bytes"):
        check(200 * MB, Memory(used=1, limit=0, host=0, policy="noeviction", has_file=False), most=None)


def test_preview_shows_old_new_and_that_the_policy_stays() -> None:
    preview = preview_of(200 * MB, MEMORY, ThresholdsTable(), at_ms=1)
    assert preview.says[0] == "maxmemory 100 MB → 200 MB (memory 97 % → 48 %)"
    assert "stays noeviction" in preview.says[1]
    assert preview.memory_after_percent == 48.5


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (105 * MB, "At 92 % of it memory is still over 90 %, which is critical: ask for more"),
        (115 * MB, "At 84 % of it memory is still over 80 %, which is a warning: ask for more"),
    ],
)
def test_a_limit_that_leaves_memory_too_full_says_so_before(wanted: int, said: str) -> None:
    assert preview_of(wanted, MEMORY, ThresholdsTable(), at_ms=1).says[1] == said


async def test_plan_sets_whole_bytes_looks_and_says_the_way_back(scene_at: SceneAt) -> None:
    async with scene_at("redis://127.0.0.1:1") as scene:
        made = plan(scene, 200 * MB, MEMORY)
    first, look, last = made.steps
    assert isinstance(first, RedisCommand)
    assert first.arguments == ("CONFIG", "SET", "maxmemory", "209715200")
    assert first.undo == "CONFIG SET maxmemory 104857600."
    assert isinstance(look, Wait)
    assert look.given == "209715200"
    assert isinstance(last, RedisCommand)
    assert last.arguments == ("CONFIG", "REWRITE")
    assert made.tier is Tier.REVERSIBLE


async def test_real_server_without_a_file_is_told_that_a_restart_forgets(
    start_server: StartServer, scene_at: SceneAt
) -> None:
    server = start_server("--maxmemory", "100mb")
    async with scene_at(server.url()) as scene:
        made, preview = await prepare(scene, ("200mb",))
    assert len(made.steps) == 2
    assert "a restart forgets it" in made.lost
    assert preview.says[0].startswith("maxmemory 100 MB → 200 MB")
