"""Is every setting that is wrong named at once, and does no secret show?"""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from bot.config.settings import Settings, load, missing_to_run
from bot.errors import SettingsError

GOOD = """
[slack]
team = "T0PONG"
incidents_channel = "C0INCIDENTS"

[people]
approvers = ["U0DEV", "S0SRE"]

[targets.redis-prod]
url_env = "PROD_URL"
labels = { instance = "redis-prod:6379" }
"""
CANARY = "hunter2222"
AT = 'digitalocean_redis_url = "redis://h:1"'
SECRETS = {
    "SLACK_BOT_TOKEN": f"xoxb-{CANARY}",
    "SLACK_APP_TOKEN": f"xapp-{CANARY}",
    "PROD_URL": f"redis://pong:{CANARY}@redis-prod:6379",
}


@pytest.fixture
def toml(tmp_path: Path) -> Path:
    path = tmp_path / "pong.toml"
    path.write_text(GOOD)
    return path


def test_what_is_not_said_has_its_usual_value(toml: Path) -> None:
    settings = load(toml, {})
    assert settings.database_url == "sqlite:///pong.db"
    assert settings.people.approvers == ("U0DEV", "S0SRE")
    assert settings.escalation.update_every_min == 10
    assert settings.targets["redis-prod"].thresholds.memory_critical_percent == 90


def test_secrets_come_from_the_environment(toml: Path) -> None:
    settings = load(toml, SECRETS)
    assert settings.secret("SLACK_BOT_TOKEN") == SECRETS["SLACK_BOT_TOKEN"]
    assert settings.secret("PROD_URL") == SECRETS["PROD_URL"]
    assert settings.secret("SLACK_SIGNING_SECRET") is None


def test_a_secret_may_stand_in_a_file(toml: Path, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"xoxb-{CANARY}\n")
    settings = load(toml, {"SLACK_BOT_TOKEN_FILE": str(tmp_path / "token")})
    assert settings.secret("SLACK_BOT_TOKEN") == f"xoxb-{CANARY}"


def test_a_secrets_file_that_cannot_be_read_is_named(toml: Path, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"SLACK_BOT_TOKEN_FILE names .*missing, which cannot be read"):
        load(toml, {"SLACK_BOT_TOKEN_FILE": str(tmp_path / "missing")})


def test_the_environment_says_where_the_store_and_slack_are(toml: Path) -> None:
    settings = load(toml, {"DATABASE_URL": "sqlite:////tmp/x.db", "SLACK_API_URL": "http://127.0.0.1:1/api/"})
    assert settings.database_url == "sqlite:////tmp/x.db"
    assert settings.slack.api_url == "http://127.0.0.1:1/api/"


def test_no_secret_shows_in_the_settings_themselves(toml: Path) -> None:
    settings = load(toml, SECRETS)
    assert CANARY not in repr(settings)
    assert CANARY not in str(settings)
    assert CANARY not in settings.model_dump_json()


def test_what_configured_commands_inherit_holds_no_secret(toml: Path) -> None:
    told = {"PATH": "/bin", "DATABASE_URL": "postgresql://u:p@h/d", "SLACK_BOT_TOKEN_FILE": ""}
    settings = load(toml, SECRETS | told)
    assert settings.inherited == {"PATH": "/bin"}
    assert "/bin" not in repr(settings)


def test_the_redactor_is_told_every_secret_and_the_password_within_an_address(toml: Path) -> None:
    assert set(load(toml, SECRETS).secret_values()) == {*SECRETS.values(), CANARY}


def test_each_of_several_secrets_of_pagerduty_is_told_to_the_redactor(toml: Path) -> None:
    told = load(toml, {"PAGERDUTY_WEBHOOK_SECRET": "first-secret, second-secret\nthird"}).secret_values()
    assert {"first-secret", "second-secret", "third"} <= set(told)


@examples(deadline=None)
@given(st.text(alphabet="abcXYZ019:@%-_.", min_size=1, max_size=20))
def test_any_password_in_an_address_is_told_to_the_redactor(password: str) -> None:
    settings = Settings.model_validate(
        {
            "slack": {"team": "T0PONG", "incidents_channel": "C0INCIDENTS"},
            "secrets": {"REDIS_URL": f"redis://pong:{password}@redis-prod:6379/0"},
        }
    )
    assert password in settings.secret_values()


