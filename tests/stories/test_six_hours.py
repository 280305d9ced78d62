"""Does a long incident keep every promise at its minute, once, although Pong is started again and again?

The clock is driven, so six hours take seconds; the seed says when Pong is stopped.
"""

import random
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.bot.intake.test_opening import alert
from tests.fixtures.alerts import alertmanager
from tests.fixtures.asking import asked
from tests.fixtures.redis_server import RedisServer
from tests.fixtures.small_pong import DEV, MARIA, SAM, SmallPong, asks, small_pong

HOURS = 6
STEP_S = 10
RESTARTS = 15
AWAY_MOST_S = 40
# Pong is away, a step is on its way, and what a person did, from which it is counted, came within a step.
LATE_MOST_S = AWAY_MOST_S + 2 * STEP_S
RUNGS = [{"after_min": 60, "people": [SAM]}, {"after_min": 150, "people": [DEV]}]
# What people do, by minute.
UPDATES = (57, 121, 300)
DOES: dict[int, tuple[str, dict[str, Any]]] = {
    3: ("ack", {}),
    25: ("hold", {}),
    200: ("clear", {"words": ("cache", "redis-prod"), "by": SAM}),
    240: ("severity", {"words": ("P1",)}),
    **{minute: ("update", {"words": ("still", "at", "it")}) for minute in UPDATES},
}


def expected() -> Counter[tuple[str, int]]:
    """Everything that is due, as (what, minute), by a model that knows the promises' rules and no code."""
    told: Counter[tuple[str, int]] = Counter()
    due = every = 10
    for minute in range(1, HOURS * 60 + 1):
        if minute == 240:
            every = 5
            due = min(due, minute + every)
        if minute in UPDATES:
            due = minute + every
        if minute == due:
            told["update", minute] += 1
            due = minute + every
        if minute == due - 2 and minute >= 3:
            told["reminder", minute] += 1
    # The first rung was held by 15 minutes, so the others come 15 minutes later too.
    told.update({("45", 45): 1, ("75", 75): 1, ("165", 165): 1, ("expired", 215): 1})
    return told


@dataclass
class Day:
    """One Pong after the other on the same store, and when each message was first seen."""

    path: Path
    tables: dict[str, Any]
    began_ms: int = 0
    seen: dict[str, tuple[str, float]] = field(default_factory=dict)
    small: SmallPong | None = None
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def start(self, now_ms: int | None = None) -> None:
        self.small = await self.stack.enter_async_context(small_pong(self.path, tables=self.tables))
        if now_ms is None:
            self.began_ms = self.small.clock.now_ms()
        else:
            self.small.clock.advance((now_ms - self.small.clock.now_ms()) / 1000)
            await self.small.pong.store.write(lambda records: records.timers.release_all())

    async def restart(self, *, away_s: float) -> None:
        assert self.small
        now_ms = self.small.clock.now_ms()
        await self.stack.aclose()
        await self.start(now_ms + round(away_s * 1000))

    async def step(self) -> None:
        assert self.small
        await self.small.ticks(STEP_S, every_s=STEP_S)
        for row in await self.small._rows(None):
            if (what := said(row)) and row["id"] not in self.seen:
                self.seen[row["id"]] = (what, (self.small.clock.now_ms() - self.began_ms) / 1000)

    @property
    def at_s(self) -> float:
        assert self.small
        return (self.small.clock.now_ms() - self.began_ms) / 1000


def said(row: dict[str, Any]) -> str | None:
    """Which promise a message keeps."""
    text = row["text"]
    parts = {"nobody posted one": "update", "the next update is due": "reminder"}
    rungs = {f"not resolved after {minutes} minutes": str(minutes) for minutes in (45, 75, 165)}
    return next((what for part, what in (parts | rungs).items() if part in text), None)


@pytest.mark.parametrize("number", range(3))
async def test_every_promise_is_kept_at_its_minute_and_once(tmp_path: Path, number: int) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    # What people do is counted from: at those minutes Pong is there.
    moments = [
        s for s in range(60, HOURS * 3600, STEP_S) if all(not 0 <= 60 * m - s <= LATE_MOST_S for m in DOES)
    ]
    stops_s = sorted(chance.sample(moments, RESTARTS))
    with RedisServer("--maxmemory", "24mb") as server:
        server.command("SET", "cache:1", "x")
        url = server.url()
        tables = {
            "escalation": {"on_call": [MARIA], "next_rung": [DEV], "senior": ["S0SENIOR"], "rungs": RUNGS},
            "secrets": {"REDIS_URL": url, "REDIS_REMEDIATION_URL": url},
        }
        day = Day(tmp_path, tables)
        await day.start()
        await live(day, stops_s, chance)
        kinds = [event.kind for event in await day.small.pong.store.read(lambda r: r.timeline.of(1))]
        await day.stack.aclose()
    told = Counter((what, round(at_s)) for what, at_s in day.seen.values())
    wanted = expected()
    expiries = sum(count for (what, _), count in wanted.items() if what == "expired")
    assert kinds.count("approval.expired") == expiries
    compare(told, Counter({key: n for key, n in wanted.items() if key[0] != "expired"}))


async def live(day: Day, stops_s: list[int], chance: random.Random) -> None:
    assert day.small
    await alert(day.small, alertmanager())
    ahead = sorted(DOES.items())
    while day.at_s < HOURS * 3600 + LATE_MOST_S:
        while ahead and day.at_s >= ahead[0][0] * 60:
            _, (verb, more) = ahead.pop(0)
            await asked(day.small, asks(verb, **more))
        if stops_s and day.at_s >= stops_s[0]:
            stops_s.pop(0)
            await day.restart(away_s=chance.uniform(1, AWAY_MOST_S))
        await day.step()


def compare(told: Counter[tuple[str, int]], wanted: Counter[tuple[str, int]]) -> None:
    """Each wanted moment has exactly one message, which came in time; and there is none beside them."""
    left = sorted(told.elements(), key=lambda one: one[1])
    for what, minute in sorted(wanted.elements(), key=lambda one: one[1]):
        fits = [one for one in left if one[0] == what and 0 <= one[1] - minute * 60 <= LATE_MOST_S]
        assert len(fits) == 1, (what, minute, fits, [one for one in left if one[0] == what][:5])
        left.remove(fits[0])
    assert not left
