"""Is the runbook's last resort shown for what it is, and off unless it is switched on?"""

import pytest

from bot.errors import BadInput, Refused, ServiceUnavailable
from bot.playground.ports import free_port
from bot.remediations.flush import REMEDIATION, prepare
from bot.remediations.plan import RedisCommand, Repeat, Tier
from tests.bot.remediations.conftest import SceneAt
from tests.fixtures.redis_server import RedisServer


@pytest.mark.parametrize("words", [(), ("everything",), ("*",), ("cache",)])
async def test_only_a_database_or_all_are_flushed(words: tuple[str, ...], scene_at: SceneAt) -> None:
    async with scene_at("redis://127.0.0.1:1", allowed="flush") as scene:
        with pytest.raises(BadInput, match="Write one of db"):
            await prepare(scene, words)


async def test_flushall_is_off_unless_it_is_configured(shop: RedisServer, scene_at: SceneAt) -> None:
    async with scene_at(shop.url(), allowed="flush") as scene:
        with pytest.raises(Refused, match="FLUSHALL is off"):
            await prepare(scene, ("all",))


async def test_flush_of_a_database_lists_every_class(shop: RedisServer, scene_at: SceneAt) -> None:
    async with scene_at(shop.url(), allowed="flush") as scene:
        plan, preview = await prepare(scene, ("db",))
    assert preview.keys == 30_000
    assert {"cache", "sessions", "rate limits"} <= set(preview.classes)
    assert "cache about" in preview.says[0]
    assert preview.says[1].startswith("Rare classes may be missing there: 10,")
    assert preview.says[1].endswith(" of 30,000 keys looked at")
    assert "has not saved since it started" in preview.says[2]
    assert (preview.keys_margin, "other" in preview.classes) == (600, True)
    step = plan.steps[0]
    assert isinstance(step, RedisCommand)
    assert (step.arguments, step.repeat) == (("FLUSHDB", "ASYNC"), Repeat.NEVER)
    assert (plan.tier, plan.least_approvals, plan.must_type) == (Tier.DATA_LOSING, 1, False)


async def test_of_what_was_counted_whole_no_class_is_said_to_be_missing(
    server: RedisServer, scene_at: SceneAt
) -> None:
    server.command("SET", "session:1", "x")
    async with scene_at(server.url(), allowed="flush") as scene:
        _, preview = await prepare(scene, ("db",))
    assert "sessions about 1" in preview.says[0]
    assert not [line for line in preview.says if "Rare classes" in line]


async def test_flushall_counts_every_database_and_needs_two_who_type_the_name(
    shop: RedisServer, scene_at: SceneAt, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.remediations.flush.ELSEWHERE_AT_MOST_S", 5)  # a busy machine takes its time
    shop.command("MSET", "jobs:7", 1, "elsewhere", 1, db=3)
    async with scene_at(shop.url(), allowed="flush", may_flush_all=True) as scene:
        plan, preview = await prepare(scene, ("all",))
    assert preview.keys == 30_002
    assert "jobs about 1, " in preview.says[0], "a class that only another database has"
    assert preview.says[2] == "By database: db0 30,000, db3 2"
    assert (plan.least_approvals, plan.must_type) == (2, True)
    assert "all" in REMEDIATION.typed


async def test_empty_server_has_nothing_to_flush(server: RedisServer, scene_at: SceneAt) -> None:
    async with scene_at(server.url(), allowed="flush") as scene:
        with pytest.raises(BadInput, match="holds no keys"):
            await prepare(scene, ("db",))


async def test_dead_server_says_what_to_do_next(scene_at: SceneAt) -> None:
    async with scene_at(f"redis://127.0.0.1:{free_port()}", allowed="flush") as scene:
        with pytest.raises(ServiceUnavailable, match="Next: /redis triage says more"):
            await prepare(scene, ("db",))
