"""Are the application and Redis restarted by what pong.toml fixes, and followed until they are well?"""

import json
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from redis.exceptions import RedisError

from tests.bot.approvals.test_breaker import began
from tests.bot.intake.test_opening import alert
from tests.fixtures.alerts import alertmanager
from tests.fixtures.answering import answering
from tests.fixtures.asking import asked
from tests.fixtures.carrying_out import carried_out, confirmed, in_real_time, outcome
from tests.fixtures.cloud import DO_TOKEN, AppPlatform
from tests.fixtures.redis_server import RedisServer
from tests.fixtures.small_pong import DEV, MARIA, SmallPong, asks, small_pong

SICK = json.dumps({"status": "unhealthy", "checks": {"redis": "disconnected"}})
WELL = json.dumps({"status": "healthy", "checks": {"redis": "connected"}})


@asynccontextmanager
async def incident(
    path: Path,
    redis: RedisServer,
    *,
    application: dict[str, Any] | None = None,
    secrets: Mapping[str, str] | None = None,
    people: Mapping[str, Any] | None = None,
    **target: Any,
) -> AsyncIterator[SmallPong]:
    own = {"REDIS_URL": redis.url(), "REDIS_REMEDIATION_URL": redis.url()}
    tables: dict[str, Any] = {
        "secrets": own | dict(secrets or {}),
        "targets": {"redis-prod": {"labels": {"target": "redis-prod"}, "application": "shop", **target}},
        "applications": {"shop": application or {}},
    }
    if people:
        tables["people"] = people
    async with small_pong(path, tables=tables) as small:
        await alert(small, alertmanager())
        yield in_real_time(small)


async def test_application_is_restarted_and_its_word_is_awaited(tmp_path: Path, redis: RedisServer):
    flag = tmp_path / "restarted"
    command = [sys.executable, "-c", f"open({str(flag)!r}, 'w').close()"]
    with answering(lambda: WELL if flag.exists() else SICK) as url:
        application = {"health_url": url, "restart_command": command}
        async with incident(tmp_path, redis, application=application) as small:
            assert "Restart shop on redis-prod" in await asked(small, asks("restart", words=("app",)))
            assert not flag.exists()
            await confirmed(small, [MARIA])
            assert (await carried_out(small))["state"] == "succeeded"
            assert "shop says redis connected" in await outcome(small)
            kinds = [event.kind for event in small.noted]
            assert kinds.count("execution.step") == 1
            assert kinds[-1] == "execution.succeeded"


async def test_command_that_fails_is_told_and_nothing_is_awaited(tmp_path: Path, redis: RedisServer):
    application = {"restart_command": [sys.executable, "-c", "raise SystemExit(7)"]}
    async with incident(tmp_path, redis, application=application) as small:
        await asked(small, asks("restart", words=("app",)))
        await confirmed(small, [MARIA])
        assert (await carried_out(small))["state"] == "failed"
        assert "the command ended with 7" in await outcome(small)


async def test_redis_with_unsaved_changes_needs_somebody_else(tmp_path: Path, redis: RedisServer):
    script = tmp_path / "restart.py"
    command = [sys.executable, str(script)]
    with RedisServer() as own:
        own.command("SET", "job:1", "x")
        # A service manager would do this: end the process, and begin it anew.
        script.write_text(
            f"import os, signal, subprocess, time\n"
            f"os.kill({own.process.pid}, signal.SIGKILL)\n"
            f"time.sleep(0.5)\n"
            f"subprocess.Popen([{str(own.binary)!r}, '--port', '{own.port}', '--save', ''], "
            f"cwd={str(tmp_path)!r}, start_new_session=True, stdout=subprocess.DEVNULL)\n"
        )
        async with incident(tmp_path, own, restart_command=command) as small:
            answer = await asked(small, asks("restart", words=("redis",)))
            assert "needs 1 approval" in answer
            assert "up to 1 change would be lost" in answer
            assert "somebody else has to approve" in await confirmed(small, [MARIA])
            await confirmed(small, [DEV])
            try:
                assert (await carried_out(small))["state"] == "succeeded"
            finally:
                with suppress(RedisError):
                    own.command("SHUTDOWN", "NOSAVE")
            assert "is done" in await outcome(small)


async def test_a_frozen_redis_is_restarted_after_too_many_plans_too_and_the_card_says_so(tmp_path: Path):
    with RedisServer() as own:
        async with incident(tmp_path, own, restart_command=["true"]) as small:
            for _ in range(3):
                await began(small, ago_ms=60_000)
            own.fill("cache", value_bytes=100, keys_most=100)
            assert "The next may run at" in await asked(small, asks("clear", words=("cache",)))
            own.freeze()
            try:
                card = await asked(small, asks("restart", words=("redis",)))
            finally:
                own.thaw()
            assert "this one may run all the same, for the Redis does not answer" in card
            assert "needs 1 approval" in card


@pytest.mark.parametrize("typed", ["everything", "*", "redis;reboot"])
async def test_anything_else_is_refused(on_redis: SmallPong, typed: str):
    assert "allows restart for app and redis only" in await asked(on_redis, asks("restart", words=(typed,)))


@asynccontextmanager
async def in_the_cloud(path: Path, redis: RedisServer, platform: AppPlatform) -> AsyncIterator[SmallPong]:
    """The shop is an app at DigitalOcean, whose restart Maria has asked for and confirmed."""
    secrets = {"DIGITALOCEAN_TOKEN": DO_TOKEN}
    application = {"digitalocean_app_id": "app-1"}
    async with (
        incident(path, redis, application=application, secrets=secrets) as small,
        httpx.AsyncClient(transport=platform.transport()) as http,
    ):
        there = replace(small, pong=replace(small.pong, http=http))
        assert "POST /v2/apps/app-1/restart" in await asked(there, asks("restart", words=("app",)))
        assert platform.restarts == 0
        await confirmed(there, [MARIA])
        yield there


async def test_app_in_the_cloud_is_restarted_once_and_followed_to_its_end(tmp_path: Path, redis: RedisServer):
    platform = AppPlatform()
    async with in_the_cloud(tmp_path, redis, platform) as small:
        assert (await carried_out(small))["state"] == "succeeded"
        assert "deployment after-1 is active" in await outcome(small)
    assert platform.restarts == 1


async def test_deployment_that_fails_is_no_success(tmp_path: Path, redis: RedisServer):
    platform = AppPlatform(ends="ERROR")
    async with in_the_cloud(tmp_path, redis, platform) as small:
        assert (await carried_out(small))["state"] == "failed"
        assert "its goal is not reached: deployment after-1 is error" in await outcome(small)


async def test_lost_answer_is_looked_up_and_nothing_is_restarted_twice(tmp_path: Path, redis: RedisServer):
    platform = AppPlatform(loses=True)
    async with in_the_cloud(tmp_path, redis, platform) as small:
        assert (await carried_out(small))["state"] == "succeeded"
    assert platform.restarts == 1


async def test_refusal_of_the_cloud_is_told(tmp_path: Path, redis: RedisServer):
    platform = AppPlatform(refuses=403)
    async with in_the_cloud(tmp_path, redis, platform) as small:
        assert (await carried_out(small))["state"] == "failed"
        assert "DigitalOcean answered HTTP 403" in await outcome(small)
