"""Is the application switched to do without Redis, and back, by what pong.toml fixes?"""

import asyncio
import copy
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.execution import hands
from bot.execution.effects.effect import Effect
from tests.bot.execution.test_hands import dies_once
from tests.commands.redis.test_restart import incident
from tests.fixtures.asking import asked
from tests.fixtures.carrying_out import carried_out, confirmed, outcome
from tests.fixtures.cloud import DO_TOKEN, GH_TOKEN, Actions, AppPlatform, app_spec
from tests.fixtures.redis_server import RedisServer
from tests.fixtures.small_pong import MARIA, SmallPong, asks


async def test_it_is_switched_on_and_off_by_confirms(tmp_path: Path, redis: RedisServer):
    flag = tmp_path / "fallback"
    on = [sys.executable, "-c", f"open({str(flag)!r}, 'w').close()"]
    off = [sys.executable, "-c", f"import os; os.remove({str(flag)!r})"]
    application = {"fallback_on_command": on, "fallback_off_command": off}
    async with incident(tmp_path, redis, application=application) as small:
        assert "protection from floods" in await asked(small, asks("fallback", words=("ON",)))
        await confirmed(small, [MARIA])
        assert (await carried_out(small))["state"] == "succeeded"
        assert flag.exists()
        assert "Fallback mode on for shop" in await outcome(small)
        waiting = await small.pong.store.read(lambda records: records.timers.waiting(1))
        assert [due.kind for due in waiting].count("fallback") == 1
        assert "Next: restore Redis as soon as you can" in await outcome(small)
        assert "Fallback mode is on already" in await asked(small, asks("fallback", words=("on",)))
        assert "As far as Pong knows it is off" not in await asked(small, asks("fallback", words=("off",)))
        await confirmed(small, [MARIA], id=2)
        assert (await carried_out(small, id=2))["state"] == "succeeded"
        assert not flag.exists()
        assert "As far as Pong knows it is off" in await asked(small, asks("fallback", words=("off",)))


async def test_a_frozen_redis_does_not_keep_it_waiting(tmp_path: Path, redis: RedisServer):
    application = {"fallback_on_command": ["true"]}
    async with incident(tmp_path, redis, application=application) as small:
        redis.freeze()
        try:
            await asked(small, asks("fallback", words=("on",)))
            await confirmed(small, [MARIA])
            assert (await carried_out(small))["state"] == "succeeded"
        finally:
            redis.thaw()
        [began] = [event for event in small.noted if event.kind == "execution.started"]
        assert began.data["evidence"] == {
            "missing": ["the plan changes nothing in Redis, so it was not asked"]
        }


async def test_where_no_application_is_known_it_says_so(on_redis: SmallPong):
    assert "no application in pong.toml" in await asked(on_redis, asks("fallback", words=("on",)))


@asynccontextmanager
async def at_github(path: Path, redis: RedisServer, actions: Actions) -> AsyncIterator[SmallPong]:
    application = {"github_repository": "acme/shop", "fallback_workflow": "fallback.yml"}
    async with (
        incident(path, redis, application=application, secrets={"GITHUB_TOKEN": GH_TOKEN}) as small,
        httpx.AsyncClient(transport=actions.transport()) as http,
    ):
        yield replace(small, pong=replace(small.pong, http=http))


async def reminders(small: SmallPong) -> int:
    waiting = await small.pong.store.read(lambda records: records.timers.waiting(1))
    return [due.kind for due in waiting].count("fallback")


@pytest.mark.parametrize("loses", [False, True])
async def test_a_workflow_at_github_is_started_once_and_followed_to_its_end(
    tmp_path: Path, redis: RedisServer, loses: bool
) -> None:
    actions = Actions(loses=loses)
    async with at_github(tmp_path, redis, actions) as small:
        answer = await asked(small, asks("fallback", words=("on",)))
        assert "fallback.yml/dispatches on GitHub with ref main, inputs.mode on" in answer
        await confirmed(small, [MARIA])
        assert (await carried_out(small))["state"] == "succeeded"
        assert actions.modes == ["on"]
        assert "run 101 of the workflow: success" in await outcome(small)
        assert await reminders(small) == 1


async def test_a_workflow_that_fails_is_told_and_reminds_nobody(tmp_path: Path, redis: RedisServer) -> None:
    actions = Actions(ends="failure")
    async with at_github(tmp_path, redis, actions) as small:
        await asked(small, asks("fallback", words=("on",)))
        await confirmed(small, [MARIA])
        assert (await carried_out(small))["state"] == "failed"
        assert "run 101 of the workflow: failure" in await outcome(small)
        assert await reminders(small) == 0


@pytest.mark.parametrize(("status", "said"), [(403, "GitHub answered HTTP 403"), (404, "HTTP 404")])
async def test_a_dispatch_that_is_refused_is_told(
    tmp_path: Path, redis: RedisServer, status: int, said: str
) -> None:
    actions = Actions(refuses=status)
    async with at_github(tmp_path, redis, actions) as small:
        await asked(small, asks("fallback", words=("on",)))
        await confirmed(small, [MARIA])
        assert (await carried_out(small))["state"] == "failed"
        assert said in await outcome(small)
        assert not actions.modes