def test_everything_that_is_wrong_is_named_at_once(toml: Path) -> None:
    toml.write_text(
        GOOD.replace("T0PONG", "pong").replace("C0INCIDENTS", "#incidents").replace('"U0DEV"', '"@dev"')
        + "\n[web]\nport = 99999\n[esclation]\nhold_min = 5\n"
    )
    with pytest.raises(SettingsError) as wrong:
        load(toml, SECRETS)
    for name in ("slack.team", "slack.incidents_channel", "people.approvers.0", "web.port", "esclation"):
        assert name in str(wrong.value)
    assert "5 thing(s)" in str(wrong.value)
    assert CANARY not in str(wrong.value)


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("[approval]\nto_approve_min = 0", "approval.to_approve_min"),
        ("[escalation]\nunresolved_after_min = -1", "escalation.unresolved_after_min"),
        ("[alerts]\nincidents_per_hour = 0", "alerts.incidents_per_hour"),
        ("[people.more]\nx = 1", "people.more"),
        ('[targets.other]\nurl = "redis://h"', "targets.other.url"),
    ],
)
def test_a_setting_out_of_range_or_misspelt_is_refused(toml: Path, line: str, place: str) -> None:
    toml.write_text(f"{GOOD}\n{line}\n")
    with pytest.raises(SettingsError, match=place.replace(".", r"\.")):
        load(toml, {})


def test_a_missing_file_says_what_to_copy(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"copy pong\.example\.toml"):
        load(tmp_path / "pong.toml", {})


@pytest.mark.parametrize("content", [b"[slack", b"\xff\xfe"])
def test_a_file_that_is_no_toml_is_said(toml: Path, content: bytes) -> None:
    toml.write_bytes(content)
    with pytest.raises(SettingsError, match="is not valid TOML"):
        load(toml, {})


def test_settings_cannot_be_changed_afterwards(toml: Path) -> None:
    settings = load(toml, {})
    with pytest.raises(ValueError, match="frozen"):
        settings.database_url = "sqlite:///other.db"


def test_all_that_is_missing_to_run_is_named_with_where_to_get_it(toml: Path) -> None:
    lines = missing_to_run(load(toml, {}))
    assert [line.split(":")[0] for line in lines] == ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "PROD_URL"]
    assert all("your app" in line for line in lines[:2])
    assert "SLACK_SIGNING_SECRET" in lines[1]


@pytest.mark.parametrize("name", ["SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"])
def test_one_way_into_slack_is_enough(toml: Path, name: str) -> None:
    environment = {"SLACK_BOT_TOKEN": "xoxb-x", name: "y", "PROD_URL": "redis://h"}
    assert missing_to_run(load(toml, environment)) == []


def test_a_pong_without_a_redis_is_told_so(toml: Path) -> None:
    toml.write_text(GOOD.split("[targets")[0])
    assert "[targets.NAME]" in missing_to_run(load(toml, SECRETS))[-1]


def test_the_example_file_is_good() -> None:
    assert load(Path(__file__).parents[3] / "pong.example.toml", {}).targets


@pytest.mark.parametrize("name", ["my redis", "", "x" * 61, "<!channel>", "-prod"])
def test_target_that_nobody_could_type_after_a_command_is_refused(toml: Path, name: str) -> None:
    toml.write_text(f'{GOOD}\n[targets."{name}"]\n')
    with pytest.raises(SettingsError, match=r"targets\..*: a name is one word of at most 60 letters"):
        load(toml, {})


def test_a_channels_name_is_refused_with_where_its_id_stands(toml: Path) -> None:
    toml.write_text(GOOD.replace('"C0INCIDENTS"', '"#incidents"'))
    with pytest.raises(SettingsError, match="an id as C0123ABCD: the channel's details, at the bottom"):
        load(toml, {})


