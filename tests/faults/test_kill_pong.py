"""Is anything lost, doubled or run twice when Pong is killed again and again, from alert to report?"""

import asyncio
import json
import random
from collections import Counter
from collections.abc import Awaitable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from bot.clock import SystemClock
from bot.playground.local_slack import LocalSlack
from bot.playground.local_slack.person import Person
from bot.playground.serving import serving
from bot.timeline import Event, first_broken
from tests.faults.killing import ANSWERS_WITHIN_S, Insistent, Killer, rows
from tests.fixtures.alerts import alertmanager
from tests.fixtures.real_pong import RealPong
from tests.fixtures.redis_server import RedisServer

KILLS = 20
CACHE_KEYS = 900_000
FULL_PERCENT = 95
KEPT_KEYS = 300
# Short ones, so that updates and escalations come due while Pong is killed.
ESCALATION = "update_every_min = 0.2\nunacknowledged_after_min = 0.05\nunresolved_after_min = 0.5"
KEPT_CLASSES = ("session", "ratelimit", "jobs")

Json = dict[str, Any]


class Story:
    """The whole way of one incident, while Pong dies and comes back."""

    def __init__(
        self, pong: RealPong, killer: Killer, server: RedisServer, people: tuple[Insistent, Insistent]
    ):
        self.pong = pong
        self.killer = killer
        self.server = server
        self.maria, self.dev = people
        self.bodies: list[str] = []
        self.began_ms = SystemClock().now_ms()

    async def play(self) -> None:
        killer = self.killer
        await together(killer.strikes_at("incident.opened"), self.alert("RedisDown"))
        await killer.strikes_unanswered()
        parent = await self.maria.sees("INCIDENT: Redis Failure")
        await together(killer.strikes(2), self.acknowledge(parent))
        await together(killer.strikes_unanswered(), self.asks("ping", "It is reachable"))
        await asyncio.to_thread(fill, self.server)
        await together(killer.strikes(2), self.alert("RedisMemoryHigh"))
        await together(killer.strikes(2), self.asks("triage", "cache keys fill the memory"))
        await together(killer.strikes(2), self.asks("clear cache", "needs 1 approval"))
        await together(self.strikes_while_it_clears(), self.approve())
        await together(killer.strikes(1), self.asks("verify", "what was checked is well"))
        await together(killer.strikes(1), self.alerts_end())
        await self.maria.sees("Say what it was to close it")
        await together(killer.strikes(1), killer.strikes_at("incident.resolved"), self.resolve(parent))
        await killer.strikes(KILLS - len(killer.moments))

    async def strikes_while_it_clears(self) -> None:
        await self.killer.strikes_at("approval.approve")
        await self.killer.strikes_at("execution.started")
        await self.killer.strikes_once(self._is_kept_how_far, "a cursor was kept")
        await self.killer.strikes(1)

    async def alert(self, name: str, *, state: str = "firing") -> None:
        ends_ms = SystemClock().now_ms() if state == "resolved" else None
        body = alertmanager(name, state=state, starts_ms=self.began_ms, ends_ms=ends_ms)
        self.bodies.append(body)
        self.killer.acts.begun.set()
        await self.pong.takes_alert(body)
        self.killer.acts.accepted.set()

    async def alerts_end(self) -> None:
        await self.alert("RedisDown", state="resolved")
        await self.alert("RedisMemoryHigh", state="resolved")

    async def acknowledge(self, parent: Json) -> None:
        await self.maria.presses("ack", parent, "Acknowledge")
        await self.maria.sees("Acknowledged REDIS_FAILURE - investigating")

    async def asks(self, words: str, answered: str) -> None:
        await self.maria.commands(words.split()[0], f"/redis {words}")
        await self.maria.sees(answered)

    async def approve(self) -> None:
        card = await self.dev.sees("needs 1 approval")
        await self.dev.presses("approve", card, "Approve")
        await self.maria.sees("is done")

    async def resolve(self, parent: Json) -> None:
        values = {"Root cause": "The cache had no limit.", "Fix": "Cleared it."}
        await self.maria.fills_in("resolve", parent, "Resolve…", values)
        await self.maria.sees("RESOLVED: Redis Failure")
        await self.maria.sees("The report")

    def _is_kept_how_far(self) -> bool:
        return bool(rows(self.pong, "SELECT 1 FROM steps WHERE cursor IS NOT NULL"))


