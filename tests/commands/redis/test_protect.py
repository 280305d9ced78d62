"""Is the zone guarded more after a confirm, and back again, with the old level told?"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from tests.commands.redis.test_restart import incident
from tests.fixtures.asking import asked
from tests.fixtures.carrying_out import carried_out, confirmed, outcome
from tests.fixtures.cloud import CF_TOKEN, CloudflareZone
from tests.fixtures.redis_server import RedisServer
from tests.fixtures.small_pong import MARIA, SmallPong, asks


@asynccontextmanager
async def guarded(
    path: Path, redis: RedisServer, zone: CloudflareZone, *, token: str = CF_TOKEN
) -> AsyncIterator[SmallPong]:
    application, secrets = {"cloudflare_zone_id": "zone-1"}, {"CLOUDFLARE_API_TOKEN": token}
    async with (
        incident(path, redis, application=application, secrets=secrets) as small,
        httpx.AsyncClient(transport=zone.transport()) as http,
    ):
        yield replace(small, pong=replace(small.pong, http=http))


async def test_it_is_raised_and_put_back(tmp_path: Path, redis: RedisServer):
    zone = CloudflareZone()
    async with guarded(tmp_path, redis, zone) as small:
        answer = await asked(small, asks("protect", words=("under_attack",)))
        assert "The security level is medium now" in answer
        assert "Undo: /redis protect medium redis-prod" in answer
        assert zone.level == "medium"
        await confirmed(small, [MARIA])
        assert (await carried_out(small))["state"] == "succeeded"
        assert zone.level == "under_attack"
        said = (await outcome(small)).replace("\u2060", "")
        assert "the zone's security level is under_attack" in said
        await asked(small, asks("protect", words=("medium",)))
        await confirmed(small, [MARIA], id=2)
        assert (await carried_out(small, id=2))["state"] == "succeeded"
        assert zone.level == "medium"


async def test_refusal_is_told_and_nothing_is_claimed(tmp_path: Path, redis: RedisServer):
    zone = CloudflareZone(refuses=403)
    async with guarded(tmp_path, redis, zone) as small:
        await asked(small, asks("protect", words=("high",)))
        await confirmed(small, [MARIA])
        assert (await carried_out(small))["state"] == "failed"
        assert "Cloudflare answered HTTP 403" in await outcome(small)


@pytest.mark.parametrize("typed", ["on", "off", "OFF", "*", "essentially_off"])
async def test_other_levels_are_not_asked_for(tmp_path: Path, redis: RedisServer, typed: str):
    async with guarded(tmp_path, redis, CloudflareZone()) as small:
        assert "Which security level?" in await asked(small, asks("protect", words=(typed,)))


async def test_wrong_token_changes_nothing(tmp_path: Path, redis: RedisServer):
    async with guarded(tmp_path, redis, CloudflareZone(), token="another") as small:
        assert "does not tell the zone's security level" in await asked(
            small, asks("protect", words=("high",))
        )


async def test_level_that_it_has_already_is_said(tmp_path: Path, redis: RedisServer):
    async with guarded(tmp_path, redis, CloudflareZone(level="high")) as small:
        assert "is high already" in await asked(small, asks("protect", words=("high",)))


async def test_without_a_zone_the_setting_is_named(on_redis: SmallPong):
    answer = await asked(on_redis, asks("protect", words=("high",)))
    assert "set cloudflare_zone_id" in answer.replace("\u2060", "")
