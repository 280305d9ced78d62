"""Is Upstash asked as its developer API documents it?"""

from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from bot.providers.upstash import UpstashDatabase
from tests.fixtures.cloud import UPSTASH_EMAIL, UPSTASH_KEY, cloud

DATABASE, STATS = "/v2/redis/database/db-1", "/v2/redis/stats/db-1"


async def state(answers: dict[str, Any], key: str = UPSTASH_KEY):
    database = UpstashDatabase("https://api.upstash.test", UPSTASH_EMAIL, SecretStr(key), "db-1")
    assert UPSTASH_EMAIL not in repr(database)
    async with httpx.AsyncClient(transport=cloud(answers)) as http:
        return await database.state(http)


async def test_its_state_and_what_is_used_of_its_limits() -> None:
    database = {"state": "active", "db_disk_threshold": 1000, "db_max_clients": 100, "password": "s3cret"}
    stats = {"current_storage": 950, "connection_count": [{"x": "1", "y": 3}, {"x": "2", "y": 20}]}
    found = await state({DATABASE: database, STATS: stats})
    assert found.is_well
    assert [(one.name, one.used, one.limit) for one in found.usages] == [
        ("bytes stored", 950, 1000),
        ("clients", 20, 100),
    ]
    assert "s3cret" not in repr(found)


async def test_without_its_stats_only_the_state_is_known() -> None:
    found = await state({DATABASE: {"state": "active"}})
    assert (found.is_well, found.usages) == (True, ())
    assert found.notes == ("its usage is not known: Upstash answered HTTP 404",)


@pytest.mark.parametrize("body", [{}, {"state": ""}, {"state": None}])
async def test_a_state_that_is_not_told_is_a_fault(body: dict[str, Any]) -> None:
    found = await state({DATABASE: body, STATS: {"current_storage": "x", "connection_count": "y"}})
    assert found.fault or not found.is_well


async def test_a_wrong_key_is_a_fault() -> None:
    assert (await state({}, key="wrong")).fault == "Upstash answered HTTP 401"
