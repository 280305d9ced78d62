"""Is what the README says still so?"""

import asyncio
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from pydantic import BaseModel

from bot.catalog import RUNBOOKS
from bot.clock import SystemClock
from bot.config.pagerduty_table import PagerDutyTable
from bot.config.settings import SECRET_NAMES, Settings, load
from bot.config.statuspage_table import StatuspageTable
from bot.config.tables import (
    AlertsTable,
    ApplicationTable,
    ApprovalTable,
    EscalationTable,
    GrafanaTable,
    PeopleTable,
    ProviderTable,
    SlackTable,
    StoreTable,
    TargetTable,
    ThresholdsTable,
    TrendTable,
    WebTable,
)
from bot.diagnostics.triage import triage
from bot.execution.effects.redis import remediation_client
from bot.execution.effects.sweep import Listener, Sweep, sweep
from bot.execution.evidence import collect
from bot.postgres.table import DatabaseTable, DatabaseThresholdsTable
from bot.remediations import clear_cache
from bot.targets.address import Address, parse
from bot.targets.target import Target
from commands import VERBS
from tests.fixtures.redis_fixtures import StartServer, binary, start_server
from tests.fixtures.redis_server import RedisServer

__all__ = ["binary", "start_server"]

ROOT = Path(__file__).parents[1]
FIRST_PAGE = (ROOT / "README.md").read_text("utf-8")
README = FIRST_PAGE + (ROOT / "docs" / "running.md").read_text("utf-8")
TABLES: dict[str, type[BaseModel]] = {
    "[slack]": SlackTable,
    "[people]": PeopleTable,
    "[escalation]": EscalationTable,
    "[approval]": ApprovalTable,
    "[pagerduty]": PagerDutyTable,
    "[statuspage]": StatuspageTable,
    "[alerts]": AlertsTable,
    "[trend]": TrendTable,
    "[store]": StoreTable,
    "[targets.NAME]": TargetTable,
    "[targets.NAME.thresholds]": ThresholdsTable,
    "[applications.NAME]": ApplicationTable,
    "[databases.NAME]": DatabaseTable,
    "[databases.NAME.thresholds]": DatabaseThresholdsTable,
    "[providers.NAME]": ProviderTable,
    "[grafana]": GrafanaTable,
    "[web]": WebTable,
}


def row_of(name: str) -> str:
    rows = [line for line in README.splitlines() if line.startswith(f"| `{name}`")]
    assert len(rows) == 1, name
    return rows[0]


def test_every_scope_has_its_reason() -> None:
    manifest = yaml.safe_load((ROOT / "manifest.yml").read_text("utf-8"))
    explained = README.partition("| Scope |")[2].partition("\n\n")[0]
    named = set(
        re.findall(r"`([a-z_]+(?::[a-z.]+)?)`", " ".join(re.findall(r"^\| (`.*?) \|", explained, re.M)))
    )
    assert named == set(manifest["oauth_config"]["scopes"]["bot"])


def test_every_secret_is_named() -> None:
    for name in (
        *SECRET_NAMES,
        "REDIS_URL",
        "REDIS_REMEDIATION_URL",
        "POSTGRES_URL",
        "DATABASE_URL",
        "SLACK_API_URL",
    ):
        assert f"`{name}`" in README


@pytest.mark.parametrize("name", TABLES)
def test_every_setting_is_named_with_its_default(name: str) -> None:
    row = row_of(name)
    for setting, field in TABLES[name].model_fields.items():
        if setting == "thresholds":
            continue
        assert f"`{setting}`" in row
        if isinstance(field.default, int | float) and not isinstance(field.default, bool):
            assert f"({field.default:g})" in row
    named = set(re.findall(r"`([a-z_]+)`", row))
    assert not named - TABLES[name].model_fields.keys()


def test_every_setting_before_the_tables_is_named() -> None:
    tables = {name.strip("[]").partition(".")[0] for name in TABLES} | {"secrets", "inherited"}
    for setting in Settings.model_fields.keys() - tables:
        assert f"`{setting}`" in README


def test_every_alert_that_opens_an_incident_is_named() -> None:
    for runbook in RUNBOOKS.values():
        assert not [alert for alert in runbook.alerts if f"`{alert}`" not in README]


def test_every_word_that_can_be_typed_is_named() -> None:
    asked = FIRST_PAGE.partition("## What can be asked")[2]
    for command in ("/redis", "/incident"):
        listed = re.search(rf"`{command} ([^`]+)`", asked)
        assert listed
        words = {word.split()[0] for word in listed[1].split("|")}
        assert words == {verb.name for verb in VERBS.values() if command in (verb.command, verb.also)}


def test_every_file_that_is_linked_is_there() -> None:
    linked = [link for link in re.findall(r"\]\(([^)]+)\)", FIRST_PAGE) if "://" not in link]
    assert not [link for link in linked if not (ROOT / link).exists()]