# -- at DigitalOcean's App Platform -----------------------------------------------------------------------


@asynccontextmanager
async def in_an_app(path: Path, redis: RedisServer, platform: AppPlatform) -> AsyncIterator[SmallPong]:
    application = {"digitalocean_app_id": "app-1", "digitalocean_fallback_env": "REDIS_FALLBACK"}
    async with (
        incident(path, redis, application=application, secrets={"DIGITALOCEAN_TOKEN": DO_TOKEN}) as small,
        httpx.AsyncClient(transport=platform.transport()) as http,
    ):
        yield replace(small, pong=replace(small.pong, http=http))


async def switched(small: SmallPong, word: str, *, id: int = 1) -> str:
    await asked(small, asks("fallback", words=(word,)))
    await confirmed(small, [MARIA], id=id)
    return str((await carried_out(small, id=id))["state"])


@pytest.mark.parametrize("loses", [False, True])
async def test_a_flag_in_the_app_is_set_and_set_back_and_nothing_else_of_its_spec_is_lost(
    tmp_path: Path, redis: RedisServer, loses: bool
) -> None:
    platform = AppPlatform(spec=app_spec(REDIS_FALLBACK="false"), loses=loses)
    begun = copy.deepcopy(platform.spec)
    async with in_an_app(tmp_path, redis, platform) as small:
        told = (await asked(small, asks("fallback", words=("on",)))).replace("\u2060", "")
        assert "PUT /v2/apps/app-1 on DigitalOcean with REDIS_FALLBACK true, and all else" in told
        assert "REDIS_FALLBACK of shop stands in web" in told
        await confirmed(small, [MARIA])
        assert (await carried_out(small))["state"] == "succeeded"
        assert platform.variables()["REDIS_FALLBACK"] == "true"
        assert "deployment after-1 is active (commit 0ld0ld0" in await outcome(small)
        assert await reminders(small) == 1
        again = (await asked(small, asks("fallback", words=("on",)))).replace("\u2060", "")
        assert "Fallback mode is on already: REDIS_FALLBACK of shop says so" in again
        assert await switched(small, "off", id=2) == "succeeded"
        assert await reminders(small) == 0
    assert (platform.puts, platform.lost, platform.changed) == (2, [], [])
    assert platform.spec == begun


async def test_a_flag_whose_deployment_fails_reminds_nobody_and_can_be_set_back(
    tmp_path: Path, redis: RedisServer
) -> None:
    platform = AppPlatform(spec=app_spec(REDIS_FALLBACK="false"), ends="ERROR")
    async with in_an_app(tmp_path, redis, platform) as small:
        assert await switched(small, "on") == "failed"
        told = (await outcome(small)).replace("\u2060", "")
        assert "its goal is not reached: deployment after-1 is error (commit 0ld0ld0), so what ran" in told
        assert "To undo it: /redis fallback off redis-prod" in told
        assert await reminders(small) == 0
        platform.mends()
        assert await switched(small, "off", id=2) == "succeeded"
    assert platform.variables()["REDIS_FALLBACK"] == "false"


@pytest.mark.parametrize("status", [401, 409])
async def test_a_flag_that_is_refused_is_told(tmp_path: Path, redis: RedisServer, status: int) -> None:
    platform = AppPlatform(spec=app_spec(REDIS_FALLBACK="false"), refuses=status)
    async with in_an_app(tmp_path, redis, platform) as small:
        assert await switched(small, "on") == "failed"
        assert f"DigitalOcean answered HTTP {status}" in await outcome(small)
        assert await reminders(small) == 0


async def test_a_flag_that_the_app_does_not_have_is_refused_before_anybody_is_asked(
    tmp_path: Path, redis: RedisServer
) -> None:
    async with in_an_app(tmp_path, redis, AppPlatform(spec=app_spec())) as small:
        told = (await asked(small, asks("fallback", words=("on",)))).replace("\u2060", "")
        assert "Its app spec has no REDIS_FALLBACK" in told
        assert not await small.posted("plan")


async def test_after_a_crash_in_the_middle_the_flag_is_set_once_more_without_harm(
    tmp_path: Path, redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = hands.app_variable.change

    async def then_stands_still(*given: Any, **how: Any) -> Effect:
        await really(*given, **how)
        await asyncio.Event().wait()
        raise AssertionError

    platform = AppPlatform(spec=app_spec(REDIS_FALLBACK="false"))
    async with in_an_app(tmp_path, redis, platform) as small:

        async def is_taken() -> bool:
            return platform.restarts > 0

        await asked(small, asks("fallback", words=("on",)))
        await confirmed(small, [MARIA])
        with monkeypatch.context() as patched:
            patched.setattr(hands.app_variable, "change", then_stands_still)
            await dies_once(small, is_taken)
        assert (await carried_out(small))["state"] == "succeeded"
        assert await reminders(small) == 1
    assert (platform.puts, platform.lost) == (2, [])
    assert platform.variables()["REDIS_FALLBACK"] == "true"
