"""Is the right Redis chosen, by name and by labels?"""

import pytest
from pydantic import SecretStr

from bot.config.settings import Settings
from bot.errors import BadInput, SettingsError
from bot.targets.address import parse
from bot.targets.rest import Rest
from bot.targets.target import Target, Targets


def target(name: str) -> Target:
    return Target(name=name, address=parse("redis://127.0.0.1"))


BOTH = Targets(
    {name: target(name) for name in ("redis-prod", "redis-jobs")},
    {"redis-prod": {"service": "redis", "env": "prod"}, "redis-jobs": {"service": "redis", "env": "jobs"}},
)


def settings(**changes: object) -> Settings:
    tables = {
        "slack": {"team": "T12345", "incidents_channel": "C12345"},
        "targets": {
            "redis-prod": {
                "url_env": "PROD",
                "remediation_url_env": "PROD_RW",
                "application": "shop",
                "labels": {"a": "b"},
            },
            "redis-jobs": {"url_env": "JOBS"},
        },
        "applications": {"shop": {"health_url": "http://127.0.0.1/api/health"}},
        "secrets": {
            "PROD": SecretStr("redis://127.0.0.1:1"),
            "PROD_RW": SecretStr("redis://w:pw@127.0.0.1:1"),
        },
    }
    return Settings.model_validate(tables | changes)


def test_a_target_is_found_by_name() -> None:
    assert BOTH.get("redis-jobs").name == "redis-jobs"


def test_a_mistyped_target_is_answered_with_the_nearest() -> None:
    with pytest.raises(BadInput) as raised:
        BOTH.get("redis-prd")
    said = 'There is no target "redis-prd". Did you mean redis-prod? Targets: redis-prod, redis-jobs.'
    assert str(raised.value) == said


def test_what_resembles_no_target_gets_the_list_alone() -> None:
    with pytest.raises(BadInput, match=r'^There is no target "zzz"\. Targets: redis-prod, redis-jobs\.$'):
        BOTH.get("zzz")


def test_without_a_name_the_only_target_is_meant() -> None:
    assert Targets({"one": target("one")}).get().name == "one"


def test_without_a_name_several_targets_are_asked_about() -> None:
    with pytest.raises(BadInput, match="Which target"):
        BOTH.get()


def test_labels_choose_the_target_that_has_them_all() -> None:
    assert BOTH.matching({"service": "redis", "env": "jobs", "alertname": "RedisDown"}) == "redis-jobs"


def test_labels_that_fit_none_or_several_choose_none() -> None:
    assert BOTH.matching({"service": "redis"}) is None
    twice = Targets({name: target(name) for name in "ab"}, {"a": {"x": "1"}, "b": {"y": "1"}})
    assert twice.matching({"x": "1", "y": "1"}) is None


def test_a_target_without_labels_matches_no_alert() -> None:
    assert Targets({"one": target("one")}, {"one": {}}).matching({"alertname": "RedisDown"}) is None


def test_settings_make_targets_with_their_application() -> None:
    found = Targets.from_settings(settings()).get("redis-prod")
    assert (str(found.address), found.remediation is not None) == ("127.0.0.1:1", True)
    assert found.application is not None
    assert found.application.health_url == "http://127.0.0.1/api/health"


def test_a_target_without_an_address_says_what_to_set() -> None:
    with pytest.raises(SettingsError, match=r"^redis-jobs has no address: set JOBS\.$"):
        Targets.from_settings(settings()).get("redis-jobs")


def test_a_bad_address_names_its_variable_and_not_its_value() -> None:
    with pytest.raises(SettingsError, match=r"^PROD: ") as raised:
        Targets.from_settings(settings(secrets={"PROD": SecretStr("ftp://x:sesame@127.0.0.1")}))
    assert "sesame" not in str(raised.value)


def test_an_application_that_is_not_configured_is_named() -> None:
    with pytest.raises(SettingsError, match="shop"):
        Targets.from_settings(settings(applications={}))


PROD = {"url_env": "PROD", "upstash_database_id": "db-1", "grafana_url": "https://grafana.example/d/1"}


def test_what_stands_at_a_provider_needs_its_key() -> None:
    with pytest.raises(SettingsError, match="set UPSTASH_EMAIL and UPSTASH_API_KEY"):
        Targets.from_settings(settings(targets={"redis-prod": PROD}))
    app = {"digitalocean_app_id": "app-1", "digitalocean_droplet_ids": (7,)}
    with pytest.raises(SettingsError, match="set DIGITALOCEAN_TOKEN"):
        Targets.from_settings(settings(applications={"shop": app}))


def test_with_the_keys_each_has_its_place() -> None:
    secrets = {
        "PROD": SecretStr("https://eu1.example"),
        "UPSTASH_REDIS_REST_TOKEN": SecretStr("rest-token"),
        "UPSTASH_EMAIL": SecretStr("maria@example.com"),
        "UPSTASH_API_KEY": SecretStr("upstash-key"),
        "DIGITALOCEAN_TOKEN": SecretStr("do-token"),
    }
    app = {
        "digitalocean_app_id": "app-1",
        "digitalocean_droplet_ids": (7,),
        "log_files": ("/var/log/shop.log",),
    }
    made = settings(
        targets={"redis-prod": PROD | {"application": "shop"}}, applications={"shop": app}, secrets=secrets
    )
    prod = Targets.from_settings(made).get("redis-prod")
    assert isinstance(prod.address, Rest)
    assert prod.address.token == secrets["UPSTASH_REDIS_REST_TOKEN"]
    assert (prod.database is not None, prod.links) == (True, (("Grafana", "https://grafana.example/d/1"),))
    assert prod.cloud is not None
    assert (prod.cloud.app_id, prod.cloud.droplets) == ("app-1", (7,))
    assert prod.application is not None
    assert len(prod.application.logs) == 2
    for secret in ("rest-token", "upstash-key", "do-token", "maria@example.com"):
        assert secret not in repr(prod)


def test_a_rest_api_without_its_token_is_told() -> None:
    with pytest.raises(SettingsError, match="set UPSTASH_REDIS_REST_TOKEN"):
        Targets.from_settings(settings(secrets={"PROD": SecretStr("https://eu1.example")}))


@pytest.mark.parametrize(
    ("url", "changes", "own"),
    [
        ("https://eu1.example", "", ("UPSTASH_REDIS_REST_TOKEN",)),
        ("https://:rest-token@eu1.example", "", ("PROD",)),
        ("rediss://:first@eu1.example", "rediss://default:first@eu1.example", ("PROD", "CHANGES")),
        ("rediss://pong:own@eu1.example", "rediss://pong_changes:own@eu1.example", ()),
    ],
)
def test_which_of_its_own_secrets_end_with_the_default_user_s_is_known(
    url: str, changes: str, own: tuple[str, ...]
) -> None:
    secrets = {"PROD": SecretStr(url), "UPSTASH_REDIS_REST_TOKEN": SecretStr("rest-token")}
    if changes:
        secrets["CHANGES"] = SecretStr(changes)
    table = {"url_env": "PROD", "remediation_url_env": "CHANGES"}
    made = settings(targets={"redis-prod": table}, secrets=secrets)
    assert Targets.from_settings(made).get("redis-prod").own_secrets == own
