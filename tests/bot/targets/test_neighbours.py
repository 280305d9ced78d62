"""Are applications and databases built from pong.toml, each found by its name among all there is?"""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from bot.errors import BadInput, SettingsError
from bot.runbooks.runbook import LooksAt
from bot.targets.target import Targets
from tests.fixtures.small_pong import settings

ADDRESS = "postgresql://pong:sesame@db.example:6432/orders?sslmode=verify-full"
SECRETS = {"REDIS_URL": "redis://127.0.0.1:1/0", "POSTGRES_URL": ADDRESS}
TABLES: dict[str, Any] = {
    "applications": {
        "shop": {"health_url": "https://shop.example/health", "labels": {"app": "shop"}},
        "blog": {},
    },
    "databases": {
        "orders": {"application": "shop", "labels": {"db": "orders"}},
        "old": {"url_env": "OLD_URL"},
    },
    "secrets": SECRETS,
}


def test_each_name_leads_to_its_kind(tmp_path: Path) -> None:
    targets = Targets.from_settings(settings(tmp_path, **TABLES))
    kinds = {name: targets.find(name)[0] for name in ("redis-prod", "shop", "orders")}
    assert kinds == {
        "redis-prod": LooksAt.REDIS,
        "shop": LooksAt.APPLICATION,
        "orders": LooksAt.DATABASE,
    }
    assert targets.find()[1].name == "redis-prod"


def test_an_application_and_its_database_know_each_other(tmp_path: Path) -> None:
    targets = Targets.from_settings(settings(tmp_path, **TABLES))
    orders = targets.databases.get("orders")
    assert (orders.host, orders.port) == ("db.example", 6432)
    assert orders.application is not None
    assert (orders.application.name, orders.application.databases) == ("shop", ("orders",))
    assert "sesame" not in repr(orders)


def test_labels_choose_among_the_kind(tmp_path: Path) -> None:
    targets = Targets.from_settings(settings(tmp_path, **TABLES))
    labels = {"app": "shop", "db": "orders", "target": "redis-prod"}
    assert [targets.among(kind).matching(labels) for kind in LooksAt] == ["redis-prod", "shop", "orders"]


def test_what_is_not_set_says_what_to_set(tmp_path: Path) -> None:
    targets = Targets.from_settings(settings(tmp_path, **TABLES))
    with pytest.raises(SettingsError, match=r"blog has no address: set health_url in \[applications.blog\]"):
        targets.find("blog")
    with pytest.raises(SettingsError, match="old has no address: set OLD_URL"):
        targets.find("old")


def test_a_mistyped_name_is_answered_with_all_there_is(tmp_path: Path) -> None:
    targets = Targets.from_settings(settings(tmp_path, **TABLES))
    with pytest.raises(BadInput) as error:
        targets.find("order")
    assert str(error.value) == (
        'There is no target "order". Did you mean orders? Targets: redis-prod. '
        "Applications: shop, blog. Databases: orders, old."
    )


def test_an_address_that_cannot_be_read_is_named_and_not_quoted(tmp_path: Path) -> None:
    wrong = settings(
        tmp_path, **(TABLES | {"secrets": SECRETS | {"POSTGRES_URL": "mysql://pong:sesame@db/x"}})
    )
    with pytest.raises(SettingsError, match="POSTGRES_URL: this is no address of a PostgreSQL") as error:
        Targets.from_settings(wrong)
    assert "sesame" not in str(error.value)


def test_two_things_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="redis-prod: a target, an application and a database need"):
        settings(tmp_path, databases={"redis-prod": {}})
