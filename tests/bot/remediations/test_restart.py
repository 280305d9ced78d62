"""Does a restart say what it would lose, and ask other people when that is anything?"""

from dataclasses import replace

import pytest

from bot.applications.health import Application
from bot.errors import BadInput, Refused
from bot.playground.ports import free_port
from bot.remediations.plan import ConfiguredCommand, HttpCall, Repeat, Tier, Wait
from bot.remediations.restart import Saved, cloud_steps, plan_of_redis, prepare, says_of, unsaved
from tests.bot.remediations.conftest import SceneAt
from tests.fixtures.redis_server import RedisServer

COMMAND = ("/usr/bin/systemctl", "restart", "redis")
SHOP = Application(name="shop", health_url="http://127.0.0.1:1/", restart_command=("restart-shop", "--now"))
NOWHERE = "redis://127.0.0.1:1"


@pytest.mark.parametrize("words", [(), ("",), ("everything",), ("*",)])
async def test_only_the_application_or_redis_is_restarted(words: tuple[str, ...], scene_at: SceneAt) -> None:
    async with scene_at(NOWHERE, allowed="restart") as scene:
        with pytest.raises(BadInput, match="Write one of app"):
            await prepare(scene, words)


async def test_application_s_own_command_runs_and_its_health_is_awaited(scene_at: SceneAt) -> None:
    async with scene_at(NOWHERE, allowed="restart", application=SHOP) as scene:
        plan, _ = await prepare(scene, ("app",))
    command, verified = plan.steps
    assert isinstance(command, ConfiguredCommand)
    assert (command.arguments, command.repeat) == (("restart-shop", "--now"), Repeat.NEVER)
    assert isinstance(verified, Wait)
    assert verified.condition == "application-connected"
    assert plan.tier is Tier.REVERSIBLE


async def test_what_nothing_can_verify_says_so(scene_at: SceneAt) -> None:
    silent = Application(name="shop", restart_command=("restart-shop",))
    async with scene_at(NOWHERE, allowed="restart", application=silent) as scene:
        plan, preview = await prepare(scene, ("app",))
    assert len(plan.steps) == 1
    assert "nothing verifies" in preview.says[0]


@pytest.mark.parametrize(
    ("application", "said"),
    [
        (None, "no application in pong.toml"),
        (Application(name="shop"), "set restart_command or"),
    ],
)
async def test_what_is_not_configured_names_the_setting(
    application: Application | None, said: str, scene_at: SceneAt
) -> None:
    async with scene_at(NOWHERE, allowed="restart", application=application) as scene:
        with pytest.raises(BadInput, match=said):
            await prepare(scene, ("app",))


def test_app_in_the_cloud_is_restarted_as_it_is_and_followed() -> None:
    call, wait = cloud_steps("app-1", "before")
    assert isinstance(call, HttpCall)
    assert (call.method, call.path, call.repeat) == ("POST", "/v2/apps/app-1/restart", Repeat.CHECK)
    assert isinstance(wait, Wait)
    assert (wait.condition, wait.given) == ("deployment-active", "before")


# -- Redis itself -----------------------------------------------------------------------------------------


async def test_without_a_command_redis_is_not_restarted(scene_at: SceneAt) -> None:
    async with scene_at(NOWHERE, allowed="restart") as scene:
        with pytest.raises(BadInput, match=r"set restart_command in \[targets.redis-prod\]"):
            await prepare(scene, ("redis",))


async def test_unsaved_changes_are_counted_and_need_other_people(
    server: RedisServer, scene_at: SceneAt
) -> None:
    server.command("SET", "a", 1)
    server.command("SET", "b", 1)
    async with scene_at(server.url(), allowed="restart", restart_command=COMMAND) as scene:
        plan, preview = await prepare(scene, ("redis",))
    assert preview.unsaved_changes == 2
    assert "up to 2 changes would be lost" in preview.says[0]
    assert plan.tier is Tier.DATA_LOSING
    wait = plan.steps[1]
    assert isinstance(wait, Wait)
    assert wait.condition == "redis-is-new"
    assert len(wait.given) == 40
    assert not plan.for_silent


async def test_server_that_saved_everything_loses_nothing(server: RedisServer, scene_at: SceneAt) -> None:
    async with scene_at(server.url(), allowed="restart", restart_command=COMMAND) as scene:
        plan, _ = await prepare(scene, ("redis",))
    assert plan.tier is Tier.REVERSIBLE


async def test_port_that_nobody_listens_on_has_nothing_to_lose(scene_at: SceneAt) -> None:
    url = f"redis://127.0.0.1:{free_port()}"
    async with scene_at(url, allowed="restart", restart_command=COMMAND) as scene:
        plan, preview = await prepare(scene, ("redis",))
    assert plan.tier is Tier.REVERSIBLE
    assert "nothing to lose" in preview.says[0]


async def test_frozen_server_may_hold_data_that_nobody_counted(
    server: RedisServer, scene_at: SceneAt
) -> None:
    server.freeze()
    async with scene_at(server.url(), allowed="restart", restart_command=COMMAND) as scene:
        plan, preview = await prepare(scene, ("redis",))
    assert plan.tier is Tier.DATA_LOSING
    assert plan.for_silent
    assert "not known" in preview.says[0]
    assert plan.steps[0].repeat is Repeat.NEVER, "that it answers again does not prove a restart"


async def test_server_that_is_loading_is_never_restarted(server: RedisServer, scene_at: SceneAt) -> None:
    server.command("EVAL", "for n = 1, 4000 do redis.call('SET', 'k' .. n, string.rep('x', 200)) end", 0)
    server.command("SAVE")
    server.kill()
    server.args = ("--key-load-delay", "2000", "--loading-process-events-interval-bytes", "1024")
    server.start(awaits=False)
    async with scene_at(server.url(), allowed="restart", restart_command=COMMAND) as scene:
        with pytest.raises(Refused, match="loading its data"):
            await prepare(scene, ("redis",))


async def test_a_server_that_could_not_save_is_not_said_to_save_as_it_ends(scene_at: SceneAt) -> None:
    saved = Saved(run_id="a", changes=9, age_s=60, is_logged=False)
    async with scene_at("redis://127.0.0.1:1", allowed="restart") as scene:
        well, ill = (
            plan_of_redis(scene, COMMAND, replace(saved, has_failed=failed)) for failed in (False, True)
        )
    assert well.lost.endswith("unless it saves as it ends")
    assert ill.lost.endswith("its last attempt to save failed, so do not count on one as it ends")


def test_append_only_file_holds_every_change() -> None:
    saved = Saved(run_id="a", changes=9, age_s=60, is_logged=True, replicas=2)
    assert unsaved(saved) == 0
    assert says_of(saved) == (
        "Its append-only file holds every change, but for the last second's",
        "It has 2 replicas",
    )
