"""Does a new deployment show the commit that runs, and need somebody else's approval?"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx

from tests.commands.redis.test_restart import incident
from tests.fixtures.asking import asked
from tests.fixtures.carrying_out import carried_out, confirmed, outcome
from tests.fixtures.cloud import DO_TOKEN, AppPlatform
from tests.fixtures.redis_server import RedisServer
from tests.fixtures.small_pong import DEV, MARIA, SmallPong, asks


@asynccontextmanager
async def deployed(path: Path, redis: RedisServer, platform: AppPlatform) -> AsyncIterator[SmallPong]:
    secrets, application = {"DIGITALOCEAN_TOKEN": DO_TOKEN}, {"digitalocean_app_id": "app-1"}
    async with (
        incident(path, redis, application=application, secrets=secrets) as small,
        httpx.AsyncClient(transport=platform.transport()) as http,
    ):
        yield replace(small, pong=replace(small.pong, http=http))


async def test_it_shows_the_commit_and_needs_another_person(tmp_path: Path, redis: RedisServer):
    platform = AppPlatform()
    async with deployed(tmp_path, redis, platform) as small:
        answer = await asked(small, asks("redeploy", words=("app",)))
        assert "commit 0ld0ld0" in answer
        assert "may be newer than what runs" in answer
        assert "Roll back to deployment before-0" in answer
        assert "somebody else has to approve" in await confirmed(small, [MARIA])
        await confirmed(small, [DEV])
        assert (await carried_out(small))["state"] == "succeeded"
        assert platform.restarts == 1
        assert "is active (commit newnew0" in await outcome(small)


async def test_build_that_fails_is_told_with_the_way_back(tmp_path: Path, redis: RedisServer):
    platform = AppPlatform(ends="ERROR")
    async with deployed(tmp_path, redis, platform) as small:
        await asked(small, asks("redeploy", words=("app",)))
        await confirmed(small, [DEV])
        assert (await carried_out(small))["state"] == "failed"
        assert "To undo it: Roll back to deployment before-0" in await outcome(small)


async def test_what_is_no_app_at_digitalocean_names_the_setting(on_redis: SmallPong):
    answer = await asked(on_redis, asks("redeploy", words=("app",)))
    assert "set digitalocean_app_id" in answer.replace("\u2060", "")
