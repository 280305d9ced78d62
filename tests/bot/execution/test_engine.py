"""Does an approved plan run once, judged again, stoppable, and go on after its engine died?"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from bot.alerts.alertmanager import parse
from bot.approvals import offer
from bot.approvals.approval import State, Vote
from bot.approvals.offer import Offer
from bot.approvals.prepare import prepare
from bot.approvals.why import Why
from bot.clock import SystemClock
from bot.errors import ServiceUnavailable
from bot.execution import engine, hands
from bot.execution.effects.sweep import Sweep, SweepResult, sweep
from bot.execution.engine import Engine
from bot.incident import Incident
from bot.intake import opening
from bot.people import Group
from bot.pong import Pong
from bot.remediations.plan import Plan, Preview, RedisCommand, Repeat
from bot.remediations.remediation import Prepared
from bot.store.protocol import Row
from bot.tasks import end_tasks
from commands.approval import stop
from commands.approval.voting import voted
from tests.fixtures.alerts import alertmanager
from tests.fixtures.redis_server import RedisServer
from tests.fixtures.small_pong import DEV, MARIA, SAM, GivenDirectory, SmallPong, asks, small_pong

FEW, MANY = 500, 60_000
OTHERS = 50
OVER = ("succeeded", "failed", "unknown")
ENDS_OF_A_RUN = ("execution.started", "execution.succeeded")


@dataclass
class GivenPulse:
    """Slack as a test wants it: when it answered last, and whether it answers when it is asked."""

    answered_ms: int | None
    answers: bool = True

    async def ask(self) -> bool:
        return self.answers


class Unhurried(SystemClock):
    """The machine's clock, on which nobody rests under 25 ms: to sweep 60,000 keys takes six seconds."""

    async def sleep(self, seconds: float) -> None:
        await super().sleep(max(seconds, 0.025))


