"""Is everybody told who uses the password, and looked at who can be?"""

from dataclasses import replace
from functools import partial

import httpx
import pytest
from pydantic import SecretStr

from bot.applications.health import Application
from bot.errors import BadInput
from bot.providers.app_spec import App
from bot.providers.digitalocean import DigitalOcean
from bot.remediations.consumers import Way, connected, consumers_of, named, said_of, told, ways_of
from bot.remediations.plan import ConfiguredCommand, Repeat
from bot.remediations.secret import HIDDEN, NewSecret, ReadSecret
from bot.targets.address import parse
from bot.targets.target import Target
from tests.bot.remediations.conftest import SceneAt
from tests.fixtures.cloud import DO_TOKEN, AppPlatform, app_spec

SHOP = Application(name="shop", credentials_command=("tell-shop",), health_url="http://127.0.0.1:1/")
WORKER = Application(name="worker", credentials_command=("tell-worker",))


def target(*consumers: Application) -> Target:
    return Target(name="redis-prod", address=parse("redis://127.0.0.1:1"), consumers=consumers)


def test_each_has_to_be_tellable_and_there_has_to_be_one() -> None:
    assert consumers_of(target(SHOP, WORKER)) == (SHOP, WORKER)
    with pytest.raises(BadInput, match=r"set application or consumers in \[targets.redis-prod\]"):
        consumers_of(target())
    with pytest.raises(BadInput, match=r"How old is told .* set credentials_command in \[applications.old\]"):
        consumers_of(target(SHOP, Application(name="old")))


def test_all_are_named_and_those_with_a_health_address_are_looked_at() -> None:
    assert (
        named((SHOP, WORKER))
        == "shop, worker will be told the new password. Make sure that nobody else uses it"
    )
    assert [step.line() for step in connected((SHOP, WORKER))] == [
        "wait at most 180 s until shop says that Redis is connected"
    ]
    assert connected((SHOP, WORKER), in_fallback=True) == ()


def test_what_it_reads_is_hidden_and_told_again_without_harm() -> None:
    [step] = told((Way(consumer=WORKER),), "default", partial(ReadSecret, "password"), undo=lambda _: "None.")
    assert isinstance(step, ConfiguredCommand)
    assert step.line() == f"tell-worker   (it reads: default {HIDDEN})"
    assert step.repeat is Repeat.HARMLESS


async def test_who_shares_an_app_and_its_variable_is_told_once(scene_at: SceneAt) -> None:
    account = DigitalOcean("https://api.digitalocean.test", SecretStr(DO_TOKEN))
    web = App(account=account, application="web", app_id="app-1", redis_env="URL", redis_url="redis://h:1")
    apps = (web, replace(web, application="cron"))
    consumers = (Application(name="web"), WORKER, Application(name="cron"))
    platform = AppPlatform(spec=app_spec(URL="redis://canary"))
    async with (
        httpx.AsyncClient(transport=platform.transport()) as http,
        scene_at("redis://127.0.0.1:1", allowed="rotate", consumers=consumers, apps=apps) as scene,
    ):
        object.__setattr__(scene, "http", http)
        ways = await ways_of(scene)
    steps = told(ways, "shop_b", partial(NewSecret, "password"), undo=lambda name: f"Tell {name}.")
    assert [step.line().partition(" on ")[0] for step in steps] == [
        "PUT /v2/apps/app-1",
        f"tell-worker   (it reads: shop_b {HIDDEN})",
        "wait at most 600 s until web is deployed with its new URL",
    ]
    assert [step.undo for step in steps[:2]] == ["Tell web.", "Tell worker."]
    assert len(said_of(ways)) == 4
