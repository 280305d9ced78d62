from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.clock import DrivenClock
from bot.errors import SettingsError
from bot.playground.panel.server import RedisServer
from bot.playground.serving import serving
from bot.playground.watcher import RULES, Alarm, Look, Watched, Watcher, fingerprint, seen

DOWN, MEMORY, *_ = RULES
FINE = Look(answers=True, percent=20)
AWAY = Look(answers=False, percent=None)
FULL = Look(answers=True, percent=97)


@dataclass
class Door:
    """Stands where Pong's webhook does, and answers as it is told."""

    bodies: list[dict[str, Any]] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    answer: int = 202

    async def endpoint(self, request: Request) -> Response:
        self.tokens.add(request.headers["authorization"])
        self.bodies.append(await request.json())
        return Response(status_code=self.answer)

    def said(self) -> list[tuple[str, str]]:
        return [(body["alerts"][0]["labels"]["alertname"], body["status"]) for body in self.bodies]


@dataclass
class Rehearsal:
    watcher: Watcher
    clock: DrivenClock
    http: httpx.AsyncClient

    async def go(self, seconds: int) -> None:
        for _ in range(seconds):
            await self.watcher.turn(self.http)
            self.clock.advance(1)


@pytest.fixture
def door() -> Door:
    return Door()


@pytest.fixture
async def rehearsal(server: RedisServer, door: Door) -> AsyncIterator[Rehearsal]:
    app = Starlette(routes=[Route("/webhooks/alertmanager", door.endpoint, methods=["POST"])])
    clock = DrivenClock()
    async with serving(app) as url, httpx.AsyncClient(trust_env=False) as http:
        watched = Watched(
            redis_url=server.configuration.url("panel"),
            instance="127.0.0.1:6379",
            labels={"target": "redis-prod"},
            webhook_url=f"{url}/webhooks/alertmanager",
            token="t0ken",
        )
        yield Rehearsal(Watcher(watched, clock), clock, http)


def _seen(alarm: Alarm, *looks: tuple[Look, int]) -> list[tuple[int, str]]:
    """What fell due at which second, for looks of so many seconds each; everything is sent at once."""
    due, second = [], 0
    for look, seconds in looks:
        for _ in range(seconds):
            alarm.see(look, second * 1000 + 1_000_000)
            if alarm.due:
                due.append((second, str(alarm.due)))
                alarm.sent(second * 1000 + 1_000_000)
            second += 1
    return due


def test_a_short_blink_alerts_nobody() -> None:
    assert _seen(Alarm(DOWN), (FINE, 3), (AWAY, 3), (FINE, 10)) == []


def test_down_for_three_seconds_fires_and_back_for_three_resolves() -> None:
    assert _seen(Alarm(DOWN), (AWAY, 10), (FINE, 10)) == [(3, "firing"), (13, "resolved")]


def test_a_blink_of_health_does_not_resolve() -> None:
    assert _seen(Alarm(DOWN), (AWAY, 5), (FINE, 2), (AWAY, 5), (FINE, 2), (AWAY, 5)) == [(3, "firing")]


def test_a_firing_alert_repeats_every_minute() -> None:
    assert _seen(Alarm(DOWN), (AWAY, 130)) == [(3, "firing"), (63, "firing"), (123, "firing")]


def test_the_second_outage_is_a_new_alert_with_its_own_start() -> None:
    alarm = Alarm(DOWN)
    _seen(alarm, (AWAY, 5), (FINE, 5))
    first_ms = alarm.starts_ms
    alarm.see(AWAY, 2_000_000)
    alarm.see(AWAY, 2_002_000)
    assert alarm.due is None
    alarm.see(AWAY, 2_003_000)
    assert (alarm.due, alarm.starts_ms) == ("firing", 2_000_000)
    assert first_ms < alarm.starts_ms


def test_memory_that_cannot_be_read_changes_nothing() -> None:
    assert _seen(Alarm(MEMORY), (FULL, 10), (AWAY, 20), (FULL, 5)) == [(5, "firing")]


async def test_a_stopped_redis_is_told_in_alertmanagers_words(
    rehearsal: Rehearsal, server: RedisServer, door: Door
) -> None:
    await rehearsal.go(2)
    await server.stop()
    await rehearsal.go(4)
    (body,) = door.bodies
    assert door.tokens == {"Bearer t0ken"}
    assert (body["version"], body["status"], body["receiver"]) == ("4", "firing", "pong")
    (alert,) = body["alerts"]
    assert alert["labels"] == {
        "alertname": "RedisDown",
        "instance": "127.0.0.1:6379",
        "job": "redis",
        "severity": "critical",
        "target": "redis-prod",
    }
    assert alert["startsAt"] == "2026-01-01T01:11:02Z"
    assert alert["endsAt"] == "0001-01-01T00:00:00Z"
    assert rehearsal.watcher.notes() == ["RedisDown is firing. Pong answered 202."]
    await server.start()
    await rehearsal.go(4)
    assert door.said() == [("RedisDown", "firing"), ("RedisDown", "resolved")]
    resolved = door.bodies[1]["alerts"][0]
    assert (resolved["startsAt"], resolved["fingerprint"]) == (alert["startsAt"], alert["fingerprint"])
    assert resolved["endsAt"] > alert["startsAt"]
    assert rehearsal.watcher.notes() == []