@dataclass
class Scene:
    """A Pong and a real server with keys in it; engines come and go."""

    small: SmallPong
    pong: Pong
    server: RedisServer
    slack: GivenPulse
    incident: Incident

    @property
    def directory(self) -> GivenDirectory:
        return self.small.directory

    @asynccontextmanager
    async def engine(self, pong: Pong | None = None) -> AsyncIterator[None]:
        """An engine until the end of the block, where it dies with all that it was doing."""
        runs = asyncio.create_task(Engine(pong or self.pong).run())
        try:
            yield
        finally:
            await end_tasks(runs)

    async def approved(
        self, change: Callable[[Plan], Plan] = lambda plan: plan, *, word: str = "cache"
    ) -> Offer:
        """A plan to clear the class `word` that Maria asked for and Dev approved."""
        plan, preview = await self.prepared(word)
        asked = await self.asked(change(plan), preview, word=word)
        vote = await voted(
            asks("approve", by=DEV, ref=asked.approval.ref, via="button"), self.pong, Vote.APPROVE
        )
        await self.pong.store.write(vote)
        return asked

    async def prepared(self, word: str = "cache", *, within_s: float = 30) -> Prepared:
        """Once the server answers in time: on a busy machine it may not at first."""
        async with asyncio.timeout(within_s):
            while True:
                with contextlib.suppress(ServiceUnavailable):
                    return await prepare(self.pong, self.incident, "clear", (word,))

    async def asked(self, plan: Plan, preview: Preview, *, word: str = "cache") -> Offer:
        return await self.pong.store.write(
            lambda records: offer.ask(
                records, self.pong, self.incident, (plan, preview), by=MARIA, words=(word,), why=Why()
            )
        )

    async def execution(self) -> Row:
        row = await self.pong.store.read(lambda records: records.approvals.execution_of(1))
        assert row is not None
        return row

    async def step(self) -> Row:
        steps = await self.pong.store.read(lambda records: records.approvals.steps(1))
        return steps[0] if steps else {"state": "not begun", "cursor": None, "evidence": None}

    async def becomes(self, is_so: Callable[[], Any], what: str, *, within_s: float = 30) -> None:
        """Until the awaitable that `is_so` gives is true."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while True:
                    if await is_so():
                        return
                    await asyncio.sleep(0.02)
        raise AssertionError(f"not within {within_s:g} s: {what}; {await self.execution()}")

    async def keys_that_stay(self) -> int:
        """How many are left once the server has done what an engine that died had sent."""
        before, now = -1, self.cache_keys()
        while now != before:
            await asyncio.sleep(0.2)
            before, now = now, self.cache_keys()
        return now

    async def ends(self) -> str:
        async def is_over() -> bool:
            return (await self.execution())["state"] in OVER

        await self.becomes(is_over, "the execution ends")
        return str((await self.execution())["state"])

    async def has_come_some_way(self) -> str:
        """The cursor that is kept, once there is one."""

        async def is_kept() -> bool:
            return (await self.step())["cursor"] is not None

        await self.becomes(is_kept, "a cursor is kept")
        return str((await self.step())["cursor"])

    async def refused(self) -> str:
        """Why it was not run."""
        assert await self.ends() == "failed"
        events = [event for event in self.small.noted if event.kind == "execution.refused"]
        assert len(events) == 1
        assert not self.happened("execution.started")
        return str(events[0].data["why"])

    def happened(self, kind: str) -> int:
        return sum(event.kind == kind for event in self.small.noted)

    def cache_keys(self) -> int:
        return int(self.server.command("DBSIZE")) - OTHERS


@pytest.fixture
def server() -> Iterator[RedisServer]:
    with RedisServer("--enable-debug-command", "local") as server:
        yield server


@pytest.fixture
async def scene(tmp_path: Path, server: RedisServer) -> AsyncIterator[Scene]:
    secrets = {"REDIS_URL": server.url(), "REDIS_REMEDIATION_URL": server.url()}
    async with small_pong(tmp_path, tables={"secrets": secrets}) as small:
        slack = GivenPulse(small.clock.now_ms())
        pong = replace(small.pong, slack=slack)
        populate(server, FEW)
        server.command("DEBUG", "POPULATE", OTHERS, "session", 10)
        alert = parse(alertmanager().encode())[0]
        await pong.store.write(lambda records: opening.take(records, pong, alert))
        incident = await pong.store.read(lambda records: records.incidents.get(1))
        assert incident is not None
        yield Scene(small, pong, server, slack, incident)


@pytest.fixture
async def busy(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """The same with so many keys that clearing them takes six seconds, on the fastest machine too."""
    populate(scene.server, MANY)
    monkeypatch.setattr("bot.execution.effects.sweep.LEAST_REST_S", 0.0)  # a rest after each batch
    clock = Unhurried()
    scene.slack.answered_ms = clock.now_ms()
    scene.pong = replace(scene.pong, clock=clock)
    return scene


def populate(server: RedisServer, keys: int) -> None:
    server.command("DEBUG", "POPULATE", keys, "cache", 10)


# -- once -----------------------------------------------------------------------------------------------


async def test_approved_plan_runs_and_what_is_outside_its_class_stays(scene: Scene) -> None:
    scene.pong = replace(scene.pong, clock=SystemClock())
    scene.slack.answered_ms = scene.pong.clock.now_ms()
    async with scene.engine():
        await scene.approved()
        assert await scene.ends() == "succeeded"
    assert scene.cache_keys() == 0
    assert await scene.small.posted(f"is done: {FEW} keys")
    used = await scene.pong.store.read(lambda records: offer.load(records, 1))
    assert used.approval.state is State.USED


async def test_two_engines_on_one_approval_run_it_once(busy: Scene) -> None:
    async with busy.engine(), busy.engine():
        await busy.approved()
        assert await busy.ends() == "succeeded"
    assert busy.happened("execution.started") == busy.happened("execution.succeeded") == 1
    assert f'"deleted": {MANY}' in (await busy.execution())["result"]


async def test_two_plans_for_one_target_run_one_after_the_other(busy: Scene) -> None:
    async def are_over() -> bool:
        return busy.happened("execution.succeeded") == 2

    # So many that no sample misses them: a plan of which more turns out to be lost would not run.
    busy.server.command("DEBUG", "POPULATE", MANY, "session", 10)
    await busy.approved()
    await busy.approved(word="sessions")
    async with busy.engine():
        await busy.becomes(are_over, "both end")
    began_and_ended = [event.kind for event in busy.small.noted if event.kind in ENDS_OF_A_RUN]
    assert began_and_ended == ["execution.started", "execution.succeeded"] * 2


async def test_execution_that_ended_is_never_claimed_again(scene: Scene) -> None:
    scene.pong = replace(scene.pong, clock=SystemClock())
    scene.slack.answered_ms = scene.pong.clock.now_ms()
    await scene.approved()
    async with scene.engine():
        await scene.ends()
    assert not await leaves_work(scene)


async def leaves_work(scene: Scene) -> bool:
    """Whether any engine would ever claim it again, however late it comes."""
    later_ms = scene.pong.clock.now_ms() + 1000 * engine.LEASE_MS
    return bool(await scene.pong.store.read(lambda records: records.approvals.has_work(now_ms=later_ms)))


# -- what a crash leaves --------------------------------------------------------------------------------


async def test_engine_that_died_before_the_first_key_is_followed_by_one_that_runs_it(
    busy: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never_gets_there(*_: Any, **__: Any) -> None:
        await asyncio.Event().wait()

    async def is_intended() -> bool:
        return bool((await busy.step())["state"] == "intended")

    with monkeypatch.context() as patched:
        patched.setattr(hands, "sweep", never_gets_there)
        async with busy.engine():
            await busy.approved()
            await busy.becomes(is_intended, "the intent is committed")
    assert busy.cache_keys() == MANY
    async with busy.engine():
        assert await busy.ends() == "succeeded"
    assert busy.cache_keys() == 0
    assert busy.happened("execution.started") == 1


async def test_engine_that_died_in_the_middle_is_followed_from_the_kept_cursor(
    busy: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    begins_at: list[int] = []

    async def noting(redis: Any, canary: Any, work: Sweep, **more: Any) -> SweepResult:
        begins_at.append(work.cursor)
        return await sweep(redis, canary, work, **more)

    monkeypatch.setattr(hands, "sweep", noting)
    async with busy.engine():
        await busy.approved()
        await busy.has_come_some_way()
    kept = json.loads((await busy.step())["cursor"])
    assert 0 < busy.cache_keys() <= MANY - kept["deleted"] < MANY
    async with busy.engine():
        assert await busy.ends() == "succeeded"
    assert begins_at == [0, kept["cursor"]]
    assert busy.cache_keys() == 0
    done = (await busy.small.posted("is done"))[-1]["text"]
    assert "is done: at least " in done, "what was deleted just before the crash was counted by nobody"


async def test_approval_is_not_judged_anew_when_a_begun_plan_goes_on(busy: Scene) -> None:
    async with busy.engine():
        await busy.approved()
        await busy.has_come_some_way()
    busy.directory.groups["S0SRE"] = Group(handle="sre-oncall", members=frozenset({MARIA}))
    async with busy.engine():
        assert await busy.ends() == "succeeded", "a half-cleared class is no safer than a cleared one"


class Later(Unhurried):
    """The same, a quarter of an hour on."""

    def now_ms(self) -> int:
        return super().now_ms() + 15 * 60_000


async def _resolved(scene: Scene) -> None:
    over = scene.incident.resolved(by=MARIA, at_ms=scene.pong.clock.now_ms(), root_cause="a", fix="b")
    await scene.pong.store.write(lambda records: records.incidents.save(over))


async def _restarted(scene: Scene) -> None:
    scene.server.kill()
    scene.server.start()
    populate(scene.server, MANY)


async def _grown(scene: Scene) -> None:
    scene.server.command("DEBUG", "POPULATE", MANY, "cache:new", 10)


async def _late(scene: Scene) -> None:
    scene.pong = replace(scene.pong, clock=Later())


@pytest.mark.parametrize(
    ("meanwhile", "why"),
    [
        (_resolved, "the incident was resolved"),
        (_restarted, "restarted or replaced"),
        (_grown, "more would be lost now"),
        (_late, "does not go on by itself"),
    ],
)
async def test_what_a_crash_broke_off_does_not_go_on_when_it_would_be_something_else(
    busy: Scene, meanwhile: Callable[[Scene], Awaitable[None]], why: str
) -> None:
    async with busy.engine():
        await busy.approved()
        await busy.has_come_some_way()
    counted = json.loads((await busy.step())["cursor"])["deleted"]
    await meanwhile(busy)
    left = await busy.keys_that_stay()
    async with busy.engine():
        assert await busy.ends() == "failed"
    assert busy.cache_keys() == left
    said = (await busy.small.posted("broke off"))[-1]["text"]
    assert why in said
    assert f"at least {counted:,} keys before that" in said, "they are gone, whatever came afterwards"
    failed = [event for event in busy.small.noted if event.kind == "execution.failed"]
    assert failed[-1].data["deleted"] == counted > 0


async def test_stop_before_it_begins_is_heard(scene: Scene) -> None:
    asked = await scene.approved()
    await scene.pong.store.write(
        await stop.run(asks("stop", ref=asked.approval.ref, via="button"), scene.pong)
    )
    async with scene.engine():
        assert await scene.ends() == "failed"
    assert scene.cache_keys() == FEW
    assert await scene.small.posted("stopped it before it began")


NEVER = RedisCommand(arguments=("INCR", "cache:counter"), undo="Cannot be undone.", repeat=Repeat.NEVER)


@pytest.mark.parametrize("kind", ["sweep", "command"])
async def test_step_that_must_not_repeat_is_unknown_and_not_run_again(scene: Scene, kind: str) -> None:
    await scene.approved(lambda plan: replace(plan, steps=(_never(plan, kind),)))
    await dies_after_its_intent(scene)
    async with scene.engine():
        assert await scene.ends() == "unknown"
    assert scene.cache_keys() == FEW
    assert scene.happened("execution.unknown") == 1
    assert not await leaves_work(scene)
    said = (await scene.small.posted("Unknown outcome"))[-1]["text"]
    assert "It will not be run again by itself" in said


def _never(plan: Plan, kind: str) -> Any:
    return NEVER if kind == "command" else replace(plan.steps[0], repeat=Repeat.NEVER)


async def dies_after_its_intent(scene: Scene) -> None:
    """Leave what an engine leaves that died between its intent and its first byte."""

    async def leave(records: Any) -> None:
        now_ms = scene.pong.clock.now_ms()
        await records.approvals.claim_execution(owner="the dead", now_ms=now_ms, lease_ms=60_000)
        await records.approvals.keep_step(1, 0, state="intended", evidence="{}")
        held = await offer.load(records, 1)
        await offer.save(records, replace(held, approval=held.approval.used()))

    await scene.pong.store.write(leave)


async def test_engine_that_lost_its_lease_stops_and_ends_nothing(busy: Scene) -> None:
    async def take_over(records: Any) -> Row | None:
        much_later_ms = busy.pong.clock.now_ms() + 10 * engine.LEASE_MS
        row: Row | None = await records.approvals.claim_execution(
            owner="another", now_ms=much_later_ms, lease_ms=engine.LEASE_MS
        )
        return row

    async with busy.engine():
        await busy.approved()
        await busy.has_come_some_way()
        assert await busy.pong.store.write(take_over)
        left = await comes_to_rest(busy)
    assert left > 0
    assert (await busy.execution())["state"] == "executing"
    assert not busy.happened("execution.failed")


async def comes_to_rest(busy: Scene) -> int:
    """How many keys are left once nothing deletes any more."""
    seen = -1
    async with asyncio.timeout(20):
        while seen != (now := busy.cache_keys()):
            seen = now
            await asyncio.sleep(1.2)  # longer than between two reports, at which a lost lease shows
    return seen


# -- judged again ---------------------------------------------------------------------------------------


async def test_approver_who_is_none_any_more_does_not_count(scene: Scene) -> None:
    await scene.approved()
    scene.directory.groups["S0SRE"] = Group(handle="sre-oncall", members=frozenset({MARIA}))
    async with scene.engine():
        assert f"<@{DEV}> may not approve this any more" in await scene.refused()
    assert scene.cache_keys() == FEW


async def test_a_voter_whom_slack_does_not_tell_for_a_moment_leaves_the_approval(
    scene: Scene,
) -> None:
    await scene.approved()
    scene.directory.untold = {DEV}

    async def has_begun() -> bool:
        scene.small.clock.advance(0.5)
        return bool(scene.happened("execution.started"))

    async with scene.engine():
        await scene.becomes(lambda: is_claimed(scene), "an engine has it")
        for _ in range(60):
            scene.small.clock.advance(1)
            await asyncio.sleep(0.005)
        assert not scene.happened("execution.started")
        assert not scene.happened("execution.refused")
        scene.directory.untold = set()
        await scene.becomes(has_begun, "it begins")


async def test_a_voter_whom_slack_never_tells_runs_nothing_and_is_not_called_out_of_the_set(
    scene: Scene,
) -> None:
    await scene.approved()
    scene.directory.untold = {DEV}

    async def is_refused() -> bool:
        scene.small.clock.advance(5)
        return bool(scene.happened("execution.refused"))

    async with scene.engine():
        await scene.becomes(is_refused, "it is refused")
        assert await scene.refused() == f"Slack did not say who <@{DEV}> is, so nothing ran: ask again."
    assert scene.cache_keys() == FEW


async def test_nothing_runs_for_an_incident_that_was_resolved(scene: Scene) -> None:
    await scene.approved()
    over = scene.incident.resolved(by=MARIA, at_ms=1, root_cause="known", fix="mended")
    await scene.pong.store.write(lambda records: records.incidents.save(over))
    async with scene.engine():
        assert "The incident is resolved" in await scene.refused()
    assert scene.cache_keys() == FEW


async def test_approval_that_waited_too_long_does_not_run(scene: Scene) -> None:
    await scene.approved()
    scene.small.clock.advance(5 * 60 + 1)
    scene.slack.answered_ms = scene.pong.clock.now_ms()
    async with scene.engine():
        assert "came too long ago" in await scene.refused()
    assert scene.cache_keys() == FEW


async def test_another_runbook_than_when_it_was_approved_runs_nothing(scene: Scene) -> None:
    await scene.approved()
    runbook = scene.pong.runbooks["redis-failure"]
    changed = replace(runbook, acknowledgement="Somebody looks")
    async with scene.engine(replace(scene.pong, runbooks={"redis-failure": changed})):
        assert "What would run now is not what was approved" in await scene.refused()
    assert scene.cache_keys() == FEW


async def test_more_keys_than_were_approved_run_nothing(scene: Scene) -> None:
    await scene.approved()
    populate(scene.server, 2 * FEW)
    async with scene.engine():
        assert "More would be lost now than was approved" in await scene.refused()
    assert scene.cache_keys() == 2 * FEW


async def test_memory_that_fell_meanwhile_runs_nothing(scene: Scene) -> None:
    used = int(scene.server.command("INFO")["used_memory"])
    scene.server.command("CONFIG", "SET", "maxmemory", int(used / 0.8))
    await scene.approved()
    scene.server.command("CONFIG", "SET", "maxmemory", 4 * used)
    async with scene.engine():
        assert "under the goal of 70 %, so it is not needed any more" in await scene.refused()
    assert scene.cache_keys() == FEW


async def test_after_too_many_in_an_hour_nothing_runs(scene: Scene) -> None:
    await scene.approved()
    begun = "INSERT INTO executions (approval_id, state, begun_ms) VALUES (:id, 'failed', :at_ms)"
    for _ in range(3):
        earlier = await scene.asked(*await prepare(scene.pong, scene.incident, "clear", ("cache",)))
        await scene.pong.store.write(
            lambda records, id=earlier.id: records.approvals._connection.run(
                begun, id=id, at_ms=scene.pong.clock.now_ms()
            )
        )
    async with scene.engine():
        assert "3 data-losing plans ran on redis-prod within an hour" in await scene.refused()
    assert scene.cache_keys() == FEW


async def test_fewer_keys_than_were_approved_run(scene: Scene) -> None:
    scene.pong = replace(scene.pong, clock=SystemClock())
    scene.slack.answered_ms = scene.pong.clock.now_ms()
    await scene.approved()
    scene.server.command("DEL", *(f"cache:{number}" for number in range(FEW // 2)))
    async with scene.engine():
        assert await scene.ends() == "succeeded"


async def test_refusal_says_why_and_leaves_the_way_free_for_another_request(scene: Scene) -> None:
    first = await scene.approved()
    populate(scene.server, 2 * FEW)
    async with scene.engine():
        await scene.refused()
    assert await scene.small.posted("did not run")
    waiting = await scene.pong.store.read(lambda records: offer.open_offers(records, scene.incident))
    assert not waiting, "what was refused would stand in the way of asking again"
    dues = await scene.pong.store.read(lambda records: records.timers.waiting(scene.incident.id))
    assert not [due for due in dues if due.slot == first.id and due.kind == "execute-by"]


# -- Slack and Stop -------------------------------------------------------------------------------------


async def test_nothing_starts_while_slack_is_silent_and_in_the_end_it_expires(scene: Scene) -> None:
    await scene.approved()
    scene.slack.answered_ms, scene.slack.answers = scene.pong.clock.now_ms() - 31_000, False
    scene.directory.groups["S0SRE"] = Group(handle="S0SRE", members=None)  # nobody can say who they are
    async with scene.engine():
        await scene.becomes(lambda: is_claimed(scene), "an engine has it")
        for _ in range(4 * 60):
            scene.small.clock.advance(1)
            await asyncio.sleep(0)
        assert (await scene.execution())["state"] == "executing"
        assert (await scene.step())["state"] == "not begun"
        scene.small.clock.advance(2 * 60)
        assert "Slack did not answer until the approval ended" in await scene.refused()
    assert scene.cache_keys() == FEW


async def test_it_starts_once_slack_answers_again(scene: Scene) -> None:
    await scene.approved()
    scene.slack.answered_ms, scene.slack.answers = None, False

    async def has_begun() -> bool:
        scene.small.clock.advance(0.5)
        return bool(scene.happened("execution.started"))

    async with scene.engine():
        await scene.becomes(lambda: is_claimed(scene), "an engine has it")
        assert not scene.happened("execution.started")
        scene.slack.answered_ms = scene.pong.clock.now_ms()
        await scene.becomes(has_begun, "it begins")


async def is_claimed(scene: Scene) -> bool:
    return (await scene.execution())["state"] == "executing"


async def test_stop_ends_it_and_keeps_what_is_left(busy: Scene) -> None:
    async with busy.engine():
        approved = await busy.approved()
        await busy.has_come_some_way()
        stopped = await stop.run(asks("stop", by=SAM, ref=approved.approval.ref, via="button"), busy.pong)
        await busy.pong.store.write(stopped)
        assert await busy.ends() == "failed"
    assert busy.cache_keys() > 0
    assert f'"stopped_by": "{SAM}"' in (await busy.execution())["result"]
    assert await busy.small.posted(f"was stopped by <@{SAM}>")


async def test_stop_that_was_pressed_before_a_crash_still_holds(busy: Scene) -> None:
    async with busy.engine():
        approved = await busy.approved()
        await busy.has_come_some_way()
    await busy.pong.store.write(lambda records: records.approvals.ask_to_stop(approved.id, SAM))
    left = await busy.keys_that_stay()
    async with busy.engine():
        assert await busy.ends() == "failed"
    assert busy.cache_keys() == left


# -- evidence -------------------------------------------------------------------------------------------


async def test_evidence_is_kept_before_the_first_key_goes(busy: Scene) -> None:
    async with busy.engine():
        await busy.approved()
        await busy.has_come_some_way()
        left = busy.cache_keys()
    started = next(event for event in busy.small.noted if event.kind == "execution.started")
    assert started.data["evidence"]["database_keys"] == MANY + OTHERS > left
    assert "used_memory" in started.data["evidence"]["info"]["memory"]
    assert (await busy.step())["evidence"]
