"""Is a reset at Upstash planned whole: what ends, who is told, what Pong needs, and when nobody stops it?"""

from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from bot.applications.health import Application
from bot.errors import BadInput, Refused, ServiceUnavailable
from bot.providers.app_spec import App
from bot.providers.digitalocean import DigitalOcean
from bot.providers.upstash import UpstashDatabase
from bot.remediations.app_variable import AppVariable
from bot.remediations.digest import from_json, to_json
from bot.remediations.plan import HttpCall, Plan, Preview, Repeat, Tier, Wait
from bot.remediations.rotate import prepare
from tests.bot.remediations.conftest import SceneAt
from tests.fixtures.cloud import DO_TOKEN, UPSTASH_EMAIL, UPSTASH_KEY, AppPlatform, app_spec
from tests.fixtures.managed import UpstashAccount

SHOP = Application(name="shop", credentials_command=("tell-shop",), health_url="http://127.0.0.1:1/")
WORKER = Application(name="worker", credentials_command=("tell-worker",))


async def planned(
    scene_at: SceneAt,
    word: str,
    account: UpstashAccount,
    *,
    key: str = UPSTASH_KEY,
    transport: httpx.AsyncBaseTransport | None = None,
    in_fallback: bool = False,
    **target: Any,
) -> tuple[Plan, Preview]:
    database = UpstashDatabase("https://api.upstash.test", UPSTASH_EMAIL, SecretStr(key), "db-1")
    given = {"consumers": (SHOP, WORKER), "own_secrets": ("REDIS_URL",), **target}
    async with (
        httpx.AsyncClient(transport=transport or account.transport()) as http,
        scene_at("redis://127.0.0.1:1", allowed="rotate", database=database, **given) as scene,
    ):
        object.__setattr__(scene, "http", http)
        object.__setattr__(scene, "in_fallback", in_fallback)
        return await prepare(scene, (word,))


async def test_in_fallback_mode_a_planned_one_is_refused_and_a_leaked_one_does_not_wait(
    scene_at: SceneAt,
) -> None:
    with pytest.raises(Refused, match=r"switch it off first \(/redis fallback off\), then rotate"):
        await planned(scene_at, "planned", UpstashAccount(), in_fallback=True)
    plan, preview = await planned(scene_at, "leaked", UpstashAccount(), in_fallback=True)
    assert plan.steps[-1].line() == "tell-worker   (it reads: default ••••)"
    assert preview.says[-1].startswith("Fallback mode is on: whether the applications connect is not")


async def test_the_reset_comes_first_is_looked_up_and_then_everybody_is_told(scene_at: SceneAt) -> None:
    plan, preview = await planned(scene_at, "leaked", UpstashAccount())
    assert [step.line() for step in plan.steps] == [
        "POST /v2/redis/reset-password/db-1 on Upstash",
        "wait at most 180 s until Upstash has another password",
        "tell-shop   (it reads: default ••••)",
        "tell-worker   (it reads: default ••••)",
        "wait at most 180 s until shop says that Redis is connected",
    ]
    call, seen = plan.steps[:2]
    assert isinstance(call, HttpCall)
    assert (call.repeat, call.fields) == (Repeat.CHECK, ())
    assert isinstance(seen, Wait)
    assert seen.condition == "password-is-another"
    assert (plan.tier, plan.least_approvals, plan.undo) == (
        Tier.ACCESS_CHANGING,
        2,
        "Cannot be undone: the old password is gone",
    )
    assert preview.says == (
        "The password and both REST tokens end at once; who uses a REST token gets the new one from Upstash",
        "shop, worker will be told the new password. Make sure that nobody else uses it",
        "Pong's own access ends too: set REDIS_URL anew from Upstash's console and restart Pong, "
        "which is blind there until then",
        "Nothing verifies that these use the new one, they have no health_url: worker",
    )
    assert plan.afterwards.startswith("set REDIS_URL anew")


async def test_planned_is_no_gentler_and_says_so(scene_at: SceneAt) -> None:
    account = UpstashAccount()
    planned_one, preview = await planned(scene_at, "planned", account)
    assert preview.says[0].startswith("There is no overlap at Upstash: planned is no gentler than leaked")
    assert planned_one == (await planned(scene_at, "leaked", account))[0]


