"""What becomes of a letter once Slack has answered, or has not?"""

from dataclasses import dataclass, field

from bot.outbox.calls import Answer, Meaning
from bot.outbox.choosing import Step, method_of
from bot.outbox.pacing import Budgets, Pacing
from bot.store.records import Records
from bot.store.sending import Lease, Letter

_BEFORE_SENDING = (Step.JOIN, Step.LOOK_UP)  # steps that leave the letter's state as it was
_INVITE = {"channel_not_found", "not_in_channel"}


@dataclass(frozen=True)
class Taken:
    """One step for one letter, which this sender alone now takes."""

    lease: Lease
    letter: Letter
    step: Step

    @property
    def method(self) -> str:
        return method_of(self.step, self.letter)


@dataclass(frozen=True)
class SetAside:
    """A letter that Slack will never take, and why, in a sentence. `code` is Slack's own word; there is none
    for what would stand under a message that it refused before."""

    letter: Letter
    reason: str
    code: str = ""

    @property
    def is_with_parent(self) -> bool:
        return not self.code


@dataclass
class Standing:
    """What this process has learnt: where it has joined or could not, which methods take no token of ours."""

    joined: set[str] = field(default_factory=set)
    closed: set[str] = field(default_factory=set)
    held_ms: dict[str, int] = field(default_factory=dict)

    def learn(self, taken: Taken, answer: Answer, *, hold_until_ms: int) -> None:
        lane = taken.letter.lane
        if answer.meaning is Meaning.TAKEN:
            self.held_ms.pop(taken.method, None)
        if answer.meaning is Meaning.HELD and not _may_go_on(taken, answer):
            self.held_ms[taken.method] = hold_until_ms
        if answer.meaning is Meaning.OUTSIDE:
            self.joined.discard(lane)
        if taken.step is not Step.JOIN:
            return
        if answer.meaning is Meaning.TAKEN:
            self.joined.add(lane)
            self.closed.discard(lane)
        elif _may_go_on(taken, answer):
            # A private channel cannot be joined; Pong may have been invited: the post's answer will tell.
            self.joined.add(lane)
            self.closed.add(lane)


def _may_go_on(taken: Taken, answer: Answer) -> bool:
    return taken.step is Step.JOIN and (
        answer.meaning in (Meaning.REFUSED, Meaning.STRANGE, Meaning.OUTSIDE)
        or answer.code == "missing_scope"
    )


class Settling:
    """Writes the outcome down. Every method is part of a transaction, and safe to run twice."""

    def __init__(self, records: Records, pacing: Pacing, *, now_ms: int) -> None:
        self._outbox = records.outbox
        self._pacing = pacing
        self._now_ms = now_ms

    async def settle(self, taken: Taken, answer: Answer, *, is_closed: bool) -> str | None:
        """Write down what `answer` means for the letter; why it was set aside, if it was. `is_closed`: the
        channel could not be joined."""
        if _may_go_on(taken, answer):
            return None
        match answer.meaning:
            case Meaning.TAKEN:
                await self._taken(taken, answer)
            case Meaning.LIMITED:
                await self._limited(taken, answer)
            case Meaning.UNSURE if taken.step is Step.POST:
                await self._outbox.wait(taken.letter.id, at_ms=self._now_ms, error=answer.code)
            case Meaning.UNSURE | Meaning.UNREACHED:
                await self._later(taken, answer)
            case Meaning.HELD:
                await self._once_more(taken, answer, at_ms=self._now_ms)
            case _:
                return await self._refused(taken, answer, is_closed=is_closed)
        return None

    async def set_aside(self, letter: Letter, reason: str) -> str:
        await self._outbox.failed(letter.id, error=reason)
        return reason

    async def _taken(self, taken: Taken, answer: Answer) -> None:
        letter = taken.letter
        ts = answer.data.get("ts")
        match taken.step:
            case Step.POST | Step.UPDATE:
                await self._outbox.sent(
                    letter, ts=ts if taken.step is Step.POST else None, now_ms=self._now_ms
                )
            case Step.LOOK_UP if ts:
                await self._outbox.sent(letter, ts=ts, now_ms=self._now_ms)
            case Step.LOOK_UP:
                await self._outbox.again(
                    letter.id, at_ms=self._backed_off_ms(letter), error="looked up: it had not arrived"
                )
            case Step.UPLOAD:
                await self._outbox.uploaded(letter.id, file_link=answer.data["permalink"])
        if taken.step is Step.POST:
            await self._outbox.delay_lane(letter.lane, until_ms=self._now_ms + self._pacing.lane_ms)

    async def _limited(self, taken: Taken, answer: Answer) -> None:
        await self._once_more(taken, answer, at_ms=self._now_ms)
        if taken.step is Step.POST:
            until_ms = self._now_ms + self._pacing.asked_ms(answer.retry_after_s)
            await self._outbox.delay_lane(taken.letter.lane, until_ms=until_ms)
            return
        budgets = Budgets(await self._outbox.budgets(), self._pacing)
        until_ms = budgets.after_refusal_ms(answer.retry_after_s, now_ms=self._now_ms)
        await self._outbox.delay_method(taken.method, until_ms=until_ms)

    async def _later(self, taken: Taken, answer: Answer) -> None:
        if taken.step in _BEFORE_SENDING:
            at_ms = self._now_ms + self._pacing.jittered_ms(self._pacing.look_again_ms)
        else:
            at_ms = self._backed_off_ms(taken.letter)
        await self._once_more(taken, answer, at_ms=at_ms)

    async def _refused(self, taken: Taken, answer: Answer, *, is_closed: bool) -> str | None:
        is_worn_out = taken.letter.attempts >= self._pacing.strange_tries
        if answer.meaning is Meaning.OUTSIDE and not is_closed and not is_worn_out:
            await self._once_more(taken, answer, at_ms=self._now_ms)
            return None
        if answer.meaning is Meaning.STRANGE and (taken.step is Step.LOOK_UP or not is_worn_out):
            await self._later(taken, answer)
            return None
        return await self.set_aside(taken.letter, _reason(taken.letter, answer.code))

    async def _once_more(self, taken: Taken, answer: Answer, *, at_ms: int) -> None:
        if taken.step in _BEFORE_SENDING:
            await self._outbox.wait(taken.letter.id, at_ms=at_ms, error=answer.code)
        else:
            await self._outbox.again(taken.letter.id, at_ms=at_ms, error=answer.code)

    def _backed_off_ms(self, letter: Letter) -> int:
        return self._now_ms + self._pacing.backoff_ms(letter.attempts)


def _reason(letter: Letter, code: str) -> str:
    if code in _INVITE:
        return f"Slack does not let Pong into {letter.lane} ({code}): type /invite @pong in that channel."
    return f"Slack refused the message ({code})."
