"""How does what people confirmed get onto the status page, once?

It waits in the outbox, in the lane of Statuspage, until a call is made: one a second, noted as begun before
it is made. When its answer is lost, the page is looked at before anything is written again.
https://developer.statuspage.io/
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

from bot.errors import ServiceRefused, ServiceUnavailable, StoreBusy
from bot.pong import Pong
from bot.providers.statuspage import LISTS, NothingDone, Standing, Statuspage, Words
from bot.public import telling
from bot.store.outbox import STATUSPAGE
from bot.store.records import Records
from bot.store.sending import Letter
from bot.text import allowed_link

log = logging.getLogger(__name__)

EVERY_S = 1.0
PACE_MS = 1_100  # one call a second is allowed
LEASE_MS = 30_000
LOOKS_AFTER_MS = 15_000  # longer than a call may take: until then it may still arrive
LONGEST_WAIT_MS = 60_000
GIVES_UP_AFTER_MS = 15 * 60_000  # what people read must not be news of an hour ago

TOO_OLD = f"That text could not be told within {GIVES_UP_AFTER_MS // 60_000} minutes"


class Step(Enum):
    WRITE = "write"
    LOOK = "look"
    SET_ASIDE = "set aside"


@dataclass(frozen=True, kw_only=True)
class Taken:
    """One call for one letter. `page_id` is what the page calls the incident, where that is known."""

    letter: Letter
    step: Step
    page_id: str | None

    @property
    def words(self) -> Words:
        facts = self.letter.payload
        return Words(
            key=facts["key"],
            number=facts["number"],
            status=facts["status"],
            name=facts["name"],
            body=facts["body"],
            notifies=facts["deliver_notifications"],
        )


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came of a call: `standing` is what was found or written; an error says why there is none."""

    standing: Standing | None = None
    error: ServiceUnavailable | ServiceRefused | None = None


