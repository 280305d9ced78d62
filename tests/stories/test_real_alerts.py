"""Does a Redis that really dies reach Slack through the real Prometheus, Alertmanager and redis_exporter?"""

import asyncio
import json
import re
import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.catalog import RUNBOOKS
from bot.clock import SystemClock
from bot.playground.local_slack import LocalSlack
from bot.playground.local_slack.person import Person, shown_text
from bot.playground.real_alerts import RULES, Chain, RealAlerts, hurried, missing_programs
from bot.playground.serving import local_client, serving
from tests.fixtures.playground import playground
from tests.fixtures.real_pong import TOKEN, RealPong
from tests.fixtures.redis_server import RedisServer

REPEATS = 2
LATER_S = 60


@dataclass(frozen=True)
class Scene:
    server: RedisServer
    pong: RealPong
    maria: Person

    async def webhooks_taken(self) -> int:
        """How many bodies Pong has taken in, repeats included, as its own metrics count them."""
        async with local_client(self.pong.url) as client:
            lines = (await client.get("/metrics")).text.splitlines()
        wanted = 'pong_webhooks_total{source="alertmanager",status="202"} '
        return sum(int(float(line.removeprefix(wanted))) for line in lines if line.startswith(wanted))

    async def comes_again(self, times: int, *, within_s: float = LATER_S) -> None:
        """Until Alertmanager has posted `times` more."""
        wanted = await self.webhooks_taken() + times
        async with asyncio.timeout(within_s):
            while True:
                if await self.webhooks_taken() >= wanted:
                    return
                await asyncio.sleep(0.25)

    async def count(self, part: str) -> int:
        """How many messages of Pong hold `part`."""
        return sum(part in shown_text(message) for message in await self.maria.messages())


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    if missing := missing_programs():
        pytest.skip(f"Not on this machine: {', '.join(missing)}; so no real alert was sent.")
    async with AsyncExitStack() as stack:
        server = stack.enter_context(RedisServer())
        slack = LocalSlack(SystemClock())
        slack_url = await stack.enter_async_context(serving(slack.asgi()))
        pong = RealPong(tmp_path, slack_url=slack_url, redis_url=server.url())
        stack.push_async_callback(pong.child.end)
        await pong.start()
        chain = Chain(
            redis_url=server.url(), target="redis-prod", pong_url=pong.url, token=TOKEN, repeats="5s"
        )
        await stack.enter_async_context(RealAlerts(tmp_path / "alerts", chain, SystemClock()))
        yield Scene(server, pong, Person(slack_url, "U0MARIA"))


@pytest.mark.timeout(240)
async def test_killed_server_opens_one_incident_and_its_return_asks_for_a_person(scene: Scene) -> None:
    scene.server.kill()
    parent = await scene.maria.sees("INCIDENT: Redis Failure", LATER_S)
    assert "RedisDown" in shown_text(parent)
    assert "redis-prod" in shown_text(parent)

    await scene.comes_again(REPEATS)
    assert await scene.count("INCIDENT: Redis Failure") == 1
    assert await scene.count("Please acknowledge") == 1
    with closing(sqlite3.connect(scene.pong.database)) as store:
        assert store.execute("SELECT COUNT(*) FROM incidents").fetchone() == (1,)
        assert store.execute("SELECT status FROM alerts").fetchall() == [("firing",)]

    scene.server.start()
    asks = await scene.maria.sees("Say what it was to close it", LATER_S)
    assert asks["thread_ts"] == parent["ts"]
    assert "Alertmanager says resolved" in shown_text(asks)
    with closing(sqlite3.connect(scene.pong.database)) as store:
        assert store.execute("SELECT status FROM incidents").fetchall() == [("mitigated",)]
        assert store.execute("SELECT status FROM alerts").fetchall() == [("resolved",)]


@pytest.mark.timeout(240)
async def test_the_playground_can_use_the_real_chain(tmp_path: Path) -> None:
    if missing := missing_programs():
        pytest.skip(f"Not on this machine: {', '.join(missing)}; so no real alert was sent.")
    async with playground(tmp_path, "--real-alerts") as address:
        maria = Person(address, "U0MARIA")
        async with local_client(address) as http:
            assert (await http.get("/panel/state")).json()["notes"][0].startswith("Alerts come from the real")
            await http.post("/panel/press", json={"what": "disk"})
            parent = await maria.sees("DRILL: Redis Failure", LATER_S)
            assert "RedisSnapshotFailed" in shown_text(parent)
            assert "redis-prod" in shown_text(parent)
            assert (await http.get("/panel/state")).json()["alerts"] == ["RedisSnapshotFailed"]
            await http.post("/panel/press", json={"what": "mend"})
            await http.post("/panel/press", json={"what": "replica"})
            await maria.sees("RedisReplicationBroken", LATER_S)


