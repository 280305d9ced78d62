"""Is each application that is an app at DigitalOcean known, with the variables that may be changed?"""

from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.targets.target import Targets
from tests.fixtures.cloud import DO_TOKEN
from tests.fixtures.small_pong import settings

SHOP = {
    "digitalocean_app_id": "app-1",
    "digitalocean_redis_env": "REDIS_URL",
    "digitalocean_redis_url": "rediss://redis.example.com:6379/0",
    "digitalocean_fallback_env": "REDIS_FALLBACK",
    "digitalocean_fallback_on": "1",
}
TABLES = {
    "targets": {"redis-prod": {"application": "shop", "consumers": ["mailer", "old", "shop"]}},
    "applications": {"shop": SHOP, "mailer": {"digitalocean_app_id": "app-2"}, "old": {}},
}
URL = {"REDIS_URL": "redis://127.0.0.1:1"}


def test_each_that_is_one_is_there_once_with_its_variables(tmp_path: Path) -> None:
    secrets = URL | {"DIGITALOCEAN_TOKEN": DO_TOKEN}
    target = Targets.from_settings(settings(tmp_path, **TABLES, secrets=secrets)).get()
    assert [app.app_id for app in target.apps] == ["app-2", "app-1"]
    shop = target.app_of("shop")
    assert shop is target.app_by_id("app-1") is not None
    assert (shop.redis_env, shop.redis_url) == ("REDIS_URL", "rediss://redis.example.com:6379/0")
    assert (shop.fallback_env, shop.fallback_on, shop.fallback_off) == ("REDIS_FALLBACK", "1", "false")
    assert target.app_of("old") is target.app_by_id("app-3") is None
    assert DO_TOKEN not in repr(shop)


def test_without_the_token_it_is_said(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="set DIGITALOCEAN_TOKEN"):
        Targets.from_settings(settings(tmp_path, **TABLES, secrets=URL))
