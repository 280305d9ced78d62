"""Who runs an approved plan, once, and what if Pong dies in between?

Intent is committed before the effect. What a crash left half-done goes on when repeating it harms nothing,
and is shown as unknown when it does not: invariant I4 of the design.
"""

import asyncio
import contextlib
import json
import logging
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any

from bot.approvals.breaker import check_breaker
from bot.approvals.card import Phase, redraw_card, redraw_parent
from bot.approvals.offer import Offer, load, save
from bot.errors import Permanent, PongError, Refused, StoreBusy, Unread
from bot.execution.before import check_again, check_resumption, keep_evidence, slack_is_there
from bot.execution.effects.effect import STOPPED, Effect, Outcome
from bot.execution.ends import no_way_on
from bot.execution.hands import Hands
from bot.execution.kept import facts_of, is_left
from bot.execution.running import End, Running
from bot.execution.unread import end_unread
from bot.pong import Pong
from bot.remediations.plan import Repeat, Step, Wait
from bot.store.protocol import Row
from bot.store.records import Records
from bot.tasks import end_tasks
from bot.timeline import PONG

LEASE_MS = 30_000
IDLE_S = 1.0

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Claim:
    """An execution that this engine holds; `fence` proves it."""

    id: int
    approval_id: int
    fence: int


