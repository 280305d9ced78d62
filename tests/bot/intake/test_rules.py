"""Does each alert find its runbook and its target, and is a rule that names nothing refused in a sentence?"""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from bot.alerts.alert import Alert
from bot.applications.health import Application
from bot.catalog import ALERT_SOURCES, RUNBOOKS
from bot.config.settings import load
from bot.config.tables import AlertsTable, RuleTable
from bot.errors import SettingsError
from bot.incident import AlertState
from bot.intake.rules import Match, faults, match
from bot.targets.named import Named
from bot.targets.target import Targets
from bot.wiring import assembled
from commands import VERBS
from tests.fixtures.small_pong import settings

BOOK, SHOP = "redis-failure", Application(name="shop")
TITLE = "[FIRING:1] RedisMemoryHigh redis-prod (critical)"


def alert(name: str, *, source: str = "pagerduty", **more: Any) -> Alert:
    facts: dict[str, Any] = {"state": AlertState.FIRING, "is_title": source == "pagerduty"}
    return Alert(source=source, key="k", name=name, **(facts | more))


def found(one: Alert, *rules: dict[str, Any], unmatched: str = "count") -> Match | None:
    table = AlertsTable.model_validate({"rules": rules, "unmatched": unmatched})
    targets = Targets({}, {"redis-prod": {"target": "redis-prod"}, "redis-jobs": {"target": "redis-jobs"}})
    return match(one, table=table, runbooks=RUNBOOKS, targets=targets)


def test_without_rules_a_name_is_matched_whole_and_a_title_by_its_words():
    assert found(alert(TITLE)).name == "RedisMemoryHigh"
    assert found(alert("RedisDown", source="grafana")).name == "RedisDown"
    assert found(alert(TITLE, source="grafana")) is None
    for title in ("redis down", "RedisDownstream", "MyRedisDown", "Redis_Down", ""):
        assert found(alert(title)) is None


def test_a_word_ends_at_any_sign_that_is_none():
    for title in ("RedisDown", "[RedisDown]", "x:RedisDown/y", "Alert: RedisDown."):
        assert found(alert(title)).name == "RedisDown"


def test_a_rule_chooses_runbook_and_target_by_source_title_and_labels():
    rule = {
        "source": "pagerduty",
        "name": "*Redis*",
        "labels": {"service": "checkout-*"},
        "runbook": BOOK,
        "target": "redis-jobs",
    }
    labels = {"service": "checkout-redis", "target": "redis-prod"}
    fits = found(alert("Redis is slow", labels=labels), rule)
    assert (fits.runbook.name, fits.target, fits.name) == (BOOK, "redis-jobs", "Redis is slow")
    assert found(alert("Redis is slow", labels={"service": "search"}), rule) is None
    assert found(alert("Redis is slow"), rule) is None
    assert found(alert("redis is slow", labels=labels), rule) is None
    assert found(alert("Redis is slow", labels=labels, source="grafana"), rule) is None


def test_a_title_with_brackets_can_stand_in_a_rule_letter_by_letter():
    rule = {"name": "[FIRING:1] Queue", "runbook": BOOK}
    assert found(alert("[FIRING:1] Queue"), rule)
    assert found(alert("F"), {"name": "[FIRING:1]", "runbook": BOOK})


def test_the_first_rule_that_fits_counts():
    rules = (
        {"name": "*jobs*", "target": "redis-jobs", "runbook": BOOK},
        {"name": "*", "target": "redis-prod", "runbook": BOOK},
    )
    assert found(alert("jobs are late"), *rules).target == "redis-jobs"
    assert found(alert("something"), *rules).target == "redis-prod"


def test_what_a_rule_leaves_out_is_found_as_without_it():
    only_target, only_runbook = {"name": "*", "target": "redis-jobs"}, {"name": "*", "runbook": BOOK}
    labels = {"target": "redis-prod"}
    assert found(alert(TITLE, labels=labels), only_target).target == "redis-jobs"
    assert found(alert("something", labels=labels), only_target) is None
    assert found(alert("something", labels=labels), only_runbook).target == "redis-prod"


def test_a_title_that_a_rule_chose_is_still_called_by_the_alert_in_it():
    assert found(alert(TITLE), {"name": "*", "runbook": BOOK}).name == "RedisMemoryHigh"


