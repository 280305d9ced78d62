"""Is the application switched to do without Redis, and back, by what pong.toml fixes?"""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from tests.commands.redis.test_restart import incident
from tests.fixtures.asking import asked
from tests.fixtures.carrying_out import carried_out, confirmed, outcome
from tests.fixtures.cloud import GH_TOKEN, Actions
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
        await asked(small, asks("fallback", words=("off",)))
        await confirmed(small, [MARIA], id=2)
        assert (await carried_out(small, id=2))["state"] == "succeeded"
        assert not flag.exists()


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