@pytest.mark.timeout(420)
@pytest.mark.parametrize("seed", [random.SystemRandom().randrange(10**6)], ids=["random"])
async def test_twenty_kills_lose_nothing_double_nothing_and_run_nothing_twice(
    tmp_path: Path, seed: int
) -> None:
    print(f"seed {seed}")
    slack = LocalSlack(SystemClock(), seed=seed)
    async with AsyncExitStack() as stack:
        server = stack.enter_context(RedisServer("--enable-debug-command", "local"))
        slack_url = await stack.enter_async_context(serving(slack.asgi()))
        pong = RealPong(tmp_path, slack_url=slack_url, redis_url=server.url(), escalation=ESCALATION)
        stack.push_async_callback(pong.child.end)
        killer = Killer(pong, slack, random.Random(seed))
        people = tuple(
            Insistent(Person(slack_url, user), slack, killer.acts) for user in ("U0MARIA", "U0DEV")
        )
        story = Story(pong, killer, server, (people[0], people[1]))
        keep(server)
        await pong.start()
        await story.play()
        await comes_to_rest(pong)
        print("killed", *story.killer.moments, sep="\n  ")
        print(
            "tried", *(dict(one.tried) for one in people), "accepted", *(dict(one.accepted) for one in people)
        )
        assert len(story.killer.moments) == KILLS
        nothing_accepted_is_lost(story)
        every_request_is_answered_once(pong)
        every_message_stands_in_slack_once_and_as_it_was_last_edited(pong, slack)
        the_plan_ran_once(pong, server)
        every_timer_fired_once(pong)
        the_timeline_is_whole(pong)


async def together(*acts: Awaitable[None]) -> None:
    async with asyncio.TaskGroup() as group:
        for act in acts:
            group.create_task(_running(act))


async def _running(act: Awaitable[None]) -> None:
    await act


def keep(server: RedisServer) -> None:
    """Write what no clearing of the cache may touch."""
    with server.client() as client:
        for name in KEPT_CLASSES:
            client.mset({f"{name}:{number}": "kept" for number in range(KEPT_KEYS)})


