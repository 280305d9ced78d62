"""Who runs an approved plan, once, and what if Pong dies in between?

Intent is committed before the effect. What a crash left half-done goes on when repeating it harms nothing,
and is shown as unknown when it does not: invariant I4 of the design.
"""

import asyncio
import contextlib
import json
import logging
from collections import defaultdict
from dataclasses import dataclass

from bot.card import Phase, redraw_card
from bot.errors import Permanent, PongError, Refused, StoreBusy
from bot.execution.before import check_again, keep_evidence, slack_is_there
from bot.execution.effects.redis import remediation_client
from bot.execution.effects.sweep import Listener, Sweep, SweepResult, sweep
from bot.execution.running import Running
from bot.offer import Offer, load, remediation_of, save
from bot.pong import Pong
from bot.remediations.plan import RedisSweep, Repeat
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
        offer = await self._pong.store.read(lambda records: load(records, claim.approval_id))
        beating = asyncio.create_task(self._keep_lease(claim))
        try:
            async with self._targets[offer.plan.target]:
                await Execution(self._pong, claim, offer).go()
        except Permanent as error:
            # Nobody can go on with it, as when its target has left pong.toml: it has to have an end.
            await Running(self._pong, claim.id, claim.fence, offer).finish(
                "failed", {"stopped_because": str(error)}
            )
        except PongError as error:
            log.warning("execution %s: %s", claim.id, error)
        except Exception:
            # The lease ends by itself; whoever claims it next sees from its steps how far it came.
            log.exception("execution %s broke off", claim.id)
        finally:
            beating.cancel()

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

    async def go(self) -> None:
        steps = await self._pong.store.read(lambda records: records.approvals.steps(self._claim.id))
        begun = {step["n"]: step for step in steps}
        if not begun and not await self._begin():
            return
        for number, step in enumerate(self._offer.plan.steps):
            kept = begun.get(number)
            if kept and kept["state"] != "intended":
                continue
            if kept and step.repeat is not Repeat.HARMLESS:
                await self._running.finish("unknown", {"at_step": number})
                return
            if not isinstance(step, RedisSweep):
                raise Refused(f"Pong cannot run a step of the kind {step.kind} yet.")
            await self._sweep(number, step, kept)

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
        until_ms = now_ms + LEASE_MS
        if not await records.approvals.renew_execution(self._claim.id, self._claim.fence, until_ms=until_ms):
            return False
        self._offer = Offer(
            approval=now.approval.used(), plan=now.plan, preview=now.preview, class_name=now.class_name
        )
        self._running.offer = self._offer
        await save(records, self._offer)
        await records.approvals.keep_step(self._claim.id, 0, state="intended", evidence=evidence)
        await records.timeline.note(
            self._offer.approval.incident_id,
            "execution.started",
            actor=PONG,
            at_ms=self._pong.clock.now_ms(),
            approval=self._offer.id,
            title=self._offer.plan.title,
            approved_by=list(self._offer.approval.approved_by),
            evidence=json.loads(evidence),
        )
        await redraw_card(records, self._pong, self._offer, Phase.RUNNING)
        return True

    async def _sweep(self, number: int, step: RedisSweep, kept: Row | None) -> None:
        before = json.loads(kept["cursor"]) if kept and kept["cursor"] else {"cursor": 0, "deleted": 0}
        target = self._pong.targets.get(self._offer.plan.target)
        address = remediation_of(target)
        redis, canary = remediation_client(address), remediation_client(address)
        self._running.begin(number, deleted_before=before["deleted"])
        listener = Listener(asked_to_stop=self._running.asked_to_stop, on_progress=self._running.on_progress)
        work = Sweep(
            prefix=step.prefix.encode(), cursor=before["cursor"], count=step.count, gentle=step.gentle
        )
        try:
            result = await sweep(redis, canary, work, clock=self._pong.clock, listener=listener)
        finally:
            await redis.aclose()
            await canary.aclose()
        await self._end(number, result, before["deleted"] + result.deleted, is_resumed=kept is not None)

    async def _end(self, number: int, result: SweepResult, deleted: int, *, is_resumed: bool) -> None:
        percent = await self._running.memory_percent()
        await self._running.finish(
            "failed" if result.stopped_because else "succeeded",
            {
                "deleted": deleted,
                # What an engine that died had freed, and how long that took, was not measured.
                "freed_bytes": None if is_resumed else result.freed_bytes,
                "took_ms": None if is_resumed else result.took_ms,
                "stopped_because": result.stopped_because,
                "stopped_by": self._running.stopped_by,
                "memory_after_percent": percent,
                "cursor": result.cursor,
                "is_resumed": is_resumed,
            },
            step=number,
        )


def _claim(row: Row) -> Claim:
    return Claim(row["id"], row["approval_id"], row["fence"])