async def test_a_5xx_is_retried_and_a_4xx_is_not(
    rehearsal: Rehearsal, server: RedisServer, door: Door
) -> None:
    await server.stop()
    door.answer = 503
    await rehearsal.go(6)
    assert len(door.bodies) == 3
    door.answer = 422
    await rehearsal.go(5)
    assert len(door.bodies) == 4


async def test_pong_not_being_there_yet_is_survived_and_said(server: RedisServer) -> None:
    watched = Watched(
        redis_url=server.configuration.url("panel"),
        instance="x",
        labels={},
        webhook_url="http://127.0.0.1:1/webhooks/alertmanager",
        token="t0ken",
    )
    await server.stop()
    clock = DrivenClock()
    async with httpx.AsyncClient(trust_env=False) as http:
        rehearsal = Rehearsal(Watcher(watched, clock), clock, http)
        await rehearsal.go(5)
    assert rehearsal.watcher.notes() == [
        "RedisDown is firing. Pong does not answer yet; it is told again every second."
    ]


def _alone(url: str, kept: Path) -> Watcher:
    watched = Watched(
        redis_url=url, instance="x", labels={}, webhook_url="http://127.0.0.1:1/", token="t0ken"
    )
    return Watcher(watched, DrivenClock(), kept=kept)


async def test_the_next_watcher_knows_what_fires_and_ends_it(
    rehearsal: Rehearsal, server: RedisServer, door: Door, tmp_path: Path
) -> None:
    kept = tmp_path / "alerts.json"
    first = Watcher(rehearsal.watcher._watched, rehearsal.clock, kept=kept)
    await server.stop()
    await Rehearsal(first, rehearsal.clock, rehearsal.http).go(5)
    assert first.firing() == ["RedisDown"]
    second = Watcher(rehearsal.watcher._watched, rehearsal.clock, kept=kept)
    assert second.firing() == ["RedisDown"]
    await server.start()
    await Rehearsal(second, rehearsal.clock, rehearsal.http).go(5)
    assert second.firing() == []
    assert door.said() == [("RedisDown", "firing"), ("RedisDown", "resolved")]


@pytest.mark.parametrize("text", ["nonsense", '{"RedisDown": {"colour": 1}}', '["RedisDown"]'])
def test_what_cannot_be_read_of_the_last_watcher_is_said(tmp_path: Path, text: str) -> None:
    kept = tmp_path / "alerts.json"
    kept.write_text(text, "utf-8")
    with pytest.raises(SettingsError, match=r"alerts\.json cannot be read: start anew with FRESH=1\."):
        _alone("redis://127.0.0.1:1/0", kept)


@pytest.mark.parametrize(
    ("info", "alert"),
    [
        ({"connected_clients": 91}, "RedisTooManyConnections"),
        ({"rdb_last_bgsave_status": "err"}, "RedisSnapshotFailed"),
        ({"master_link_status": "down"}, "RedisReplicationBroken"),
        ({"used_memory": 90}, "RedisMemoryHigh"),
    ],
)
def test_each_rule_fires_on_what_info_says(info: dict[str, Any], alert: str) -> None:
    fine = {"used_memory": 10, "maxmemory": 100, "connected_clients": 5, "maxclients": 100}
    fine |= {"rdb_last_bgsave_status": "ok"}
    assert not any(rule.holds(seen(fine)) for rule in RULES)
    assert [rule.name for rule in RULES if rule.holds(seen(fine | info))] == [alert]


def test_a_server_without_a_limit_is_never_full() -> None:
    info = {"used_memory": 10, "maxmemory": 0, "connected_clients": 5, "maxclients": 100}
    assert seen(info | {"rdb_last_bgsave_status": "ok"}).percent is None


def test_a_fingerprint_does_not_depend_on_the_labels_order() -> None:
    assert fingerprint({"a": "1", "b": "2"}) == fingerprint({"b": "2", "a": "1"})
    assert fingerprint({"a": "1"}) != fingerprint({"a": "2"})


def test_a_fingerprint_is_prometheuss_own() -> None:
    # prometheus/common: the empty set of labels has the offset of FNV-1a.
    assert fingerprint({}) == "cbf29ce484222325"