def test_labels_choose_among_what_the_runbook_looks_at():
    targets = Targets({}, {"redis-prod": {"app": "shop"}}, {"redis-prod": "REDIS_URL"})
    targets.applications = Named({"shop": SHOP}, {"shop": {"app": "shop"}}, word="application")
    table = AlertsTable.model_validate({"rules": [{"name": "*", "target": "redis-prod"}]})
    labels = {"app": "shop"}

    def matched(name: str) -> tuple[str, str | None]:
        one = alert(name, source="grafana", labels=labels)
        fits = match(one, table=table, runbooks=RUNBOOKS, targets=targets)
        return fits.runbook.name, fits.target

    assert matched("RedisDown") == (BOOK, "redis-prod")
    assert matched("ApiDown") == ("api-server-down", "shop"), "a rule's target of another kind does not fit"
    assert matched("PostgresDown") == ("database-failure", None)


def test_an_unmatched_alert_is_for_the_kind_of_thing_that_its_labels_choose():
    targets = Targets({}, {"redis-prod": {"target": "redis-prod"}})
    targets.applications = Named({"shop": SHOP}, {"shop": {"app": "shop"}}, word="application")
    one = alert("Disk full", source="grafana", labels={"app": "shop"})
    fits = match(one, table=AlertsTable(unmatched="open"), runbooks=RUNBOOKS, targets=targets)
    assert (fits.runbook.name, fits.target) == ("api-server-down", "shop")


def test_an_unmatched_alert_opens_only_where_that_is_set_and_only_while_it_fires():
    assert found(alert("Disk full")) is None
    assert found(alert("Disk full"), unmatched="open").runbook.name == BOOK
    assert found(alert("Disk full", state=AlertState.RESOLVED), unmatched="open") is None


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ({"name": "*"}, "chooses a runbook, a target, or both"),
        ({"runbook": BOOK}, "says which alerts it is for"),
        ({"name": "*", "runbok": BOOK}, "runbok"),
    ],
)
def test_a_rule_that_says_too_little_is_refused(rule: dict[str, Any], why: str):
    with pytest.raises(ValidationError, match=why):
        RuleTable.model_validate(rule)


def test_a_rule_that_names_what_is_not_there_is_a_fault_in_one_line(tmp_path: Path):
    rules = [
        {"name": "*", "runbook": BOOK, "target": "redis-prod"},
        {"source": "nagios", "runbook": "redis", "target": "redis-prd"},
    ]
    lines = list(
        faults(settings(tmp_path, alerts={"rules": rules}), sources=ALERT_SOURCES, runbooks=RUNBOOKS)
    )
    assert lines == [
        "alerts.rules, number 2: there is no source “nagios”: alertmanager, grafana, pagerduty",
        "alerts.rules, number 2: there is no runbook “redis”: "
        "api-server-down, database-failure, redis-failure",
        "alerts.rules, number 2: there is no target “redis-prd”: redis-prod",
    ]


def test_a_rule_whose_target_is_no_such_thing_as_its_runbook_is_about_is_a_fault(tmp_path: Path):
    rules = [
        {"name": "*", "runbook": "api-server-down", "target": "redis-prod"},
        {"name": "*", "runbook": "api-server-down", "target": "shop"},
        {"name": "*", "runbook": BOOK, "target": "orders"},
    ]
    given = settings(tmp_path, alerts={"rules": rules}, applications={"shop": {}}, databases={"orders": {}})
    assert list(faults(given, sources=ALERT_SOURCES, runbooks=RUNBOOKS)) == [
        "alerts.rules, number 1: api-server-down is about an application, and redis-prod is none",
        "alerts.rules, number 3: redis-failure is about a Redis, and orders is none",
    ]


async def test_pong_does_not_start_with_such_a_rule(tmp_path: Path):
    file = tmp_path / "pong.toml"
    file.write_text(
        '[slack]\nteam = "T0PONG"\nincidents_channel = "C0INCIDENTS"\n[targets.redis-prod]\n'
        '[[alerts.rules]]\nname = "*"\ntarget = "redis-prd"\n'
    )
    secrets = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "REDIS_URL": "redis://127.0.0.1:1"}
    with pytest.raises(SettingsError, match="there is no target “redis-prd”: redis-prod"):
        async with assembled(load(file, secrets), VERBS):
            pass
