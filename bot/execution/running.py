"""What is kept and shown while a plan runs, and when it has ended?"""

import json
from contextlib import suppress
from dataclasses import replace
from typing import Any, Literal

from bot import timers
from bot.approvals.approval import State
from bot.approvals.card import Phase, redraw_card, redraw_parent
from bot.approvals.offer import Offer, load, save
from bot.approvals.prepare import servers_to_change
from bot.errors import StoreBusy
from bot.execution.effects.effect import STOPPED
from bot.execution.effects.redis import remediation_client
from bot.execution.effects.sweep import Progress
from bot.pong import Pong
from bot.standing import fallback
from bot.store.records import Records
from bot.targets.address import Address
from bot.tasks import closed
from bot.timeline import PONG

LEASE_MS = 30_000
STOP_LOOKED_AT_EVERY_MS = 200

End = Literal["succeeded", "failed", "unknown"]


class Running:
    """Keeps cursor and lease, edits the card, hears Stop."""

    def __init__(self, pong: Pong, execution_id: int, fence: int, offer: Offer) -> None:
        self.offer = offer
        self.stopped_by: str | None = None
        self._pong = pong
        self._id = execution_id
        self._fence = fence
        self._number = 0
        self._deleted_before = 0
        self._server = ""
        self._lease_lost = False
        self._looked_ms = 0
        self._sees = ""

    def begin(self, number: int, *, deleted_before: int, server: str) -> None:
        """Step `number` goes on, at `server`, after so many keys."""
        self._number = number
        self._deleted_before = deleted_before
        self._server = server

    async def asked_to_stop(self, *, looks_now: bool = False) -> bool:
        """Whether a person pressed Stop, or another engine has taken over; asked of the store five times a
        second, or now."""
        now_ms = self._pong.clock.now_ms()
        if self._lease_lost or self.stopped_by:
            return True
        if not looks_now and now_ms - self._looked_ms < STOP_LOOKED_AT_EVERY_MS:
            return False
        self._looked_ms = now_ms
        self.stopped_by = await self._pong.store.read(
            lambda records: records.approvals.stop_asked_by(self._id)
        )
        return self.stopped_by is not None

    async def on_progress(self, progress: Progress) -> None:
        """Keep how far it is, renew the lease, edit the bar into the card: one transaction."""
        deleted = self._deleted_before + progress.deleted

        async def keep(records: Records) -> bool:
            if not await self._renewed(records):
                return False
            come_to = {"cursor": progress.cursor, "deleted": deleted, "server": self._server}
            cursor = json.dumps(come_to | {"run_id": progress.run_id})
            await records.approvals.keep_step(self._id, self._number, state="intended", cursor=cursor)
            facts = {
                "deleted": deleted,
                "keys_per_s": progress.keys_per_s,
                "canary_p99_ms": progress.canary_p99_ms,
            }
            await redraw_card(records, self._pong, self.offer, Phase.RUNNING, facts)
            return True

        self._lease_lost = not await self._pong.store.write(keep)

    async def on_look(self, number: int, sees: str) -> None:
        """Edit what step `number` sees into the card, whenever that is something else than before."""
        if sees == self._sees:
            return
        self._sees = sees

        async def keep(records: Records) -> None:
            if await self._renewed(records):
                facts = {"at_step": number, "sees": sees}
                await redraw_card(records, self._pong, self.offer, Phase.RUNNING, facts)

        with suppress(StoreBusy):  # it is shown with the next look; nothing hangs on it
            await self._pong.store.write(keep)

    async def intend(self, number: int, facts: dict[str, Any]) -> bool:
        """Commit that step `number` is about to run. False when another engine has taken over."""

        async def keep(records: Records) -> bool:
            if not await self._renewed(records):
                return False
            await records.approvals.keep_step(self._id, number, state="intended")
            await redraw_card(records, self._pong, self.offer, Phase.RUNNING, facts | {"at_step": number})
            return True

        return await self._pong.store.write(keep)

    async def step_done(self, number: int, detail: str, facts: dict[str, Any]) -> None:
        """Keep that step `number` is done, in the store and the timeline."""

        async def keep(records: Records) -> None:
            if not await self._renewed(records):
                return
            await records.approvals.keep_step(self._id, number, state="done", detail=detail)
            if number == fallback.switches_at(self.offer.plan):
                await fallback.note(records, self._pong, self.offer)
            await records.timeline.note(
                self.offer.approval.incident_id,
                "execution.step",
                actor=PONG,
                at_ms=self._pong.clock.now_ms(),
                approval=self.offer.id,
                step=number,
                does=self.offer.plan.steps[number].line(),
                detail=detail,
            )
            await redraw_card(records, self._pong, self.offer, Phase.RUNNING, facts | {"at_step": number + 1})

        await self._pong.store.write(keep)

    async def _renewed(self, records: Records) -> bool:
        until_ms = self._pong.clock.now_ms() + LEASE_MS
        return await records.approvals.renew_execution(self._id, self._fence, until_ms=until_ms)

    async def memory_percent(self) -> float | None:
        """used_memory / maxmemory now, in percent, of a cluster's fullest primary; None when it cannot be
        told."""
        target = self._pong.targets.get(self.offer.plan.target)
        try:
            servers = await servers_to_change(target)
            each = [await _memory_percent(server, target.memory_limit_bytes) for server in servers]
        except Exception:  # whatever it is, the figure is then not known, and the outcome says so
            return None
        known = [one for one in each if one is not None]
        return max(known) if len(known) == len(each) else None

    async def finish(self, state: End, facts: dict[str, Any], *, step: int | None = None) -> None:
        """Keep how it ended, in the store, the timeline and the card."""

        async def keep(records: Records) -> None:
            by = await records.approvals.stop_asked_by(self._id)
            told = facts | _of_stop(by, facts)
            if not await records.approvals.finish_execution(self._id, self._fence, state=state, result=told):
                return
            if step is not None:
                await records.approvals.keep_step(
                    self._id, step, state="done" if state == "succeeded" else "failed"
                )
            await records.timeline.note(
                self.offer.approval.incident_id,
                f"execution.{state}",
                actor=told.get("stopped_by") or PONG,
                at_ms=self._pong.clock.now_ms(),
                approval=self.offer.id,
                title=self.offer.plan.title,
                tier=self.offer.plan.tier.value,
                **told,
            )
            plan = self.offer.plan
            if state == "succeeded" and fallback.switches_at(plan) == len(plan.steps) - 1:
                await fallback.note(records, self._pong, self.offer)
            phase = {"succeeded": Phase.SUCCEEDED, "failed": Phase.FAILED, "unknown": Phase.UNKNOWN}[state]
            if state == "failed" and told.get("stopped_by"):
                phase = Phase.STOPPED
            await redraw_card(records, self._pong, self.offer, phase, told, news=True)
            await redraw_parent(records, self._pong, self.offer)

        await self._pong.store.write(keep)

    async def refuse(self, why: str) -> None:
        """Nothing was run: say why, where the approval was given."""

        async def keep(records: Records) -> None:
            if not await records.approvals.finish_execution(
                self._id, self._fence, state="failed", result={"refused": why}
            ):
                return
            if (await load(records, self.offer.id)).approval.state is State.CANCELLED:
                return  # somebody took it back, and the card says so already
            await self._take_back(records)
            await records.timeline.note(
                self.offer.approval.incident_id,
                "execution.refused",
                actor=PONG,
                at_ms=self._pong.clock.now_ms(),
                approval=self.offer.id,
                title=self.offer.plan.title,
                why=why,
            )
            await redraw_card(records, self._pong, self.offer, Phase.REFUSED, {"why": why}, news=True)

        await self._pong.store.write(keep)

    async def _take_back(self, records: Records) -> None:
        """An approval that will not run any more must not stand in the way of the next one."""
        now = await load(records, self.offer.id)
        if now.approval.is_open:
            self.offer = replace(now, approval=now.approval.cancelled())
            await save(records, self.offer)
            await records.timers.cancel_slot(now.approval.incident_id, timers.EXECUTE_BY, now.id)


def _of_stop(by: str | None, facts: dict[str, Any]) -> dict[str, str]:
    """Whether it ended because `by` pressed Stop, or that it ended otherwise."""
    if by is None:
        return {}
    was_heard = str(facts.get("stopped_because") or "").startswith(STOPPED)
    return {"stopped_by": by} if was_heard else {"stop_missed_by": by}


async def _memory_percent(server: Address, limit_bytes: int | None) -> float | None:
    redis = remediation_client(server)
    try:
        info = await redis.info("memory")
    finally:
        await closed(redis)
    limit = info.get("maxmemory") or limit_bytes
    return round(100 * info["used_memory"] / limit, 1) if limit else None
