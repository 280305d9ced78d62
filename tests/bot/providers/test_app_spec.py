"""Is an app's spec read whole, changed in one variable alone, and do its values show nowhere?"""

import copy
from dataclasses import replace
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from bot.providers.app_spec import APP_LEVEL, App, Spec
from bot.providers.digitalocean import DigitalOcean
from tests.fixtures.cloud import DO_TOKEN, AppPlatform, app_spec

SHOP = App(
    account=DigitalOcean("https://api.digitalocean.test", SecretStr(DO_TOKEN)),
    application="shop",
    app_id="app-1",
)


async def read(platform: AppPlatform, app: App = SHOP) -> Spec | str:
    async with httpx.AsyncClient(transport=platform.transport()) as http:
        return await app.spec(http)


def spread() -> dict[str, Any]:
    """REDIS_URL stands at the app itself, in a component, and in one of a kind that is new."""
    whole = app_spec(REDIS_URL="redis://a")
    whole["envs"].append({"key": "REDIS_URL", "value": "redis://b"})
    whole["future_kind"].append({"name": "later", "envs": [{"key": "REDIS_URL", "value": "redis://c"}]})
    return whole


def test_a_variable_is_found_wherever_it_stands() -> None:
    spec = Spec(spread())
    assert spec.places("REDIS_URL") == (APP_LEVEL, "web", "later")
    assert sorted(spec.values("REDIS_URL")) == ["redis://a", "redis://b", "redis://c"]
    assert spec.places("REDIS") == spec.places("redis_url") == ()


def test_a_change_touches_the_variable_alone() -> None:
    whole = spread()
    before = copy.deepcopy(whole)
    changed = Spec(whole).changed("REDIS_URL", "redis://new", is_secret=True)
    assert whole == before
    assert Spec(changed).values("REDIS_URL") == ("redis://new",) * 3
    for place, old in ((changed, before), (changed["services"][0], before["services"][0])):
        assert place["envs"][-1] == old["envs"][-1] | {"value": "redis://new", "type": "SECRET"}
        place["envs"][-1] = old["envs"][-1]
    changed["future_kind"] = before["future_kind"]
    assert changed == before


def test_a_flag_keeps_the_type_that_it_has() -> None:
    changed = Spec(app_spec(FALLBACK="false")).changed("FALLBACK", "true", is_secret=False)
    assert changed["services"][0]["envs"][-1] == {"key": "FALLBACK", "value": "true", "scope": "RUN_TIME"}


def test_what_digitalocean_fills_in_is_known() -> None:
    assert Spec(app_spec(REDIS_URL="${cache.DATABASE_URL}")).is_bound("REDIS_URL")
    assert not Spec(app_spec(REDIS_URL="redis://h")).is_bound("REDIS_URL")


@pytest.mark.parametrize(
    ("source", "follows"),
    [
        ({"github": {"deploy_on_push": True}}, True),
        ({"image": {"deploy_on_push": {"enabled": True}}}, True),
        ({"image": {"deploy_on_push": {"enabled": False}}}, False),
        ({"gitlab": {"branch": "main"}}, False),
        ({"github": "nonsense"}, False),
    ],
)
def test_who_is_deployed_by_a_push_is_known(source: dict[str, Any], follows: bool) -> None:
    assert Spec({"workers": [{"name": "mailer", **source}]}).followers == (("mailer",) if follows else ())


@pytest.mark.parametrize("whole", [{}, {"envs": 7}, {"envs": ["x", None]}, {"services": ["x", {"envs": {}}]}])
def test_nonsense_has_no_variables(whole: dict[str, Any]) -> None:
    assert Spec(whole).places("REDIS_URL") == Spec(whole).values("REDIS_URL") == ()


async def test_it_is_read_whole_and_shows_nothing() -> None:
    platform = AppPlatform(spec=app_spec(REDIS_URL="redis://in-the-clear"))
    spec = await read(platform)
    assert isinstance(spec, Spec)
    assert (spec.whole, spec.is_pinned) == (platform.spec, False)
    assert "in-the-clear" not in repr(spec)
    platform.is_pinned = True
    assert "is_pinned=True" in repr(await read(platform))


async def test_what_is_not_told_is_a_clause() -> None:
    assert await read(AppPlatform(reads=500)) == "DigitalOcean answered HTTP 500"
    wrong = replace(SHOP, account=DigitalOcean("https://api.digitalocean.test", SecretStr("wrong")))
    assert await read(AppPlatform(), wrong) == "DigitalOcean answered HTTP 401"
    other = replace(SHOP, app_id="app-2")
    assert await read(AppPlatform(), other) == "DigitalOcean answered HTTP 404"
    platform = AppPlatform()
    platform.spec = []  # type: ignore[assignment]
    assert await read(platform) == "DigitalOcean does not tell the spec of this app"
