import pytest

from bot.errors import BadInput
from bot.playground.panel.bench import Bench
from bot.playground.panel.breakages import BREAKAGES
from bot.playground.panel.panel import Panel
from bot.playground.panel.server import RedisServer, ServerState
from tests.bot.playground.conftest import Eventually


async def test_the_state_shows_server_shop_and_notes(panel: Panel, server: RedisServer) -> None:
    state = await panel.state()
    shown = state["server"]
    assert (shown["state"], shown["trouble"], shown["role"]) == ("running", "", "master")
    assert shown["max_bytes"] == 6 * 2**20
    assert 0 < shown["used_bytes"] < 6 * 2**20
    assert shown["port"] == server.configuration.way_port
    assert 1 <= shown["clients"] < shown["max_clients"] == 100
    assert (state["shop"], state["notes"]) == ({"status": "healthy"}, ["A note."])


async def test_a_server_that_does_not_answer_has_unknown_memory(panel: Panel) -> None:
    await panel.press("freeze")
    server = (await panel.state())["server"]
    assert (server["state"], server["used_bytes"], server["keys"]) == ("frozen", None, None)


async def test_only_what_makes_sense_now_can_be_pressed(panel: Panel) -> None:
    await panel.press("stop")
    can = {action["name"] for action in (await panel.state())["actions"] if action["can"]}
    assert can == {"start", "slow", "flood", "lose", "mend"}
    with pytest.raises(BadInput, match=r"^Freeze Redis: not while Redis is stopped\.$"):
        await panel.press("freeze")


async def test_what_is_broken_shows_what_mends_it_in_its_place(panel: Panel, server: RedisServer) -> None:
    before = [action["name"] for action in (await panel.state())["actions"]]
    await panel.press("freeze")
    shown = (await panel.state())["actions"]
    assert [action["name"] for action in shown] == [name.replace("freeze", "thaw") for name in before]
    assert [action["name"] for action in shown if action["is_broken"]] == ["thaw"]
    await panel.press("thaw")
    assert server.state is ServerState.RUNNING


async def test_emptying_deletes_every_key(panel: Panel, bench: Bench, eventually: Eventually) -> None:
    async with bench.redis() as redis:
        await redis.set("session:1", "x")
        await panel.press("empty")

        async def is_empty() -> bool:
            return await redis.dbsize() == 0

        await eventually(is_empty)


async def test_several_breakages_at_once_are_all_mended(panel: Panel, bench: Bench) -> None:
    for name in ("slow", "replica", "disk", "freeze"):
        await panel.press(name)
    state = await panel.state()
    assert set(state["server"]["trouble"].split(", ")) == {
        "frozen",
        "slow network",
        "read-only replica",
        "no snapshots",
    }
    await panel.press("mend")
    assert not any(one.is_broken(bench) for one in BREAKAGES)
    assert (await panel.state())["server"]["trouble"] == ""
    async with bench.redis() as redis:
        assert await redis.set("session:1", "x")


async def test_clients_that_take_every_place_are_seen_and_do_not_keep_it_from_being_mended(
    panel: Panel, bench: Bench, eventually: Eventually
) -> None:
    async with bench.redis() as redis:
        await redis.config_set("maxclients", 12)
    await panel.state()
    await panel.press("replica")
    await panel.press("leak")

    async def is_full() -> bool:
        return bool((await panel.state())["server"]["clients"] == 12)

    await eventually(is_full)
    await panel.press("mend")
    assert (await panel.state())["server"]["trouble"] == ""


async def test_a_press_that_fails_is_said_and_the_rest_goes_on(panel: Panel, server: RedisServer) -> None:
    process = server._process
    assert process
    process.kill()  # behind the panel's back, before it has noticed
    await panel.press("replica")
    assert (await panel.state())["notes"][
        0
    ] == '"Make it a replica" did not work (ConnectionError): press Mend it.'
    await process.wait()
    await panel.press("mend")
    assert server.state is ServerState.RUNNING


async def test_an_unknown_button_is_answered_with_those_there_are(panel: Panel) -> None:
    with pytest.raises(BadInput, match=r'There is no "explode" here\. There is: disk, disk-back, empty'):
        await panel.press("explode")


async def test_a_restart_of_the_shop_gives_it_its_redis_back(panel: Panel, bench: Bench) -> None:
    await panel.press("lose")
    await panel.restart("redis")
    assert bench.shop_has_no_redis, "what is wrong with the shop is not mended by Redis"
    await panel.restart("shop")
    assert not bench.shop_has_no_redis


async def test_a_restart_ends_a_frozen_server_and_begins_it_anew(panel: Panel, server: RedisServer) -> None:
    before = server.pid
    await panel.press("freeze")
    await panel.restart("redis")
    assert (str(server.state), server.pid != before) == ("running", True)


async def test_fallback_mode_is_switched_on_and_off(panel: Panel, bench: Bench) -> None:
    await panel.fallback("on")
    assert bench.shop_has_no_redis
    await panel.fallback("off")
    assert not bench.shop_has_no_redis


async def test_nothing_else_is_restarted_or_switched(panel: Panel) -> None:
    with pytest.raises(BadInput, match="Only redis and shop"):
        await panel.restart("pong")
    with pytest.raises(BadInput, match="on or off"):
        await panel.fallback("maybe")
