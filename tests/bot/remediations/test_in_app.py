"""Is it said where a variable stands and what is deployed with it, and refused where it would go wrong?"""

from typing import Any
from urllib.parse import unquote, urlsplit

import httpx
import pytest
from pydantic import SecretStr

from bot.errors import Refused, ServiceUnavailable
from bot.providers.app_spec import App
from bot.providers.digitalocean import DigitalOcean
from bot.remediations.in_app import Seen, around_password, deployed, look, says_of
from tests.bot.remediations.conftest import SceneAt
from tests.fixtures.cloud import DO_TOKEN, AppPlatform, app_spec

CLEAR = "redis://shop_a:canary@127.0.0.1:6379"


async def seen_at(scene_at: SceneAt, platform: AppPlatform, *, token: str = DO_TOKEN) -> Seen:
    account = DigitalOcean("https://api.digitalocean.test", SecretStr(token))
    app = App(account=account, application="shop", app_id="app-1", redis_env="REDIS_URL")
    async with (
        httpx.AsyncClient(transport=platform.transport()) as http,
        scene_at("redis://127.0.0.1:1", allowed="rotate") as scene,
    ):
        object.__setattr__(scene, "http", http)
        return await look(scene, app, "REDIS_URL")


async def test_it_says_where_it_stands_what_runs_and_what_could_be_lost(scene_at: SceneAt) -> None:
    seen = await seen_at(scene_at, AppPlatform(spec=app_spec(REDIS_URL=CLEAR)))
    assert says_of(seen) == (
        "REDIS_URL of shop stands in web",
        "shop is deployed with its newest spec, and has it once that serves: that takes minutes. "
        "Runs now: deployment before-0 is active (commit 0ld0ld0)",
        "DigitalOcean is told to fetch no newer code for it; a push ships some: web follows its branch",
        "Its spec is sent back whole: leave it alone meanwhile, a change in that same second would be lost",
    )
    assert "canary" not in repr(seen)
    assert deployed(seen).line() == "wait at most 600 s until shop is deployed with its new REDIS_URL"
    assert deployed(seen).given == "app-1 before-0"


def pinned(platform: AppPlatform) -> None:
    platform.is_pinned = True


def under_way(platform: AppPlatform) -> None:
    platform.deploys("PENDING_BUILD")


@pytest.mark.parametrize(
    ("spec", "becomes", "says"),
    [
        (app_spec(), None, "Its app spec has no REDIS_URL: set it once at DigitalOcean for the app of shop"),
        (app_spec(REDIS_URL="${cache.REDIS_URL}"), None, "itself fills in REDIS_URL of shop"),
        (app_spec(REDIS_URL=CLEAR), pinned, "was rolled back and is pinned: commit or revert that"),
        (app_spec(REDIS_URL=CLEAR), under_way, "is being deployed .*pending build.*: wait for its end"),
    ],
)
async def test_what_would_end_badly_is_refused_before_anybody_is_asked(
    scene_at: SceneAt, spec: dict[str, Any], becomes: Any, says: str
) -> None:
    platform = AppPlatform(spec=spec)
    if becomes:
        becomes(platform)
    with pytest.raises(Refused, match=says):
        await seen_at(scene_at, platform)


async def test_what_is_not_told_plans_nothing(scene_at: SceneAt) -> None:
    with pytest.raises(ServiceUnavailable, match="Nothing was planned: DigitalOcean answered HTTP 401"):
        await seen_at(scene_at, AppPlatform(), token="wrong")
    with pytest.raises(ServiceUnavailable, match="Nothing was planned: DigitalOcean answered HTTP 503"):
        await seen_at(scene_at, AppPlatform(reads=503))


@pytest.mark.parametrize(
    "url", ["rediss://redis.example.com:6379/0?ssl_cert_reqs=required", "redis://[::1]:7"]
)
@pytest.mark.parametrize("user", ["shop_b", "shop:b.c-1"])
def test_user_and_password_are_put_into_the_address(url: str, user: str) -> None:
    before, after = around_password(url, user)
    whole = urlsplit(f"{before}secret{after}")
    plain = urlsplit(url)
    assert (unquote(whole.username or ""), whole.password) == (user, "secret")
    assert (whole.scheme, whole.hostname, whole.port) == (plain.scheme, plain.hostname, plain.port)
    assert (whole.path, whole.query) == (plain.path, plain.query)