async def test_once_it_is_reset_nobody_stops_it_before_everybody_is_told(scene_at: SceneAt) -> None:
    plan, _ = await planned(scene_at, "leaked", UpstashAccount())
    assert [plan.may_stop_before(number) for number in range(5)] == [True, False, False, False, False]
    assert [plan.may_stop_in(number) for number in range(1, 5)] == [False, False, True, True]
    assert plan.must_go_on([0])


async def test_a_plan_holds_no_credential_and_is_another_for_another_password(scene_at: SceneAt) -> None:
    account = UpstashAccount()
    plan, preview = await planned(scene_at, "leaked", account)
    kept = to_json(plan) + to_json(preview) + repr(plan)
    assert not [secret for secret in (*account.passwords, *account.rest_tokens) if secret in kept]
    assert from_json(Plan, to_json(plan)) == plan
    account.passwords.append("f" * 32)
    assert (await planned(scene_at, "leaked", account))[0] != plan


async def test_a_pong_with_a_user_of_its_own_stays_as_it_is(scene_at: SceneAt) -> None:
    plan, preview = await planned(scene_at, "leaked", UpstashAccount(), own_secrets=(), consumers=(SHOP,))
    assert plan.afterwards == ""
    assert len(preview.says) == 2


async def test_what_is_missing_is_named_and_nothing_is_planned(scene_at: SceneAt) -> None:
    with pytest.raises(BadInput, match="Nobody would be told"):
        await planned(scene_at, "leaked", UpstashAccount(), consumers=())
    with pytest.raises(BadInput, match="planned, or has the password leaked"):
        await planned(scene_at, "soon", UpstashAccount())
    with pytest.raises(ServiceUnavailable, match="Nothing was planned: Upstash answered HTTP 401"):
        await planned(scene_at, "leaked", UpstashAccount(), key="another")


async def test_two_users_that_take_turns_go_before_a_reset(scene_at: SceneAt) -> None:
    with pytest.raises(ServiceUnavailable, match="Its users were not read"):
        await planned(scene_at, "leaked", UpstashAccount(), users=("shop_a", "shop_b"))


async def test_an_app_at_digitalocean_is_told_by_its_variable_and_followed(scene_at: SceneAt) -> None:
    platform = AppPlatform(spec=app_spec(REDIS_URL="rediss://default:canary@h:1"))
    account = UpstashAccount()
    digitalocean = DigitalOcean("https://api.digitalocean.test", SecretStr(DO_TOKEN))
    app = App(
        account=digitalocean,
        application="mailer",
        app_id="app-1",
        redis_env="REDIS_URL",
        redis_url="rediss://eu1.upstash.test:6379",
    )
    both = Both({"api.digitalocean.test": platform.transport(), "api.upstash.test": account.transport()})
    mailer = Application(name="mailer", health_url="http://127.0.0.1:1/")
    plan, preview = await planned(
        scene_at, "leaked", account, transport=both, apps=(app,), consumers=(SHOP, mailer)
    )
    assert [step.line() for step in plan.steps[2:5]] == [
        "tell-shop   (it reads: default ••••)",
        "PUT /v2/apps/app-1 on DigitalOcean with REDIS_URL ••••, and all else of its spec as it is",
        "wait at most 600 s until mailer is deployed with its new REDIS_URL",
    ]
    assert "REDIS_URL of mailer stands in web" in preview.says
    step = plan.steps[3]
    assert isinstance(step, AppVariable)
    assert str(step.value) == "rediss://default:••••@eu1.upstash.test:6379"
    assert "canary" not in to_json(plan) + to_json(preview) + repr(plan)
    assert from_json(Plan, to_json(plan)) == plan


class Both(httpx.AsyncBaseTransport):
    """Several stand-ins, by the name of the host."""

    def __init__(self, by_host: dict[str, httpx.MockTransport]) -> None:
        self._by_host = by_host

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self._by_host[request.url.host].handle_async_request(request)
