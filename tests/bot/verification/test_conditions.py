"""Is what a plan waits for asked of the outside, and told apart from what can never be?"""

import json
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from bot.applications.health import Application
from bot.clock import SystemClock
from bot.execution.effects.redis import remediation_client
from bot.playground.ports import free_port
from bot.providers.cloudflare import Zone
from bot.providers.digitalocean import Cloud, DigitalOcean
from bot.targets.address import parse
from bot.targets.target import Target
from bot.verification.conditions import Held, Looker, look
from tests.fixtures.answering import answering
from tests.fixtures.cloud import CF_TOKEN, DO_TOKEN, CloudflareZone, cloud
from tests.fixtures.redis_server import RedisServer

NOWHERE = f"redis://127.0.0.1:{free_port()}"
DEPLOYMENTS = "/v2/apps/app-1/deployments"


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


def account() -> Cloud:
    return Cloud(DigitalOcean("https://api.digitalocean.com", SecretStr(DO_TOKEN)), "app-1")


@pytest.mark.parametrize(
    "condition", ["redis-answers", "redis-is-new", "limit-is", "commands-run", "memory-freed"]
)
async def test_dead_server_holds_nothing_yet(condition: str) -> None:
    assert (await held(condition, "1")).state == "not yet"


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


@pytest.mark.parametrize(
    ("deployments", "state"),
    [
        ([], "not yet"),
        ([{"id": "before", "phase": "ACTIVE"}], "not yet"),
        ([{"id": "after", "phase": "DEPLOYING"}], "not yet"),
        ([{"id": "after", "phase": "ACTIVE"}], "yes"),
        ([{"id": "after", "phase": "ERROR"}], "never"),
        ([{"id": "after", "phase": "CANCELED"}], "never"),
        ("nonsense", "not yet"),
    ],
)
async def test_deployment_is_followed_to_its_end(deployments: Any, state: str) -> None:
    answers = {DEPLOYMENTS: {"deployments": deployments}}
    told = await held("deployment-active", "before", answers=answers, cloud=account())
    assert told.state == state


async def test_no_app_has_no_deployment() -> None:
    assert (await held("deployment-active", "before")).state == "never"


@pytest.mark.parametrize(
    "condition", ["address-blocked", "address-let-in", "limit-at-cloudflare", "limit-gone-at-cloudflare"]
)
async def test_without_a_zone_no_protection_can_ever_be_seen(condition: str) -> None:
    assert (await held(condition, "203.0.113.7")).state == "never"


@pytest.mark.parametrize(
    ("condition", "given", "state"),
    [
        ("address-blocked", "192.0.2.1", "not yet"),  # by a rule of somebody else's
        ("address-blocked", "192.0.2.2", "yes"),
        ("address-let-in", "192.0.2.1", "yes"),
        ("address-let-in", "192.0.2.2", "not yet"),
        ("limit-at-cloudflare", "50 per 10s", "yes"),
        ("limit-at-cloudflare", "51 per 10s", "not yet"),
        ("limit-gone-at-cloudflare", "rule-4", "not yet"),
        ("limit-gone-at-cloudflare", "rule-3", "yes"),
    ],
)
@pytest.mark.parametrize("reads", [200, 500])
async def test_only_pongs_own_rules_count_and_what_cannot_be_read_is_not_there_yet(
    condition: str, given: str, state: str, reads: int
) -> None:
    at_cloudflare = CloudflareZone(reads=reads)
    at_cloudflare.blocks("192.0.2.1")
    at_cloudflare.blocks("192.0.2.2", notes="Pong: redis-prod")
    at_cloudflare.limited("login", "Pong: redis-prod")
    zone = Zone("https://api.cloudflare.com", SecretStr(CF_TOKEN), "zone-1")
    async with httpx.AsyncClient(transport=at_cloudflare.transport()) as http:
        target = Target(name="redis-prod", address=parse(NOWHERE), zone=zone)
        seen = await look(condition, given, Looker(target=target, clock=SystemClock(), http=http))
    assert seen.state == (state if reads == 200 else "not yet")