def test_example_settings_are_valid_and_name_only_what_exists() -> None:
    settings = load(ROOT / "pong.example.toml", {"REDIS_URL": "redis://127.0.0.1"})
    assert settings.targets["redis-prod"].application in settings.applications


# -- Alertmanager ----------------------------------------------------------------------------------------


@pytest.fixture
def alertmanager_yml(tmp_path: Path) -> Path:
    shown = re.search(r"```yaml\n(.*?)```", README, re.S)
    assert shown
    path = tmp_path / "alertmanager.yml"
    path.write_text(shown[1], "utf-8")
    return path


def amtool(*words: str) -> str:
    program = shutil.which("amtool")
    if program is None:
        pytest.skip("there is no amtool on this machine: it comes with prometheus-alertmanager")
    return subprocess.run([program, *words], capture_output=True, text=True, check=True, timeout=30).stdout


def test_alertmanager_takes_the_configuration(alertmanager_yml: Path) -> None:
    assert "SUCCESS" in amtool("check-config", str(alertmanager_yml))


@pytest.mark.parametrize("alert", sorted(next(iter(RUNBOOKS.values())).alerts))
def test_every_alert_goes_to_people_and_to_pong(alertmanager_yml: Path, alert: str) -> None:
    answer = amtool("config", "routes", "test", f"--config.file={alertmanager_yml}", f"alertname={alert}")
    assert answer.split() == ["pong,on-call"]


def test_webhook_of_the_configuration_is_a_route_of_pong(alertmanager_yml: Path) -> None:
    shown: dict[str, Any] = yaml.safe_load(alertmanager_yml.read_text("utf-8"))
    pong = next(receiver for receiver in shown["receivers"] if receiver["name"] == "pong")
    assert pong["webhook_configs"][0]["url"].endswith(":8080/webhooks/alertmanager")


# -- the Redis users -------------------------------------------------------------------------------------


def users() -> Iterator[tuple[str, list[str]]]:
    for line in re.findall(r"^ACL SETUSER (.+)$", README, re.M):
        name, *rules = re.findall(r"\([^)]*\)|\S+", line)
        yield name, rules


@pytest.fixture
def server(start_server: StartServer) -> RedisServer:
    """A server with the README's users and some keys of the shop's."""
    started = start_server()
    for name, rules in users():
        started.command("ACL", "SETUSER", name, *rules)
    with started.client() as client, client.pipeline(transaction=False) as pipeline:
        for number in range(3_000):
            pipeline.set(f"cache:{number}", "x" * 100)
        pipeline.set("session:1", "maria")
        pipeline.execute()
    return started


def address_of(server: RedisServer, user: str) -> Address:
    return parse(server.url(user=user, password="PASSWORD"))


async def test_the_user_that_looks_can_do_all_of_triage_and_nothing_else(server: RedisServer) -> None:
    target = Target(name="redis-prod", address=address_of(server, "pong"))
    async with httpx.AsyncClient() as http:
        diagnosis = await triage(target, SystemClock(), http)
    unset = {one.check for one in diagnosis.not_checked if one.is_unset}
    assert {one.check for one in diagnosis.not_checked} <= {"hit rate", "pauses", *unset}
    assert server.command("ACL", "LOG") == []
    for words in (("SET", "cache:1", "x"), ("DEL", "cache:1"), ("GET", "cache:1"), ("FLUSHALL",)):
        refused = server.command("ACL", "DRYRUN", "pong", *words)
        assert b"no permissions" in refused or b"no access" in refused


async def test_the_user_that_changes_can_clear_two_classes_and_nothing_else(server: RedisServer) -> None:
    address, clock = address_of(server, "pong-remedy"), SystemClock()
    redis, canary = remediation_client(address), remediation_client(address)
    try:
        await clear_cache.measure(redis, "cache:", clock, classes={"cache": "cache:"})
        assert (await collect(redis, clock)).missing == ()
        listener = Listener(asked_to_stop=_never, on_progress=lambda progress: asyncio.sleep(0))
        result = await sweep(redis, canary, Sweep(prefix=b"cache:"), clock=clock, listener=listener)
    finally:
        await redis.aclose()
        await canary.aclose()
    assert (result.deleted, result.stopped_because) == (3_000, None)
    assert server.command("ACL", "LOG") == []
    for words in (
        ("UNLINK", "jobs:1"),
        ("GET", "session:1"),
        ("FLUSHALL",),
        ("CONFIG", "GET", "maxmemory"),
    ):
        refused = server.command("ACL", "DRYRUN", "pong-remedy", *words)
        assert b"no permissions" in refused or b"no access" in refused


async def _never() -> bool:
    return False
