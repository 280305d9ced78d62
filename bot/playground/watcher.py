"""Who tells Pong that Redis is down or full? This, in Alertmanager's words.

It looks every second, waits as an alerting rule's `for` does, and repeats while an alert fires.
https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

import httpx
from redis.exceptions import RedisError

from bot.clock import Clock, iso
from bot.errors import SettingsError
from bot.playground.panel.server import client
from bot.playground.serving import local_client
from bot.tasks import using

LOOKS_EVERY_S = 1.0
BACK_FOR_S = 3.0
REPEATS_EVERY_S = 60.0
POSTS_WITHIN_S = 5.0

Status = Literal["firing", "resolved"]


@dataclass(frozen=True)
class Look:
    """What one look at the server saw, in percent of its limits; None when it did not answer."""

    answers: bool
    percent: float | None = None
    clients_percent: float | None = None
    has_snapshots: bool | None = None
    follows_nobody: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Rule:
    """`holds` says whether this look is a reason to alert; None: it cannot be told, so nothing changes."""

    name: str
    summary: str
    for_s: float
    holds: Callable[[Look], bool | None]


RULES: tuple[Rule, ...] = (
    Rule(name="RedisDown", summary="Redis is unreachable", for_s=3, holds=lambda look: not look.answers),
    Rule(
        name="RedisMemoryHigh",
        summary="Redis memory usage is over 90 %",
        for_s=5,
        holds=lambda look: None if look.percent is None else look.percent >= 90,
    ),
    Rule(
        name="RedisTooManyConnections",
        summary="Redis has over 90 % of the clients that it allows",
        for_s=3,
        holds=lambda look: None if look.clients_percent is None else look.clients_percent > 90,
    ),
    Rule(
        name="RedisSnapshotFailed",
        summary="Redis cannot write its snapshot: it may refuse every write",
        for_s=3,
        holds=lambda look: None if look.has_snapshots is None else not look.has_snapshots,
    ),
    Rule(
        name="RedisReplicationBroken",
        summary="A replica has lost its primary",
        for_s=3,
        holds=lambda look: look.follows_nobody,
    ),
)


@dataclass
class Alarm:
    """One rule over time: pending, firing, resolved. `due` is what has to be sent and was not yet."""

    rule: Rule
    since_ms: int | None = None
    starts_ms: int = 0
    clear_since_ms: int | None = None
    is_firing: bool = False
    due: Status | None = None
    sent_ms: int = 0
    ended_ms: int = 0

    def see(self, look: Look, now_ms: int) -> None:
        """Take a look into account."""
        holds = self.rule.holds(look)
        if holds is True:
            self._hold(now_ms)
        elif holds is False:
            self._clear(now_ms)
        if self.is_firing and self.due is None and now_ms - self.sent_ms >= REPEATS_EVERY_S * 1000:
            self.due = "firing"

    def sent(self, now_ms: int) -> None:
        self.due = None
        self.sent_ms = now_ms

    def _hold(self, now_ms: int) -> None:
        self.clear_since_ms = None
        if self.since_ms is None:
            self.since_ms = now_ms
        if not self.is_firing and now_ms - self.since_ms >= self.rule.for_s * 1000:
            self.is_firing = True
            self.starts_ms = self.since_ms
            self.due = "firing"

    def _clear(self, now_ms: int) -> None:
        self.since_ms = None
        if not self.is_firing:
            return
        self.clear_since_ms = self.clear_since_ms or now_ms
        if now_ms - self.clear_since_ms >= BACK_FOR_S * 1000:
            self.is_firing = False
            self.ended_ms, self.clear_since_ms = self.clear_since_ms, None
            self.due = "resolved"


ALARM_FIELDS = tuple(one.name for one in fields(Alarm) if one.name != "rule")


@dataclass(frozen=True, kw_only=True)
class Watched:
    """What is looked at and who is told: `labels` name the target, `token` is the webhook's bearer token."""

    redis_url: str = field(repr=False)
    instance: str
    labels: Mapping[str, str]
    webhook_url: str
    token: str = field(repr=False)


