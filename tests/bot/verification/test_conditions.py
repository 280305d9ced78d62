"""Is what a plan waits for asked of the outside, and told apart from what can never be?"""

import json
from typing import Any

import httpx
import pytest

from bot.applications.health import Application
from bot.clock import SystemClock
from bot.execution.effects.redis import remediation_client
from bot.playground.ports import free_port
from bot.targets.address import parse
from bot.targets.target import Target
from bot.verification.conditions import look
from bot.verification.held import Held, Looker
from tests.fixtures.answering import answering
from tests.fixtures.cloud import cloud
from tests.fixtures.redis_server import RedisServer

NOWHERE = f"redis://127.0.0.1:{free_port()}"


async def held(
    condition: str,
    given: str = "",
    *,
    url: str = NOWHERE,
    answers: dict[str, Any] | None = None,
    **target: Any,
) -> Held:
    transport = cloud(answers) if answers is not None else None
    client = remediation_client(parse(url))
    async with httpx.AsyncClient(transport=transport) as http:
        looker = Looker(
            target=Target(name="redis-prod", address=parse(url), **target),
            clock=SystemClock(),
            http=http,
            redis=client,
        )
        try:
            return await look(condition, given, looker)
        finally:
            await client.aclose()


@pytest.mark.parametrize(
    "condition",
    ["redis-answers", "redis-is-new", "limit-is", "commands-run", "memory-freed", "replica-online"],
)
async def test_dead_server_holds_nothing_yet(condition: str) -> None:
    assert (await held(condition, "1")).state == "not yet"


async def test_a_replica_is_online_once_its_primary_counts_it() -> None:
    with RedisServer() as primary:
        with RedisServer("--replicaof", "127.0.0.1", str(primary.port)) as replica:
            place = f"127.0.0.1:{replica.port}"
            primary.awaits_replicas(1)
            seen = await held("replica-online", place, url=primary.url())
            assert seen == Held("yes", f"the replica {place} is online")
        primary.awaits_replicas(0)
        seen = await held("replica-online", place, url=primary.url())
        assert seen == Held("not yet", f"the replica {place} is not connected")


async def test_real_server_is_new_only_under_another_run_id() -> None:
    with RedisServer("--maxmemory", "64mb") as server:
        run_id = server.command("INFO")["run_id"]
        assert (await held("redis-answers", url=server.url())).is_so
        assert (await held("redis-is-new", "another", url=server.url())).is_so
        assert (await held("redis-is-new", run_id, url=server.url())).state == "not yet"
        assert (await held("limit-is", str(64 * 2**20), url=server.url())).is_so
        assert (await held("limit-is", "1", url=server.url())).state == "not yet"
        assert (await held("commands-run", url=server.url())).is_so
        assert (await held("memory-freed", url=server.url())).is_so


@pytest.mark.parametrize(
    ("body", "state"),
    [
        ({"checks": {"redis": "connected"}}, "yes"),
        ({"checks": {"redis": "disconnected"}}, "not yet"),
        ({"status": "ok"}, "not yet"),
    ],
)
async def test_application_s_own_word_is_asked(body: dict[str, Any], state: str) -> None:
    with answering(lambda: json.dumps(body)) as url:
        application = Application(name="shop", health_url=url)
        assert (await held("application-connected", application=application)).state == state


async def test_application_without_an_address_can_never_say() -> None:
    assert (await held("application-connected")).state == "never"
    assert (await held("application-connected", application=Application(name="shop"))).state == "never"
