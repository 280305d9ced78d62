import pytest

from bot.clock import SystemClock
from bot.errors import BadInput
from bot.playground.panel.panel import Panel
from bot.playground.panel.server import RedisServer, ServerState
from tests.bot.playground.conftest import Eventually


@pytest.fixture
def panel(server: RedisServer) -> Panel:
    return Panel(server, SystemClock(), shop_figures=lambda: {"status": "healthy"}, notes=lambda: ["A note."])


async def test_the_state_shows_server_shop_and_notes(panel: Panel, server: RedisServer) -> None:
    state = await panel.state()
    assert state["server"]["state"] == "running"
    assert state["server"]["max_bytes"] == 6 * 2**20
    assert 0 < state["server"]["used_bytes"] < 6 * 2**20
    assert state["server"]["port"] == server.configuration.port
    assert (state["shop"], state["notes"]) == ({"status": "healthy"}, ["A note."])


async def test_a_server_that_does_not_answer_has_unknown_memory(panel: Panel) -> None:
    await panel.press("freeze")
    server = (await panel.state())["server"]
    assert (server["state"], server["used_bytes"], server["keys"]) == ("frozen", None, None)


async def test_only_what_makes_sense_now_can_be_pressed(panel: Panel) -> None:
    await panel.press("stop")
    can = {action["name"]: action["can"] for action in (await panel.state())["actions"]}
    assert can == {
        "stop": False,
        "kill": False,
        "start": True,
        "fill": False,
        "empty": False,
        "freeze": False,
    }
    with pytest.raises(BadInput, match="not while Redis is stopped"):
        await panel.press("freeze")


async def test_freeze_becomes_thaw(panel: Panel, server: RedisServer) -> None:
    await panel.press("freeze")
    names = [action["name"] for action in (await panel.state())["actions"]]
    assert "thaw" in names
    assert "freeze" not in names
    await panel.press("thaw")
    assert server.state is ServerState.RUNNING


async def test_filling_runs_beside_and_emptying_ends_it(panel: Panel, eventually: Eventually) -> None:
    await panel.press("fill")

    async def is_full() -> bool:
        server = (await panel.state())["server"]
        return server["used_bytes"] is not None and server["used_bytes"] >= 0.95 * server["max_bytes"]

    await eventually(is_full)
    await panel.press("empty")

    async def is_empty() -> bool:
        return bool((await panel.state())["server"]["keys"] == 0)

    await eventually(is_empty)
    await panel.close()


async def test_redis_dying_while_it_is_filled_is_said(panel: Panel, eventually: Eventually) -> None:
    await panel.press("fill")
    await panel.press("kill")

    async def is_said() -> bool:
        return "Nothing fills the memory any more: Redis went away." in (await panel.state())["notes"]

    await eventually(is_said)


async def test_an_unknown_button_is_answered_with_those_there_are(panel: Panel) -> None:
    with pytest.raises(BadInput, match=r'There is no "explode" here\. There is: stop, kill'):
        await panel.press("explode")
