"""Is Upstash asked as its developer API documents it?"""

from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from bot.providers.upstash import Booked, UpstashDatabase
from tests.fixtures.cloud import UPSTASH_EMAIL, UPSTASH_KEY, cloud

DATABASE, STATS = "/v2/redis/database/db-1", "/v2/redis/stats/db-1"


def at(key: str = UPSTASH_KEY) -> UpstashDatabase:
    return UpstashDatabase("https://api.upstash.test", UPSTASH_EMAIL, SecretStr(key), "db-1")


async def state(answers: dict[str, Any], key: str = UPSTASH_KEY):
    assert UPSTASH_EMAIL not in repr(at(key))
    async with httpx.AsyncClient(transport=cloud(answers)) as http:
        return await at(key).state(http)


async def booked(answers: dict[str, Any], key: str = UPSTASH_KEY):
    async with httpx.AsyncClient(transport=cloud(answers)) as http:
        return await at(key).booked(http)


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


@pytest.mark.parametrize(
    ("told", "plan"),
    [
        ({"type": "payg", "db_disk_threshold": 1}, "payg"),
        ({"type": "paid", "db_disk_threshold": 250 * 10**6}, "fixed_250mb"),
        ({"type": "paid", "db_disk_threshold": 2**30}, "fixed_1gb"),
        ({"type": "pro", "db_disk_threshold": 500 * 10**9}, "fixed_500gb"),
        ({"type": "paid", "db_disk_threshold": 3 * 2**30}, ""),
        ({"type": "paid"}, ""),
        ({"type": ["payg"], "db_disk_threshold": 2**30}, ""),
        ({"db_disk_threshold": 2**30}, ""),
    ],
)
async def test_a_plan_is_told_by_its_kind_and_its_limit_and_never_guessed(
    told: dict[str, Any], plan: str
) -> None:
    found = await booked({DATABASE: {"state": "active", **told}, STATS: {"current_storage": 7}})
    assert found == Booked(plan=plan, says="active", used_bytes=7)


async def test_a_database_that_is_being_changed_is_busy() -> None:
    changing = {"state": "active", "modifying_state": "updating", "type": "payg"}
    assert await booked({DATABASE: changing}) == Booked(plan="payg", is_busy=True, says="updating")
    assert (await booked({DATABASE: {"type": "payg"}})).is_busy


async def test_why_no_plan_is_known_is_told() -> None:
    assert await booked({}, key="wrong") == "Upstash answered HTTP 401"
    assert await booked({}) == "Upstash answered HTTP 404"


async def credential(password: Any, *, database_id: str = "db-1"):
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.url.path == f"/v2/redis/database/{database_id}"
        assert not request.url.query, "hidden credentials are none"
        return httpx.Response(200, json={"state": "active", "password": password, "rest_token": "r3st"})

    database = UpstashDatabase("https://api.upstash.test", UPSTASH_EMAIL, SecretStr(UPSTASH_KEY), database_id)
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        return await database.credential(http)


async def test_a_credential_shows_nowhere_and_its_mark_tells_it_from_another() -> None:
    found, same, other = await credential("s3cret"), await credential("s3cret"), await credential("s4cret")
    assert found.password.get_secret_value() == "s3cret"
    assert "s3cret" not in repr(found)
    assert found.mark == same.mark != other.mark
    assert len(found.mark) == 8
    assert (await credential("s3cret", database_id="db-2")).mark != found.mark


@pytest.mark.parametrize("told", [None, "", 7, ["x"], "two\nlines"])
async def test_what_is_no_password_is_not_handed_to_anybody(told: Any) -> None:
    assert await credential(told) == "Upstash does not tell the database's password"
