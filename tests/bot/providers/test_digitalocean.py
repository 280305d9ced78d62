"""Is DigitalOcean asked as its API documents it, and nothing of an answer taken on that is a secret?"""

from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from bot.providers.digitalocean import AppLog, Cluster, DigitalOcean, ManagedDatabase, firewalls, memory_of
from tests.fixtures.cloud import DO_TOKEN, LOG_URL, cloud

ACCOUNT = DigitalOcean("https://api.digitalocean.test", SecretStr(DO_TOKEN))
LOGS = "/v2/apps/app-1/logs"


async def with_http(answers: dict[str, Any], ask: Any, *, log: bytes = b"") -> Any:
    async with httpx.AsyncClient(transport=cloud(answers, log=log)) as http:
        return await ask(http)


async def test_an_app_s_log_is_fetched_from_where_the_api_says() -> None:
    named = {LOGS: {"live_url": "https://logs.example/live", "historic_urls": [LOG_URL]}}
    tail = await with_http(named, AppLog(ACCOUNT, "app-1").tail, log=b"one\ntwo\n")
    assert (tail.lines, tail.fault) == ((b"one", b"two"), "")


async def test_a_log_without_a_safe_address_is_not_fetched() -> None:
    for body in ({}, {"historic_urls": ["http://169.254.169.254/", "file:///etc/passwd"], "live_url": 7}):
        tail = await with_http({LOGS: body}, AppLog(ACCOUNT, "app-1").tail)
        assert tail.fault == "DigitalOcean names no address of the log"


async def test_a_wrong_token_is_told_and_does_not_show() -> None:
    wrong = DigitalOcean("https://api.digitalocean.test", SecretStr("wrong-token"))
    tail = await with_http({}, AppLog(wrong, "app-1").tail)
    assert tail.fault == "DigitalOcean answered HTTP 401"
    assert "wrong-token" not in repr(wrong)


async def test_a_database_tells_its_state_and_no_password() -> None:
    database = {
        "status": "online",
        "connection": {"password": "s3cret"},
        "maintenance_window": {"pending": True},
    }
    answers = {"/v2/databases/db-1": {"database": database}}
    state = await with_http(answers, ManagedDatabase(ACCOUNT, "db-1").state)
    assert (state.status, state.is_well, state.notes) == ("online", True, ("maintenance is due",))
    assert "s3cret" not in repr(state)


async def test_what_is_no_database_is_a_fault() -> None:
    state = await with_http({"/v2/databases/db-1": {"database": []}}, ManagedDatabase(ACCOUNT, "db-1").state)
    assert state.fault == "DigitalOcean does not tell of this database"
    missing = await with_http({}, ManagedDatabase(ACCOUNT, "db-1").state)
    assert missing.fault == "DigitalOcean answered HTTP 404"


async def test_all_pages_of_the_firewalls_are_read() -> None:
    following = {"links": {"pages": {"next": "https://api.digitalocean.test/v2/firewalls?page=2"}}}
    answers = {
        "/v2/firewalls": {"firewalls": [{"id": "a"}], **following},
        "/v2/firewalls#2": {"firewalls": [{"id": "b"}, "nonsense"], "links": {}},
    }
    found = await with_http(answers, lambda http: firewalls(http, ACCOUNT))
    assert [one["id"] for one in found] == ["a", "b"]
    assert await with_http({}, lambda http: firewalls(http, ACCOUNT)) == "DigitalOcean answered HTTP 404"


async def test_trusted_sources_are_read() -> None:
    rules = [{"type": "app", "value": "app-1"}]
    answers = {"/v2/databases/db-1/firewall": {"rules": rules}}
    assert await with_http(answers, ManagedDatabase(ACCOUNT, "db-1").trusted) == rules


CLUSTER = Cluster(engine="valkey", size="db-s-1vcpu-2gb", num_nodes=2, status="online")


async def test_a_cluster_tells_its_size_and_no_password() -> None:
    told = {"engine": "valkey", "size": "db-s-1vcpu-2gb", "num_nodes": 2, "status": "online"}
    answers = {"/v2/databases/db-1": {"database": told | {"connection": {"password": "s3cret"}}}}
    assert await with_http(answers, ManagedDatabase(ACCOUNT, "db-1").cluster) == CLUSTER
    for left_out in ("size", "num_nodes", "status"):
        part = {"/v2/databases/db-1": {"database": {**told, left_out: None}}}
        found = await with_http(part, ManagedDatabase(ACCOUNT, "db-1").cluster)
        assert found == "DigitalOcean does not tell its size"
    assert await with_http({}, ManagedDatabase(ACCOUNT, "db-1").cluster) == "DigitalOcean answered HTTP 404"


async def sizes(options: Any) -> Any:
    answers = {"/v2/databases/options": options} if options is not None else {}
    return await with_http(answers, lambda http: ManagedDatabase(ACCOUNT, "db-1").sizes(http, CLUSTER))


async def test_sizes_are_those_of_its_engine_and_its_number_of_nodes() -> None:
    layouts = [{"num_nodes": 1, "sizes": ["a"]}, {"num_nodes": 2, "sizes": ["b", 7, "c"]}, "nonsense"]
    other = {"layouts": [{"num_nodes": 2, "sizes": ["d"]}]}
    assert await sizes({"options": {"valkey": {"layouts": layouts}, "redis": other}}) == ("b", "c")
    for odd in ({}, {"valkey": []}, {"valkey": {"layouts": 7}}, {"valkey": {"layouts": [{"num_nodes": 2}]}}):
        assert await sizes({"options": odd}) == ()
    assert await sizes({}) == "DigitalOcean does not tell which sizes there are"
    assert await sizes(None) == "DigitalOcean answered HTTP 404"


@pytest.mark.parametrize(
    ("size", "memory"), [("db-s-1vcpu-2gb", 2), ("so1_5-32vcpu-256gb", 256), ("db-s-small", None), ("", None)]
)
def test_a_size_tells_its_memory_by_its_name(size: str, memory: int | None) -> None:
    assert memory_of(size) == memory