class Watcher:
    """`run` until it is cancelled. What fires is written to the file `kept`, so that the next one ends it."""

    def __init__(self, watched: Watched, clock: Clock, *, kept: Path | None = None) -> None:
        self._kept = kept
        self.alarms = remembered(kept)
        self._watched = watched
        self._clock = clock
        self._last_answer = ""

    async def run(self) -> None:
        async with local_client(timeout=POSTS_WITHIN_S) as http:
            while True:
                await self.turn(http)
                await self._clock.sleep(LOOKS_EVERY_S)

    async def turn(self, http: httpx.AsyncClient) -> None:
        """Look once, and send what is due."""
        look = await self._look()
        for alarm in self.alarms:
            alarm.see(look, self._clock.now_ms())
            if alarm.due:
                await self._send(http, alarm, status=alarm.due)
                self._keep()

    def firing(self) -> list[str]:
        """The names of the alerts that fire."""
        return [alarm.rule.name for alarm in self.alarms if alarm.is_firing]

    def notes(self) -> list[str]:
        """What the panel says about alerts: one line each."""
        return [
            f"{alarm.rule.name} is firing. {self._last_answer}" for alarm in self.alarms if alarm.is_firing
        ]

    def _keep(self) -> None:
        if self._kept:
            rows = {
                alarm.rule.name: {name: getattr(alarm, name) for name in ALARM_FIELDS}
                for alarm in self.alarms
            }
            self._kept.write_text(json.dumps(rows), "utf-8")

    async def _look(self) -> Look:
        try:
            async with using(client(self._watched.redis_url)) as redis:
                return seen(await redis.info())
        except (RedisError, OSError):
            return Look(answers=False)

    async def _send(self, http: httpx.AsyncClient, alarm: Alarm, *, status: Status) -> None:
        headers = {"Authorization": f"Bearer {self._watched.token}"}
        body = notification(self._watched, alarm, status=status)
        try:
            answer = await http.post(self._watched.webhook_url, json=body, headers=headers)
        except httpx.HTTPError:
            self._last_answer = "Pong does not answer yet; it is told again every second."
            return
        self._last_answer = f"Pong answered {answer.status_code}."
        if answer.status_code < 500:  # Alertmanager, too, drops what a 4xx refused
            alarm.sent(self._clock.now_ms())


def remembered(kept: Path | None) -> list[Alarm]:
    """The alarms as an earlier watcher left them. Raises SettingsError when the file cannot be read."""
    try:
        rows = json.loads(kept.read_text("utf-8")) if kept and kept.exists() else {}
        return [Alarm(rule, **rows.get(rule.name, {})) for rule in RULES]
    except (ValueError, TypeError, AttributeError):
        raise SettingsError(f"{kept} cannot be read: start anew with FRESH=1.") from None


def seen(info: Mapping[str, Any]) -> Look:
    """What INFO says, by the names that redis_exporter has for it."""
    return Look(
        answers=True,
        percent=100 * info["used_memory"] / info["maxmemory"] if info["maxmemory"] else None,
        clients_percent=100 * info["connected_clients"] / info["maxclients"],
        has_snapshots=info["rdb_last_bgsave_status"] == "ok",
        follows_nobody=info.get("master_link_status") == "down",
    )


def notification(watched: Watched, alarm: Alarm, *, status: Status) -> dict[str, Any]:
    """The body that Alertmanager would post, version 4."""
    labels = {
        "alertname": alarm.rule.name,
        "instance": watched.instance,
        "job": "redis",
        "severity": "critical",
        **watched.labels,
    }
    group = {"alertname": alarm.rule.name}
    annotations = {"summary": alarm.rule.summary, "description": f"{alarm.rule.summary}: {watched.instance}"}
    return {
        "version": "4",
        "groupKey": f'{{}}:{{alertname="{alarm.rule.name}"}}',
        "truncatedAlerts": 0,
        "status": status,
        "receiver": "pong",
        "groupLabels": group,
        "commonLabels": labels,
        "commonAnnotations": annotations,
        "externalURL": "http://127.0.0.1:9093",
        "alerts": [
            {
                "status": status,
                "labels": labels,
                "annotations": annotations,
                "startsAt": iso(alarm.starts_ms),
                "endsAt": iso(alarm.ended_ms) if status == "resolved" else "0001-01-01T00:00:00Z",
                "generatorURL": "http://127.0.0.1:9090/graph",
                "fingerprint": fingerprint(labels),
            }
        ],
    }


def fingerprint(labels: Mapping[str, str]) -> str:
    """Prometheus's own: FNV-1a over the sorted labels, as 16 hex digits."""
    value = 14695981039346656037
    for byte in b"".join(
        f"{name}".encode() + b"\xff" + labels[name].encode() + b"\xff" for name in sorted(labels)
    ):
        value = (value ^ byte) * 1099511628211 % 2**64
    return f"{value:016x}"