@dataclass
class Publishing:
    """Tells `page` what waits, until it is cancelled. `owner` is this process's name, unlike any other's."""

    pong: Pong
    page: Statuspage
    owner: str = "publishing"
    _looked: dict[int, int] = field(default_factory=dict)  # in how many lists a letter was looked for in vain
    _found: dict[str, str] = field(default_factory=dict)  # the page's own ids, by the first letter's name

    async def run(self) -> None:
        while True:
            await self.pong.clock.sleep(EVERY_S)
            try:
                await self.step()
            except StoreBusy as error:
                log.warning("%s", error)
            except Exception:  # the lease ends by itself, and what was begun is looked up then
                log.exception("publishing failed; it is tried again")

    async def step(self) -> None:
        """At most one call."""
        if taken := await self.pong.store.write(self._take):
            answer = await self._ask(taken)
            await self.pong.store.write(lambda records: self._settle(records, taken, answer))

    async def _take(self, records: Records) -> Taken | None:
        """Lease the lane and note what is about to be done, before it is done."""
        now_ms = self.pong.clock.now_ms()
        lane = await records.outbox.lane(STATUSPAGE)
        if lane is None or now_ms < lane.next_ms <= now_ms + GIVES_UP_AFTER_MS:
            return None
        letter = _first_due(await records.outbox.waiting(STATUSPAGE), now_ms)
        if letter is None:
            return None
        if not await records.outbox.hold(STATUSPAGE, owner=self.owner, now_ms=now_ms, lease_ms=LEASE_MS):
            return None
        taken = self._next(letter, now_ms)
        await records.outbox.delay_lane(STATUSPAGE, until_ms=now_ms + PACE_MS)
        if taken.step is Step.WRITE:
            await records.outbox.sending(letter.id, now_ms=now_ms)
        return taken

    def _next(self, letter: Letter, now_ms: int) -> Taken:
        page_id = letter.thread_ts or self._found.get(letter.thread)
        was_looked_for = self._looked.get(letter.id, 0) >= len(LISTS)
        is_new = letter.parent_id is None and letter.attempts == 0
        is_certain = bool(page_id) or is_new or was_looked_for
        step = Step.WRITE if letter.state == "pending" and is_certain else Step.LOOK
        if step is Step.WRITE and now_ms - letter.created_ms >= GIVES_UP_AFTER_MS:
            step = Step.SET_ASIDE
        return Taken(letter=letter, step=step, page_id=page_id)

    async def _ask(self, taken: Taken) -> Answer:
        http, words, id = self.pong.http, taken.words, taken.page_id
        if taken.step is Step.SET_ASIDE:
            return Answer(error=ServiceRefused(TOO_OLD))
        try:
            if taken.step is Step.WRITE:
                written = self.page.update(http, id, words) if id else self.page.create(http, words)
                return Answer(standing=await written)
            if id:
                return Answer(standing=await self.page.get(http, id))
            among = LISTS[self._looked.get(taken.letter.id, 0) % len(LISTS)]
            return Answer(standing=await self.page.find(http, words.key, among=among))
        except (ServiceUnavailable, ServiceRefused) as error:
            return Answer(error=error)

    async def _settle(self, records: Records, taken: Taken, answer: Answer) -> None:
        if answer.error is not None:
            await self._failed(records, taken, answer.error)
        elif taken.step is Step.WRITE or (answer.standing and answer.standing.number >= taken.words.number):
            assert answer.standing is not None  # noqa: S101 - a write that raised nothing gives one
            await self._stands(records, taken, answer.standing)
        else:
            await self._not_there(records, taken, answer.standing)

    async def _stands(self, records: Records, taken: Taken, standing: Standing) -> None:
        letter, facts = taken.letter, taken.letter.payload
        self._found[letter.thread] = standing.id
        await records.outbox.sent(letter, ts=standing.id, now_ms=self.pong.clock.now_ms())
        link = allowed_link(standing.link, self.pong.settings.links) or ""
        if incident := await records.incidents.get(facts["incident_id"]):
            await telling.came_through(records, self.pong, incident, facts["number"], link)

    async def _not_there(self, records: Records, taken: Taken, standing: Standing | None) -> None:
        """This text certainly does not stand there, or has still to be looked for in the other list."""
        letter, now_ms = taken.letter, self.pong.clock.now_ms()
        if standing:
            self._found[letter.thread] = standing.id
        else:
            self._looked[letter.id] = self._looked.get(letter.id, 0) + 1
        if standing or self._looked[letter.id] >= len(LISTS):
            await records.outbox.again(letter.id, at_ms=now_ms, error="not on the page")

    async def _failed(
        self, records: Records, taken: Taken, error: ServiceUnavailable | ServiceRefused
    ) -> None:
        letter, now_ms = taken.letter, self.pong.clock.now_ms()
        may_stand = taken.letter.state == "sending"
        if isinstance(error, ServiceRefused):
            await self._ends(records, taken, error, may_stand=may_stand)
            return
        if taken.step is Step.WRITE and not isinstance(error, NothingDone):
            may_stand = True
            self._looked.pop(letter.id, None)
        wait_ms = LOOKS_AFTER_MS if may_stand else _wait_ms(error, letter.attempts)
        if now_ms + wait_ms - letter.created_ms >= GIVES_UP_AFTER_MS:
            await self._ends(records, taken, error, may_stand=may_stand)
            return
        if isinstance(error, NothingDone) and error.retry_after_s is not None:
            await records.outbox.delay_lane(STATUSPAGE, until_ms=now_ms + wait_ms)
        if may_stand:
            await records.outbox.wait(letter.id, at_ms=now_ms + wait_ms, error=str(error))
        else:
            await records.outbox.again(letter.id, at_ms=now_ms + wait_ms, error=str(error))
            self._looked[letter.id] = len(LISTS) if taken.step is Step.WRITE else 0
        if incident := await records.incidents.get(letter.payload["incident_id"]):
            said = (
                f"{error}. Pong goes on trying for {GIVES_UP_AFTER_MS // 60_000} minutes; the text is kept."
            )
            await telling.trouble(records, self.pong, incident, letter.payload["number"], said)

    async def _ends(
        self,
        records: Records,
        taken: Taken,
        error: ServiceUnavailable | ServiceRefused,
        *,
        may_stand: bool,
    ) -> None:
        """It is set aside; people are told why, and whether it may stand there all the same."""
        letter, facts = taken.letter, taken.letter.payload
        await records.outbox.failed(letter.id, error=str(error))
        code = error.code if isinstance(error, ServiceRefused) else ""
        is_gone = code == "404" and taken.page_id is not None
        if is_gone:
            self._found.pop(letter.thread, None)
        if incident := await records.incidents.get(facts["incident_id"]):
            await telling.came_to_nothing(
                records,
                self.pong,
                incident,
                facts["number"],
                is_known=not may_stand or is_gone,
                why=str(error),
                code="" if is_gone else code,
                is_gone=is_gone,
            )


def _first_due(letters: Sequence[Letter], now_ms: int) -> Letter | None:
    """The oldest that may go on; those of one incident keep their order. Pure."""
    seen: set[str] = set()
    for letter in letters:
        if letter.thread in seen:
            continue
        seen.add(letter.thread)
        # A crash leaves no time to wait until: what was begun then may still arrive.
        begun_ms = (letter.tried_ms or 0) + LOOKS_AFTER_MS if letter.state == "sending" else 0
        # What is further ahead than any wait was noted before the machine's clock was set back.
        if not now_ms < max(letter.next_ms, begun_ms) <= now_ms + GIVES_UP_AFTER_MS:
            return letter
    return None


def _wait_ms(error: ServiceUnavailable | ServiceRefused, attempts: int) -> int:
    if isinstance(error, NothingDone) and error.retry_after_s is not None:
        return min(round(error.retry_after_s * 1_000), 5 * 60_000) or PACE_MS
    return min(LONGEST_WAIT_MS, PACE_MS << min(attempts, 10))