class Engine:
    """Runs what is approved, one plan at a time for each target, until it is cancelled."""

    def __init__(self, pong: Pong) -> None:
        self._pong = pong
        self._targets: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        await self._pong.store.write(lambda records: records.approvals.release_executions())
        changes = self._pong.store.changes()
        try:
            while True:
                if claim := await self._claim():
                    self._start(claim)
                else:
                    await changes.wait(IDLE_S)
        finally:
            # What is on its way breaks off here and goes on after the next start.
            await end_tasks(*self._tasks)

    def _start(self, claim: Claim) -> None:
        task = asyncio.create_task(self._carry_out(claim), name=f"execution {claim.id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _claim(self) -> Claim | None:
        now_ms = self._pong.clock.now_ms()
        try:
            if not await self._pong.store.read(lambda records: records.approvals.has_work(now_ms=now_ms)):
                return None
            row = await self._pong.store.write(
                lambda records: records.approvals.claim_execution(
                    owner="engine", now_ms=now_ms, lease_ms=LEASE_MS
                )
            )
        except StoreBusy as error:
            log.warning("%s", error)
            return None
        return _claim(row) if row else None

    async def _carry_out(self, claim: Claim) -> None:
        beating = asyncio.create_task(self._keep_lease(claim))
        try:
            await self._to_its_end(claim)
        except PongError as error:
            log.warning("execution %s: %s", claim.id, error)
        except Exception:
            # The lease ends by itself; whoever claims it next sees from its steps how far it came.
            log.exception("execution %s broke off", claim.id)
        finally:
            beating.cancel()

    async def _to_its_end(self, claim: Claim) -> None:
        """Also what nobody can go on with has to have one."""
        try:
            offer = await self._pong.store.read(lambda records: load(records, claim.approval_id))
        except Unread:
            await end_unread(self._pong, claim.id, claim.fence, approval_id=claim.approval_id)
            return
        try:
            async with self._targets[offer.plan.target]:
                await Execution(self._pong, claim, offer).go()
        except Permanent as error:
            rows = await self._pong.store.read(lambda records: records.approvals.steps(claim.id))
            running = Running(self._pong, claim.id, claim.fence, offer)
            await no_way_on(running, {row["n"]: row for row in rows}, why=str(error))

    async def _keep_lease(self, claim: Claim) -> None:
        """What waits for its target, or for Slack, is not to be claimed a second time meanwhile."""
        is_ours = True
        while is_ours:
            await self._pong.clock.sleep(LEASE_MS / 3000)
            until_ms = self._pong.clock.now_ms() + LEASE_MS
            with contextlib.suppress(StoreBusy):
                is_ours = await self._pong.store.write(
                    lambda records: records.approvals.renew_execution(
                        claim.id,
                        claim.fence,
                        until_ms=until_ms,  # noqa: B023 - awaited at once
                    )
                )


class Execution:
    """One plan on its way."""

    def __init__(self, pong: Pong, claim: Claim, offer: Offer) -> None:
        self._pong = pong
        self._claim = claim
        self._offer = offer
        self._running = Running(pong, claim.id, claim.fence, offer)
        self._began_s = pong.clock.monotonic_s()
        self._must_go_on = False

    async def go(self) -> None:
        kept = await self._kept_steps()
        self._must_go_on = self._offer.plan.must_go_on(kept)
        if not kept and not await self._begin():
            return
        hands, facts = Hands(self._pong, self._offer, self._running), facts_of(self._offer.plan, kept)
        for number in range(len(self._offer.plan.steps)):
            before = kept.get(number)
            if before and before["state"] == "done":
                continue
            if before is None and number and not await self._may_go_on(number, facts):
                return
            effect = await self._carried_out(hands, number, before)
            facts |= {"took_ms": self._took_ms(kept), **effect.facts, "at_step": number}
            if not effect.is_done:
                await self._broke_off(number, effect, facts)
                return
            facts["done"] = [*facts["done"], effect.detail]
            if number < len(self._offer.plan.steps) - 1:
                await self._running.step_done(number, effect.detail, facts)
        await self._finish("succeeded", facts)

    async def _kept_steps(self) -> dict[int, Row]:
        rows = await self._pong.store.read(lambda records: records.approvals.steps(self._claim.id))
        return self._without_lost({row["n"]: row for row in rows})

    def _without_lost(self, kept: dict[int, Row]) -> dict[int, Row]:
        """A new secret lives in the memory of the engine that made it. Where steps that need it are left, all
        from the first that had it are done once more, with another one."""
        plan = self._offer.plan
        left = [number for number in range(len(plan.steps)) if is_left(kept.get(number))]
        lost = {name for number in left for name in plan.new_secrets(number)} if kept else set()
        first = next((n for n in range(len(plan.steps)) if plan.new_secrets(n) & lost), len(plan.steps))
        return {n: row | {"state": "intended"} if n >= first else row for n, row in kept.items()}

    async def _may_go_on(self, number: int, facts: dict[str, Any]) -> bool:
        """Between two steps is a safe point: Stop is heard there, and the next intent is committed."""
        may_stop = self._offer.plan.may_stop_before(number)
        if may_stop and await self._running.asked_to_stop(looks_now=True):
            stopped = {"stopped_because": f"{STOPPED} it", "at_step": number}
            await self._finish("failed", facts | stopped)
            return False
        return await self._running.intend(number, facts)

    async def _carried_out(self, hands: Hands, number: int, before: Row | None) -> Effect:
        """Do it, unless an engine that died may have done it already: then only what harms nothing is done
        again, and where one can look, the outside says what happened."""
        step = self._offer.plan.steps[number]
        if before is not None and (reason := await self._why_not_resume(step, before)):
            return Effect(Outcome.FAILED, reason)
        if before is None or step.repeat is Repeat.HARMLESS:
            effect = await hands.do(number, step, before)
        else:
            effect = Effect(Outcome.UNKNOWN, "what became of it could not be kept")
        if effect.outcome is Outcome.UNKNOWN and step.repeat is Repeat.CHECK:
            return await self._seen_outside(hands, number, effect)
        return effect

    async def _why_not_resume(self, step: Step, before: Row) -> str | None:
        """A clause when a step that harms nothing by repeating must not go on by itself all the same."""
        if self._must_go_on or isinstance(step, Wait) or step.repeat is not Repeat.HARMLESS:
            return None
        kept = json.loads(before["cursor"]) if before["cursor"] else {"deleted": 0}
        evidence = json.loads(before["evidence"] or "{}")
        run_id = evidence.get("info", {}).get("server", {}).get("run_id")
        row = await self._pong.store.read(lambda records: records.approvals.execution_of(self._offer.id))
        try:
            await check_resumption(
                self._pong, self._offer, row or {"begun_ms": None}, deleted=kept["deleted"], run_id=run_id
            )
        except PongError as reason:
            return str(reason)
        return None

    async def _seen_outside(self, hands: Hands, number: int, unknown: Effect) -> Effect:
        """What the following step waits for tells whether this one happened."""
        following = self._offer.plan.steps[number + 1 : number + 2]
        if not following or not isinstance(following[0], Wait):
            return unknown
        seen = await hands.saw_begin(number + 1, following[0], shown_at=number)
        if seen.is_done:
            return Effect(Outcome.DONE, f"it was done: {seen.detail}")
        return Effect(Outcome.UNKNOWN, f"{unknown.detail}; {seen.detail}")

    async def _broke_off(self, number: int, effect: Effect, facts: dict[str, Any]) -> None:
        state: End = "unknown" if effect.outcome is Outcome.UNKNOWN else "failed"
        await self._finish(state, facts | {"stopped_because": effect.detail}, step=number)

    async def _finish(self, state: End, facts: dict[str, Any], *, step: int | None = None) -> None:
        if self._offer.plan.goal_percent is not None:
            facts |= {"memory_after_percent": await self._running.memory_percent()}
        last = len(self._offer.plan.steps) - 1 if state == "succeeded" else step
        await self._running.finish(state, facts, step=last)

    def _took_ms(self, kept: dict[int, Row]) -> int | None:
        return None if kept else round((self._pong.clock.monotonic_s() - self._began_s) * 1000)

    async def _begin(self) -> bool:
        """Ask everything once more, keep the evidence, then commit the intent. False when it must not run."""
        try:
            # Slack first: without it nobody knows who the approvers are, and waiting for it takes minutes.
            await slack_is_there(self._pong, until_ms=self._offer.approval.execute_by_ms)
            await check_again(self._pong, self._offer)
            evidence = await keep_evidence(self._pong, self._offer)
            return await self._pong.store.write(lambda records: self._intend(records, evidence))
        except StoreBusy:
            raise  # nothing was decided: the lease ends, and it is begun anew
        except PongError as refusal:
            await self._running.refuse(str(refusal))
            return False

    async def _intend(self, records: Records, evidence: str) -> bool:
        now = await load(records, self._offer.id)
        now_ms = self._pong.clock.now_ms()
        if now.approval.is_overdue(now_ms):
            raise Refused("The approval came too long ago to run now: ask again.")
        if by := await records.approvals.stop_asked_by(self._claim.id):
            raise Refused(f"<@{by}> stopped it before it began: ask again if it is still needed.")
        await check_breaker(records, self._pong, now.plan)
        until_ms = now_ms + LEASE_MS
        if not await records.approvals.renew_execution(self._claim.id, self._claim.fence, until_ms=until_ms):
            return False
        self._offer = replace(now, approval=now.approval.used())
        self._running.offer = self._offer
        await save(records, self._offer)
        await records.approvals.begin_execution(self._claim.id, at_ms=now_ms)
        await records.approvals.keep_step(self._claim.id, 0, state="intended", evidence=evidence)
        await records.timeline.note(
            self._offer.approval.incident_id,
            "execution.started",
            actor=PONG,
            at_ms=self._pong.clock.now_ms(),
            approval=self._offer.id,
            title=self._offer.plan.title,
            approved_by=list(self._offer.approval.approved_by),
            alone=self._offer.approval.alone,
            evidence=json.loads(evidence),
        )
        await redraw_card(records, self._pong, self._offer, Phase.RUNNING)
        await redraw_parent(records, self._pong, self._offer)
        return True


def _claim(row: Row) -> Claim:
    return Claim(row["id"], row["approval_id"], row["fence"])
