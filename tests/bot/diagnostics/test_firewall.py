"""Is a port that the firewall closes found, and a database that does not trust the application?"""

from dataclasses import replace
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from bot.config.tables import ThresholdsTable
from bot.diagnostics.finding import Severity
from bot.diagnostics.firewall import closed, is_trusted, judge, read
from bot.diagnostics.question import NotSet
from bot.providers.digitalocean import Cloud, DigitalOcean, ManagedDatabase
from tests.fixtures.cloud import DO_TOKEN, cloud
from tests.fixtures.recorded import TARGET, RecordedSubject, recorded

ACCOUNT = DigitalOcean("https://api.digitalocean.test", SecretStr(DO_TOKEN))


def wall(ports: str, *, droplets: tuple[int, ...] = (1,), protocol: str = "tcp") -> dict[str, Any]:
    return {"droplet_ids": list(droplets), "outbound_rules": [{"protocol": protocol, "ports": ports}]}


@pytest.mark.parametrize(
    ("ports", "is_open"),
    [
        ("all", True),
        ("0", True),
        ("6379", True),
        ("6000-7000", True),
        ("443", False),
        ("7000-8000", False),
        ("x", False),
    ],
)
def test_a_port_is_let_out_by_its_rule(ports: str, is_open: bool) -> None:
    assert (closed([wall(ports)], (1,), 6379) == []) is is_open


def test_one_rule_of_one_firewall_is_enough_and_no_firewall_closes_nothing() -> None:
    assert closed([wall("443"), wall("6379")], (1,), 6379) == []
    assert closed([wall("443", droplets=(2,))], (1,), 6379) == []
    assert closed([wall("all", protocol="udp")], (1, 2), 6379) == [1]


@pytest.mark.parametrize(
    ("rules", "trusted"),
    [
        ([], True),
        ([{"type": "app", "value": "app-1"}], True),
        ([{"type": "droplet", "value": "1"}], True),
        ([{"type": "app", "value": "another"}], False),
        ([{"type": "tag", "value": "web"}], True),
    ],
)
def test_the_application_is_trusted_by_name(rules: list[dict[str, Any]], trusted: bool) -> None:
    assert is_trusted(rules, "app-1", (1,)) is trusted


async def judged(answers: dict[str, Any]) -> tuple[Severity, str]:
    target = replace(TARGET, cloud=Cloud(ACCOUNT, "app-1", (1,)), database=ManagedDatabase(ACCOUNT, "db-1"))
    async with httpx.AsyncClient(transport=cloud(answers)) as http:
        subject = RecordedSubject(recorded("redis-healthy"), target=target, http=http)
        worst, *_ = judge(await read(subject), ThresholdsTable())
    return worst.severity, worst.title


async def test_the_whole_question() -> None:
    trusting = {"rules": [{"type": "app", "value": "app-1"}]}
    well = {"/v2/firewalls": {"firewalls": [wall("all")]}, "/v2/databases/db-1/firewall": trusting}
    assert await judged(well) == (Severity.OK, "The firewalls let port 6379 through")
    shut = well | {"/v2/firewalls": {"firewalls": [wall("443")]}}
    assert await judged(shut) == (Severity.CRITICAL, "The firewall lets 1 of 1 droplets not out to port 6379")
    stranger = well | {"/v2/databases/db-1/firewall": {"rules": [{"type": "app", "value": "x"}]}}
    assert (await judged(stranger))[1] == "The application is not among the database's trusted sources"
    everybody = well | {"/v2/databases/db-1/firewall": {"rules": []}}
    assert (await judged(everybody))[0] is Severity.NOTICE
    assert await judged({}) == (Severity.UNKNOWN, "DigitalOcean answered HTTP 404")


async def test_without_droplets_nothing_is_asked() -> None:
    with pytest.raises(NotSet):
        await read(RecordedSubject(recorded("redis-healthy")))
