"""How do the letters of the outbox get to Slack?

Several lanes at once, one letter at a time in each. A post is noted as `sending` before the call; when its
answer is lost, it is looked up before it is sent again. https://docs.slack.dev/reference/methods/chat.postMessage
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import KW_ONLY, dataclass, field, replace
from functools import partial

from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock
from bot.errors import PongError, Transient
from bot.outbox.calls import Answer, Calls, Meaning
from bot.outbox.choosing import Next, Situation, Step, choose
from bot.outbox.files import Uploads, with_link
from bot.outbox.lateness import dated
from bot.outbox.lookup import Lookup, metadata
from bot.outbox.pacing import Budgets, Pacing
from bot.outbox.settling import SetAside, Settling, Standing, Taken
from bot.store.protocol import Changes, Store
from bot.store.records import Records
from bot.store.sending import Lane, Lease, Letter

logger = logging.getLogger(__name__)

OnFailed = Callable[[Records, SetAside], Awaitable[None]]

IDLE_MS = 30_000  # look again after this long, whatever was or was not heard of
ENDS_AFTER_S = 3.0  # what is on its way when the sender is told to end has this long to arrive
PARENT_FAILED = "Slack refused the message that it belongs to."


class LeaseLost(PongError):
    """Another sender has the lane now."""


@dataclass
class Sender:
    """Sends until it is cancelled.

    `client` retries nothing by itself (`retry_handlers=[]`) and its time-out is shorter than
    `pacing.look_up_after_ms`. `owner` is this process's name, unlike any other's. `on_failed` is told each
    letter that is set aside, and why, within the transaction that does it.
    """

    store: Store
    client: AsyncWebClient
    clock: Clock
    _: KW_ONLY
    owner: str
    on_failed: OnFailed
    pacing: Pacing = field(default_factory=Pacing)

    def __post_init__(self) -> None:
        self._calls = Calls(self.clock)
        self._lookup = Lookup(self.client, self._calls, clock_skew_ms=self.pacing.clock_skew_ms)
        self._uploads = Uploads(self.client, self._calls)
        self._standing = Standing()
        self._working: dict[str, asyncio.Task[None]] = {}
        self._wake = asyncio.Event()

    @property
    def answered_ms(self) -> int | None:
        """When Slack last answered anything; None while it has not."""
        return self._calls.answered_ms

    @property
    def is_holding(self) -> bool:
        """Whether letters are kept back because Slack takes no token of ours for them."""
        return bool(self._standing.held_ms)

    async def run(self) -> None:
        await self._take_over()
        # Listened for before the first look: what is committed in between is heard of.
        listening = asyncio.create_task(self._listen(self.store.changes()))
        try:
            while True:
                self._wake.clear()
                await self._sleep_until(await self._start_due())
        finally:
            listening.cancel()
            await self._end()

    async def _take_over(self) -> None:
        """One process owns the store: whoever held a lane before this start has ended, or has died."""
        while True:
            try:
                return await self.store.write(lambda records: records.outbox.release_all())
            except Transient as error:
                logger.warning("%s Sending begins in a moment.", error)
                await self.clock.sleep(self.pacing.first_wait_ms / 1000)

    async def _listen(self, changes: Changes) -> None:
        while True:
            await changes.wait(IDLE_MS / 1000)
            self._wake.set()

    async def _start_due(self) -> int:
        """Begin what is due; when to look again."""
        now_ms = self.clock.now_ms()
        try:
            choices = await self.store.read(partial(self._choices, now_ms=now_ms))
        except Transient:
            return now_ms + self.pacing.first_wait_ms
        for choice in choices:
            if choice.at_ms <= now_ms:
                lane = choice.letter.lane
                self._working[lane] = asyncio.create_task(self._work(lane))
        return min([now_ms + IDLE_MS, *(choice.at_ms for choice in choices if choice.at_ms > now_ms)])

    async def _choices(self, records: Records, *, now_ms: int) -> list[Next]:
        """What comes next in each lane in which nothing is on its way."""
        budgets = Budgets(await records.outbox.budgets(), self.pacing)
        found = []
        for lane in await records.outbox.lanes():
            if lane.name in self._working:
                continue
            letters = await records.outbox.waiting(lane.name)
            choice = choose(letters, self._situation(lane, budgets), now_ms=now_ms)
            if choice:
                found.append(replace(choice, at_ms=max(choice.at_ms, self._free_ms(lane))))
        return found

    def _free_ms(self, lane: Lane) -> int:
        return 0 if lane.owner in ("", self.owner) else lane.lease_ms

    def _situation(self, lane: Lane, budgets: Budgets) -> Situation:
        return Situation(
            lane=lane,
            budgets=budgets,
            held_ms=self._standing.held_ms,
            is_joined=lane.name in self._standing.joined,
            pacing=self.pacing,
        )

    async def _work(self, lane: str) -> None:
        try:
            if taken := await self.store.write(partial(self._take, lane)):
                await self._carry_out(taken)
        except LeaseLost:
            logger.warning("Another sender took over %s.", lane)
        except Transient as error:
            logger.warning("%s Sending in %s goes on in a moment.", error, lane)
            await self.clock.sleep(self.pacing.first_wait_ms / 1000)
        except Exception:
            logger.exception("Sending in %s failed; it is tried again.", lane)
            await self.clock.sleep(self.pacing.look_again_ms / 1000)
        finally:
            del self._working[lane]
            self._wake.set()

    async def _take(self, lane: str, records: Records) -> Taken | None:
        """Lease the lane, choose once more, and note what is about to be done: in one transaction, so that an
        edit made meanwhile is not lost."""
        now_ms = self.clock.now_ms()
        lease = await records.outbox.hold(
            lane, owner=self.owner, now_ms=now_ms, lease_ms=self.pacing.lease_ms
        )
        here = next((one for one in await records.outbox.lanes() if one.name == lane), None)
        if lease is None or here is None:
            return None
        budgets = Budgets(await records.outbox.budgets(), self.pacing)
        choice = choose(await records.outbox.waiting(lane), self._situation(here, budgets), now_ms=now_ms)
        if choice is None or choice.at_ms > now_ms:
            return None
        taken = Taken(lease, choice.letter, choice.step)
        spent_ms = budgets.after_call_ms(taken.method, now_ms=now_ms)
        if spent_ms is not None and taken.step is not Step.SET_ASIDE:
            await records.outbox.delay_method(taken.method, until_ms=spent_ms)
        if taken.step in (Step.UPLOAD, Step.POST, Step.UPDATE):
            await records.outbox.sending(taken.letter.id, now_ms=now_ms)
            taken = replace(taken, letter=replace(taken.letter, attempts=taken.letter.attempts + 1))
        return taken

    async def _carry_out(self, taken: Taken) -> None:
        answer = await self._ask(taken)
        now_ms = self.clock.now_ms()
        self._standing.learn(taken, answer, hold_until_ms=now_ms + self.pacing.hold_ms)
        reason = await self.store.write(partial(self._settle, taken, answer))
        if reason:
            logger.warning("A message in %s was set aside: %s", taken.letter.lane, reason)

    async def _settle(self, taken: Taken, answer: Answer, records: Records) -> str | None:
        if reason := await self._settled(taken, answer, records):
            await self.on_failed(records, SetAside(taken.letter, reason, answer.code))
        return reason

    async def _settled(self, taken: Taken, answer: Answer, records: Records) -> str | None:
        settling = Settling(records, self.pacing, now_ms=self.clock.now_ms())
        if taken.step is Step.SET_ASIDE:
            return await settling.set_aside(taken.letter, PARENT_FAILED)
        # What Slack has taken is noted even when the lane is another's by now: it is true all the same.
        if answer.meaning is not Meaning.TAKEN:
            await self._prove(taken.lease, records)
        return await settling.settle(taken, answer, is_closed=taken.letter.lane in self._standing.closed)

    async def _ask(self, taken: Taken) -> Answer:
        letter = taken.letter
        keep_lease = partial(self.store.write, partial(self._prove, taken.lease))
        match taken.step:
            case Step.SET_ASIDE:
                return Answer(Meaning.REFUSED)
            case Step.JOIN:
                return await self._calls.ask(self.client.conversations_join(channel=letter.lane))
            case Step.LOOK_UP:
                return await self._lookup.find(letter, keep_lease)
            case Step.UPLOAD:
                return await self._uploads.upload(letter.payload["file"], keep_lease)
            case Step.UPDATE:
                changed = {**letter.payload, "channel": letter.lane, "ts": letter.ts}
                return await self._calls.ask(self.client.api_call(letter.method, json=changed))
            case _:
                return await self._calls.ask(self.client.api_call(letter.method, json=self._post(letter)))

    def _post(self, letter: Letter) -> dict[str, object]:
        payload = with_link(letter.payload, letter.file_link) if letter.file_link else letter.payload
        payload = dated(payload, written_ms=letter.created_ms, now_ms=self.clock.now_ms())
        post = {**payload, "channel": letter.lane, "metadata": metadata(letter.dedup_key)}
        return post | {"thread_ts": letter.thread_ts} if letter.thread_ts else post

    async def _prove(self, lease: Lease, records: Records) -> None:
        until_ms = self.clock.now_ms() + self.pacing.lease_ms
        if not await records.outbox.renew(lease, until_ms=until_ms):
            raise LeaseLost(f"The lane {lease.lane} has another sender.")

    async def _sleep_until(self, at_ms: int) -> None:
        waits = {
            asyncio.ensure_future(self._wake.wait()),
            asyncio.ensure_future(self.clock.sleep(max(0, at_ms - self.clock.now_ms()) / 1000)),
        }
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    async def _end(self) -> None:
        if not (tasks := set(self._working.values())):
            return
        _, late = await asyncio.wait(tasks, timeout=ENDS_AFTER_S)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
