"""Is what is done elsewhere done once, tried again while that helps, and given up for good?"""

from dataclasses import dataclass, field

import pytest

from bot import flow, timers
from bot.elsewhere import errands
from bot.elsewhere.errands import Came, Kind
from bot.errors import PongError, ServiceRefused, ServiceUnavailable
from bot.incident import Incident
from bot.pong import Pong
from bot.store.errands import Errand, State
from bot.store.records import Records
from tests.fixtures.small_pong import SmallPong


@dataclass
class Elsewhere:
    """A service that answers as it is told, the last answer for ever."""

    answers: list[Came | PongError]
    tried: int = 0
    told: list[str] = field(default_factory=list)

    def kind(self) -> Kind:
        return Kind(effect=self._effect, done=self._done, failed=self._failed)

    async def _effect(self, pong: Pong, incident: Incident, errand: Errand) -> Came:
        self.tried += 1
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, PongError):
            raise answer
        return answer

    async def _done(self, records: Records, pong: Pong, incident: Incident, errand: Errand) -> None:
        self.told.append(f"done {dict(errand.facts)}")

    async def _failed(
        self, records: Records, pong: Pong, incident: Incident, errand: Errand, error: PongError
    ) -> None:
        self.told.append(f"failed: {error}")


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Elsewhere:
    one = Elsewhere([Came()])
    monkeypatch.setattr(flow, "ERRANDS", {"test": one.kind()})
    return one


async def send(small: SmallPong) -> int:
    return await small.pong.store.write(
        lambda records: errands.send(records, small.pong, 1, "test", {"what": "x"})
    )


async def state(small: SmallPong, id: int) -> State:
    errand = await small.pong.store.read(lambda records: records.errands.get(id))
    assert errand is not None
    return errand.state


async def test_it_is_done_right_after_its_transaction_and_once(open_one: SmallPong, elsewhere) -> None:
    elsewhere.answers = [Came(facts={"id": "s1"})]
    id = await send(open_one)
    assert elsewhere.tried == 0
    await open_one.ticks(600)
    assert (elsewhere.tried, await state(open_one, id)) == (1, State.DONE)
    assert elsewhere.told == ["done {'what': 'x', 'id': 's1'}"]


async def test_what_is_found_out_first_is_kept_before_the_next_step(open_one: SmallPong, elsewhere) -> None:
    elsewhere.answers = [Came(facts={"level": 2}, is_done=False), Came()]
    await send(open_one)
    await open_one.ticks(1)
    assert elsewhere.told == []
    await open_one.ticks(1)
    assert elsewhere.told == ["done {'what': 'x', 'level': 2}"]


async def test_what_may_pass_is_tried_five_times(open_one: SmallPong, elsewhere) -> None:
    elsewhere.answers = [ServiceUnavailable("It did not answer")]
    id = await send(open_one)
    await open_one.ticks(600, every_s=5)
    assert (elsewhere.tried, await state(open_one, id)) == (5, State.FAILED)
    assert elsewhere.told == ["failed: It did not answer"]


async def test_it_waits_as_long_as_the_service_wants(open_one: SmallPong, elsewhere) -> None:
    elsewhere.answers = [ServiceUnavailable("Not now", retry_after_s=50), Came()]
    await send(open_one)
    await open_one.ticks(49, every_s=1)
    assert elsewhere.tried == 1
    await open_one.ticks(3, every_s=1)
    assert len(elsewhere.told) == 1


async def test_a_refusal_is_final(open_one: SmallPong, elsewhere) -> None:
    elsewhere.answers = [ServiceRefused("No")]
    await send(open_one)
    await open_one.ticks(600)
    assert (elsewhere.tried, elsewhere.told) == (1, ["failed: No"])


async def test_one_that_was_cancelled_meanwhile_says_nothing(open_one: SmallPong, elsewhere) -> None:
    await send(open_one)
    await open_one.pong.store.write(lambda records: records.timers.cancel(1, timers.ERRAND))
    await open_one.ticks(60)
    assert (elsewhere.tried, elsewhere.told) == (0, [])
