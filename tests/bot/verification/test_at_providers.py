"""Is an outside service asked what a plan waits for, and is its silence no yes?"""

from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from bot.clock import SystemClock
from bot.providers.app_spec import App
from bot.providers.cloudflare import Zone
from bot.providers.digitalocean import Cloud, DigitalOcean, ManagedDatabase
from bot.providers.upstash import UpstashDatabase
from bot.targets.address import parse
from bot.targets.target import Target
from bot.verification.conditions import look
from bot.verification.held import Looker
from tests.bot.verification.test_conditions import NOWHERE, held
from tests.fixtures.cloud import CF_TOKEN, DO_TOKEN, UPSTASH_EMAIL, UPSTASH_KEY, CloudflareZone
from tests.fixtures.managed import UpstashAccount

DEPLOYMENTS = "/v2/apps/app-1/deployments"


def account() -> Cloud:
    return Cloud(DigitalOcean("https://api.digitalocean.com", SecretStr(DO_TOKEN)), "app-1")


@pytest.mark.parametrize(
    ("deployments", "state"),
    [
        ([], "not yet"),
        ([{"id": "before", "phase": "ACTIVE"}], "not yet"),
        ([{"id": "after", "phase": "DEPLOYING"}], "under way"),
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


@pytest.mark.parametrize(
    ("deployment", "state", "says"),
    [
        ({"id": "before", "phase": "ACTIVE"}, "not yet", "has not begun"),
        ({"id": "after", "phase": "BUILDING"}, "under way", "after is building"),
        ({"id": "after", "phase": "ACTIVE"}, "yes", "after is active"),
        (
            {"id": "after", "phase": "ERROR"},
            "never",
            "what ran before it goes on: read its log at DigitalOcean",
        ),
    ],
)
async def test_the_deployment_of_an_app_that_is_named_is_followed(
    deployment: Any, state: str, says: str
) -> None:
    apps = (App(account=account().account, application="mailer", app_id="app-1"),)
    answers = {DEPLOYMENTS: {"deployments": [deployment]}}
    told = await held("app-deployed", "app-1 before", answers=answers, apps=apps)
    assert (told.state, says in told.says) == (state, True)
    assert (await held("app-deployed", "app-2 before", answers=answers, apps=apps)).state == "never"


async def test_no_app_has_no_deployment() -> None:
    assert (await held("deployment-active", "before")).state == "never"


@pytest.mark.parametrize(
    ("told", "state", "says"),
    [
        ({"state": "active", "type": "payg"}, "yes", "the plan at Upstash is payg"),
        ({"state": "active", "type": "free"}, "not yet", "the plan at Upstash is free"),
        ({"state": "active", "type": "paid"}, "not yet", "the plan at Upstash is not told"),
        ({"state": "active", "type": "payg", "modifying_state": "moving"}, "not yet", "is moving"),
        ({"state": "suspended", "type": "payg"}, "not yet", "is suspended"),
        (None, "not yet", "Upstash answered HTTP 404"),
    ],
)
async def test_a_plan_is_booked_when_upstash_says_so_and_is_done(
    told: dict[str, Any] | None, state: str, says: str
) -> None:
    database = UpstashDatabase("https://api.upstash.test", UPSTASH_EMAIL, SecretStr(UPSTASH_KEY), "db-1")
    answers = {"/v2/redis/database/db-1": told} if told else {}
    found = await held("plan-is", "payg", answers=answers, database=database)
    assert found.state == state
    assert says in found.says


async def test_without_a_database_at_upstash_no_plan_is_waited_for() -> None:
    assert (await held("plan-is", "payg", answers={})).state == "never"


@pytest.mark.parametrize(
    ("status", "size", "nodes", "begun", "is_over"),
    [
        ("online", "db-s-1vcpu-1gb", 2, "not yet", "never"),
        ("resizing", "db-s-1vcpu-1gb", 2, "yes", "not yet"),
        ("resizing", "db-s-1vcpu-2gb", 2, "yes", "not yet"),
        ("migrating", "db-s-1vcpu-1gb", 2, "not yet", "not yet"),
        ("online", "db-s-1vcpu-2gb", 1, "yes", "never"),
        ("online", "db-s-1vcpu-2gb", 2, "yes", "yes"),
    ],
)
async def test_a_resize_is_over_when_it_is_online_with_that_size_and_those_nodes(
    status: str, size: str, nodes: int, begun: str, is_over: str
) -> None:
    database = ManagedDatabase(account().account, "db-1")
    told = {"engine": "valkey", "status": status, "size": size, "num_nodes": nodes}
    answers = {"/v2/databases/db-1": {"database": told}}
    found = await held("resize-begun", "db-s-1vcpu-2gb", answers=answers, database=database)
    assert found.state == begun
    found = await held("size-is", "db-s-1vcpu-2gb 2", answers=answers, database=database)
    assert found.state == is_over
    assert f"is {status}, {size}, {nodes} node" in found.says


@pytest.mark.parametrize("condition", ["resize-begun", "size-is"])
async def test_what_digitalocean_does_not_tell_holds_not_yet(condition: str) -> None:
    database = ManagedDatabase(account().account, "db-1")
    assert (await held(condition, "x 1", answers={}, database=database)).state == "not yet"
    assert (await held(condition, "x 1", answers={})).state == "never"


async def test_another_password_is_told_by_its_mark() -> None:
    account = UpstashAccount()
    database = UpstashDatabase("https://api.upstash.test", UPSTASH_EMAIL, SecretStr(UPSTASH_KEY), "db-1")
    async with httpx.AsyncClient(transport=account.transport()) as http:
        target = Target(name="redis-prod", address=parse(NOWHERE), database=database)
        looker = Looker(target=target, clock=SystemClock(), http=http)
        before = await database.credential(http)
        assert not isinstance(before, str)
        assert (await look("password-is-another", before.mark, looker)).state == "not yet"
        account.passwords.append("0" * 32)
        found = await look("password-is-another", before.mark, looker)
        assert (found.state, found.says) == ("yes", "Upstash has another password")


async def test_a_password_that_is_not_told_is_no_other_one() -> None:
    database = UpstashDatabase("https://api.upstash.test", UPSTASH_EMAIL, SecretStr("another"), "db-1")
    found = await held("password-is-another", "x", answers={}, database=database)
    assert (found.state, found.says) == ("not yet", "Upstash answered HTTP 401")
    assert (await held("password-is-another", "x", answers={})).state == "never"


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