async def promtool(*words: str) -> str:
    """What it says; a failure of it is the test's."""
    if shutil.which("promtool") is None:
        pytest.skip("promtool is not on this machine, so the rules were not checked.")
    pipe, merged = asyncio.subprocess.PIPE, asyncio.subprocess.STDOUT
    checks = await asyncio.create_subprocess_exec("promtool", *words, stdout=pipe, stderr=merged)
    said, _ = await checks.communicate()
    assert checks.returncode == 0, said.decode()
    return said.decode()


async def test_rules_for_users_are_ones_that_prometheus_takes() -> None:
    assert "SUCCESS" in await promtool("check", "rules", str(RULES))


@pytest.mark.parametrize(
    ("group", "runbook"),
    [("redis", "redis-failure"), ("applications", "api-server-down"), ("databases", "database-failure")],
)
def test_each_rule_has_a_name_that_opens_the_runbook_for_such_a_thing(group: str, runbook: str) -> None:
    [rules] = re.findall(rf"(?ms)^  - name: {group}$(.*?)(?=^  - name: |\Z)", RULES.read_text("utf-8"))
    named = set(re.findall(r"- alert: (\w+)", rules))
    assert named
    assert named <= RUNBOOKS[runbook].alerts


ON = {"job": "api-health", "target": "shop"}
SESSIONS = 'pg_stat_activity_count{target="shop-db", datname="shop", state="active", wait_event_type="%s"}'
# What the exporters say for ten minutes, and which alert fires then, with which labels.
FIRES: dict[str, tuple[dict[str, str], tuple[str, dict[str, str]] | None]] = {
    "answers well": (
        {'probe_success{job="api-health"}': "1", 'probe_http_status_code{job="api-health"}': "200"},
        None,
    ),
    "does not answer": (
        {
            'probe_success{job="api-health", target="shop"}': "0",
            'probe_http_status_code{job="api-health", target="shop"}': "0",
        },
        ("ApiServerDown", ON | {"severity": "critical"}),
    ),
    "answers 503": (
        {
            'probe_success{job="api-health", target="shop"}': "0",
            'probe_http_status_code{job="api-health", target="shop"}': "503",
        },
        ("ApiServerUnhealthy", ON | {"severity": "high"}),
    ),
    "another job's probe": (
        {'probe_success{job="dns"}': "0", 'probe_http_status_code{job="dns"}': "0"},
        None,
    ),
    "takes no login": (
        {'pg_up{target="shop-db"}': "0"},
        ("PostgresDown", {"target": "shop-db", "severity": "critical"}),
    ),
    "is nearly full": (
        {
            SESSIONS % "": "50",
            SESSIONS % "Client": "41",
            'pg_settings_max_connections{target="shop-db", server="shop-db:5432"}': "100",
        },
        ("PostgresTooManyConnections", {"target": "shop-db", "severity": "high"}),
    ),
    "has room": ({SESSIONS % "": "90", 'pg_settings_max_connections{target="shop-db"}': "100"}, None),
    "waits for a lock": (
        {SESSIONS % "Lock": "1"},
        ("PostgresLocksHeld", {"target": "shop-db", "severity": "high"}),
    ),
    "has a message refused": (
        {'pong_outbox_rows{state="failed"}': "0+1"},
        ("PongMessageRefused", {"state": "failed", "severity": "high"}),
    ),
    "had one refused long ago": ({'pong_outbox_rows{state="failed"}': "3"}, None),
    "waits for Slack": ({'pong_outbox_rows{state="pending"}': "0+9"}, None),
}


@pytest.mark.parametrize("what", FIRES)
async def test_rules_for_what_is_beside_a_redis_fire_when_they_should(tmp_path: Path, what: str) -> None:
    series, fires = FIRES[what]
    rules = re.sub(r"(?m)^ +annotations:\n +summary: .*\n", "", RULES.read_text("utf-8"))
    (tmp_path / "rules.yml").write_text(rules, "utf-8")
    names = re.findall(r"- alert: ((?:Api|Postgres|Pong)\w+)", rules)
    fired = {fires[0]: [{"exp_labels": fires[1]}]} if fires else {}
    case = {
        "interval": "1m",
        "input_series": [{"series": one, "values": f"{value}x10"} for one, value in series.items()],
        "alert_rule_test": [
            {"eval_time": "10m", "alertname": name, "exp_alerts": fired.get(name, [])} for name in names
        ],
    }
    # What is JSON is YAML.
    (tmp_path / "test.yml").write_text(json.dumps({"rule_files": ["rules.yml"], "tests": [case]}), "utf-8")
    await promtool("test", "rules", str(tmp_path / "test.yml"))


def test_only_the_waits_differ_between_the_rules_for_users_and_those_of_the_story() -> None:
    rules = RULES.read_text("utf-8").splitlines()
    changed = [
        (old, new)
        for old, new in zip(rules, hurried("\n".join(rules)).splitlines(), strict=True)
        if old != new
    ]
    assert changed
    assert all(old.strip().startswith("for: ") and new.strip() == "for: 2s" for old, new in changed)