def fill(server: RedisServer) -> None:
    """Fill the memory with cached answers, nearly to its limit."""
    server.command("DEBUG", "POPULATE", CACHE_KEYS, "cache", 40, socket_timeout=30)
    used_bytes = server.command("INFO", "memory")["used_memory"]
    server.command("CONFIG", "SET", "maxmemory", used_bytes * 100 // FULL_PERCENT)


async def comes_to_rest(pong: RealPong) -> None:
    """Until nothing waits to be worked or said."""
    waits = "SELECT id FROM inbox WHERE state IN ('new', 'working') UNION ALL"
    waits += " SELECT id FROM outbox WHERE state IN ('pending', 'sending')"
    async with asyncio.timeout(ANSWERS_WITHIN_S):
        while True:
            if not rows(pong, waits):
                return
            await asyncio.sleep(0.2)


# -- what has to be true in the end --------------------------------------------------------------------


def nothing_accepted_is_lost(story: Story) -> None:
    inbox = rows(story.pong, "SELECT source, body, state FROM inbox")
    assert {row["state"] for row in inbox} == {"done"}
    assert [row["body"] for row in inbox if row["source"] == "alertmanager"] == story.bodies
    alerts = rows(story.pong, "SELECT incident_id, status FROM alerts")
    assert alerts == [{"incident_id": 1, "status": "resolved"}] * 2
    asked = [json.loads(row["body"]) for row in inbox if row["source"] == "slack"]
    for person in (story.maria, story.dev):
        kept = Counter(request["verb"] for request in asked if request["user"] == person.person.id)
        assert person.accepted <= kept, "what Slack called accepted is not in the inbox"
        kept.pop("resolve", None)  # the button that opens the window counts too when it could not open
        assert kept <= person.tried, "something was kept that nobody asked for"


def every_request_is_answered_once(pong: RealPong) -> None:
    said = Counter(row["message_id"].partition("/")[2] for row in posts(pong))
    done = Counter(row["kind"] for row in rows(pong, "SELECT kind FROM events"))
    asked = rows(pong, "SELECT id, json_extract(body, '$.verb') AS verb FROM inbox WHERE source = 'slack'")
    granted = [row for row in asked if not said[f"refused:{row['id']}"]]
    by_verb = Counter(row["verb"] for row in granted)
    for row in granted:
        if row["verb"] in ("ping", "triage", "verify"):
            assert said[f"answer:{row['id']}"] == 1
    assert done["redis.pinged"] == by_verb["ping"]
    assert done["redis.triaged"] == by_verb["triage"]
    assert done["redis.verified"] == by_verb["verify"]
    once = ("incident.opened", "incident.acknowledged", "alert.joined", "approval.asked", "approval.approve")
    once += ("execution.started", "execution.succeeded", "incident.healthy", "incident.resolved")
    assert {kind: done[kind] for kind in once} == dict.fromkeys(once, 1)
    assert [by_verb[verb] for verb in ("ack", "clear", "approve", "resolve")] == [1, 1, 1, 1]


def every_message_stands_in_slack_once_and_as_it_was_last_edited(pong: RealPong, slack: LocalSlack) -> None:
    shown = [one for one in slack.workspace.channels["C0INCIDENTS"].messages.values() if one.is_bot]
    keys = Counter(one.metadata["event_payload"]["key"] for one in shown if one.metadata)
    assert keys == Counter(row["message_id"] for row in posts(pong)), "lost or doubled in Slack"
    assert len(keys) == len(shown), "a message without its name"
    sent = rows(pong, "SELECT message_id, payload, state FROM outbox ORDER BY id")
    assert {row["state"] for row in sent} <= {"sent", "replaced"}
    last = {row["message_id"]: json.loads(row["payload"])["text"] for row in sent if row["state"] == "sent"}
    for one in shown:
        name = one.metadata["event_payload"]["key"] if one.metadata else ""
        if not one.files:  # the address of the file takes the place of a word of its text
            assert one.text == last[name], name
    assert not [one.text for one in shown if one.text.startswith("⏳ ") and " for <@" in one.text]


def the_plan_ran_once(pong: RealPong, server: RedisServer) -> None:
    executions = rows(pong, "SELECT approval_id, state, result FROM executions")
    assert [(row["approval_id"], row["state"]) for row in executions] == [(1, "succeeded")]
    result = json.loads(executions[0]["result"])
    assert result["is_resumed"]
    assert 0 < result["deleted"] <= CACHE_KEYS
    assert rows(pong, "SELECT n, state FROM steps") == [{"n": 0, "state": "done"}]
    assert rows(pong, "SELECT state FROM approvals") == [{"state": "used"}]
    with server.client() as client:
        assert client.dbsize() == len(KEPT_CLASSES) * KEPT_KEYS
        for name in KEPT_CLASSES:
            values = client.mget([f"{name}:{number}" for number in range(KEPT_KEYS)])
            assert values == [b"kept"] * KEPT_KEYS


def every_timer_fired_once(pong: RealPong) -> None:
    timers = rows(pong, "SELECT kind, slot, state FROM timers")
    assert all(timer["state"] != "waiting" for timer in timers)
    fired = Counter(timer["kind"] for timer in timers if timer["state"] == "fired")
    done = Counter(row["kind"] for row in rows(pong, "SELECT kind FROM events"))
    said = Counter(row["message_id"].partition("/")[2].rpartition(":")[0] for row in posts(pong))
    assert fired["update"] == done["update.missed"] == said["update"] > 0
    assert fired["unresolved"] == said["escalated:unresolved"]
    assert said["escalated:unacknowledged"] <= fired["unacknowledged"]
    assert done["escalated"] == said["escalated:unresolved"] + said["escalated:unacknowledged"]
    assert done["incident.measured"] == fired["look"]


def the_timeline_is_whole(pong: RealPong) -> None:
    events = [
        Event(**(row | {"data": json.loads(row["data"])}))
        for row in rows(pong, "SELECT * FROM events ORDER BY seq")
    ]
    for incident_id in {event.incident_id for event in events}:
        assert first_broken(event for event in events if event.incident_id == incident_id) is None


def posts(pong: RealPong) -> list[Json]:
    return rows(pong, "SELECT message_id FROM outbox WHERE method = 'chat.postMessage'")