def test_tokens_of_what_pong_toml_names_are_asked_for_with_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "pong.toml"
    path.write_text(GOOD + '\n[applications.web]\ncloudflare_zone_id = "z1"\ndigitalocean_app_id = "a1"\n')
    missing = [line.partition(":")[0] for line in missing_to_run(load(path, SECRETS))]
    assert {"CLOUDFLARE_API_TOKEN", "DIGITALOCEAN_TOKEN"} <= set(missing)
    settings = load(path, SECRETS | {"CLOUDFLARE_API_TOKEN": "t", "DIGITALOCEAN_TOKEN": "t"})
    assert not missing_to_run(settings)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('digitalocean_redis_env = "REDIS URL"', "the name of an environment variable, such as REDIS_URL"),
        ('digitalocean_redis_env = "A"', "belong together: set both"),
        (AT, "belong together: set both"),
        (
            f'digitalocean_redis_env = "A"\n{AT}',
            "set digitalocean_app_id too",
        ),
        ('digitalocean_fallback_env = "A"', "set digitalocean_app_id too"),
        (
            f'digitalocean_redis_env = "A"\n{AT}\ncredentials_command = ["x"]',
            "in two ways: keep credentials_command or digitalocean_redis_env",
        ),
        (
            'digitalocean_fallback_env = "A"\nfallback_on_command = ["x"]',
            "in two ways: keep digitalocean_fallback_env, or the commands or the workflow",
        ),
        ('digitalocean_fallback_env = "A"\nfallback_workflow = "f.yml"', "in two ways"),
        (
            'digitalocean_app_id = "a"\ndigitalocean_fallback_env = "A"\ndigitalocean_fallback_on = "false"',
            "digitalocean_fallback_on and digitalocean_fallback_off are the same",
        ),
        ('digitalocean_fallback_on = "a b"', "the value of a flag: one word"),
        ('digitalocean_redis_url = "http://h:1"', "an address such as rediss://"),
        ('digitalocean_redis_url = "redis://"', "an address such as rediss://"),
        ('digitalocean_redis_url = "redis://h:port"', "an address such as rediss://"),
    ],
)
def test_how_an_app_at_digitalocean_is_told_is_said_once_and_whole(toml: Path, lines: str, said: str) -> None:
    toml.write_text(f"{GOOD}\n[applications.web]\n{lines}\n")
    with pytest.raises(SettingsError, match=said):
        load(toml, SECRETS)


@pytest.mark.parametrize("who", [f":{CANARY}@", f"shop:{CANARY}@", "shop@"])
def test_an_address_with_a_password_in_pong_toml_is_refused_and_not_repeated(toml: Path, who: str) -> None:
    for url in (f"rediss://{who}h:1/0", f"rediss://h:1?password={CANARY}"):
        toml.write_text(f'{GOOD}\n[applications.web]\ndigitalocean_redis_url = "{url}"\n')
        with pytest.raises(SettingsError, match="an address without user and password") as refused:
            load(toml, SECRETS)
        assert CANARY not in str(refused.value)


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ('cloudflare_never_block = ["office"]', "office is no IP address and no range"),
        ('cloudflare_never_block = ["203.0.113.7/24"]', "203.0.113.7/24 is no IP address and no range"),
        ('cloudflare_limit_path = "/a\\") or (true"', "the beginning of a path, such as /api/"),
        ('cloudflare_limit_path = "api"', "the beginning of a path, such as /api/"),
    ],
)
def test_what_cloudflare_could_not_be_told_is_refused_at_the_start(
    tmp_path: Path, setting: str, said: str
) -> None:
    path = tmp_path / "pong.toml"
    path.write_text(f"{GOOD}\n[applications.web]\n{setting}\n")
    with pytest.raises(SettingsError, match=said):
        load(path, SECRETS)


def test_a_database_s_address_is_a_secret_with_every_password_in_it(tmp_path: Path):
    file = tmp_path / "pong.toml"
    file.write_text(GOOD + "[databases.orders]\n", "utf-8")
    url = "postgresql://pong:se%40same@db/orders?password=other-one&sslpassword=third-one"
    loaded = load(file, {"POSTGRES_URL": url})
    assert {url, "se@same", "other-one", "third-one"} <= set(loaded.secret_values())
    assert "other-one" not in repr(loaded)
    assert any("POSTGRES_URL: the address of orders" in line for line in missing_to_run(load(file, {})))


def test_names_of_targets_applications_and_databases_differ(tmp_path: Path):
    file = tmp_path / "pong.toml"
    file.write_text(GOOD + "[applications.shop]\n[databases.shop]\n", "utf-8")
    with pytest.raises(SettingsError, match="shop: a target, an application and a database need names"):
        load(file, {})


@pytest.mark.parametrize(
    ("line", "environment"),
    [
        ('alertmanager_url = ["http://am-1:9093", "https://am-2/am"]', {}),
        ('alertmanager_url = "http://am-1:9093, https://am-2/am"', {}),
        ('alertmanager_url = "http://old:9093"', {"ALERTMANAGER_URL": "http://am-1:9093,https://am-2/am"}),
    ],
)
def test_several_addresses_are_one_alertmanager(toml: Path, line: str, environment: dict[str, str]) -> None:
    toml.write_text(f"{line}\n{GOOD}")
    assert load(toml, environment).alertmanager_url == ("http://am-1:9093", "https://am-2/am")


def test_what_is_no_address_of_alertmanager_is_said(toml: Path) -> None:
    with pytest.raises(SettingsError, match=r"alertmanager_url.*: an address that begins with https://"):
        load(toml, {"ALERTMANAGER_URL": "http://am-1:9093,am-2:9093"})
