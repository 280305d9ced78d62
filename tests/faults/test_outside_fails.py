"""Does each call to an outside service end well, or is it told how it stands, however the service fails?"""

from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from bot.execution import hands
from bot.remediations.plan import HttpCall, Plan, Repeat
from tests.bot.intake.test_opening import alert
from tests.fixtures.actions_outside import ACTIONS
from tests.fixtures.alerts import alertmanager
from tests.fixtures.carrying_out import carried_out
from tests.fixtures.lives import Hurried, hurries
from tests.fixtures.mortal import Action, World, agreed, told, world

FAILS = (
    "refused with 403",
    "refused with 409",
    "refused with 429",
    "out of reach",
    "broken, nothing done",
    "broken, and done",
    "silent, nothing done",
    "silent, and done",
)
CALLING = [action for action in ACTIONS if "command" not in action.name]


class Failing(httpx.AsyncBaseTransport):
    """The network, but whatever changes something fails in one way; `sent` and `done` count those."""

    def __init__(self, how: str) -> None:
        self.sent = self.done = 0
        self._how = how
        self._network = httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return await self._network.handle_async_request(request)
        self.sent += 1
        if self._how == "out of reach":
            raise httpx.ConnectError("nobody listens", request=request)
        if self._how.endswith("and done"):
            self.done += 1
            await (await self._network.handle_async_request(request)).aread()
        if self._how.startswith("silent"):
            raise httpx.ReadTimeout("no answer", request=request)
        status = int(self._how.rpartition(" ")[2]) if self._how.startswith("refused") else 500
        return httpx.Response(status, json={"message": "no"}, request=request)

    async def aclose(self) -> None:
        await self._network.aclose()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    hurries(monkeypatch.setattr)
    monkeypatch.setattr(hands, "READ_WITHIN_S", 0)


def ends(plan: Plan, how: str) -> str:
    """Only what is looked up outside is known to have been done."""
    if how.startswith("refused") or how == "out of reach":
        return "failed"
    call = next((step for step in plan.steps if isinstance(step, HttpCall)), None)
    is_looked_up = call is None or call.repeat is Repeat.CHECK
    return "succeeded" if how.endswith("and done") and is_looked_up else "unknown"


@pytest.mark.parametrize("action", CALLING, ids=[action.name for action in CALLING])
async def test_it_is_done_once_or_told_how_it_stands(tmp_path: Path, action: Action) -> None:
    async with world(tmp_path, action) as there:
        async with there.pong() as small:
            await alert(small, alertmanager())
        for n, how in enumerate(FAILS):
            there.begins(n)
            with action.ready(there):
                await one_failure(there, action, n, how)


async def one_failure(there: World, action: Action, n: int, how: str) -> None:
    failing = Failing(how)
    async with there.pong() as small, httpx.AsyncClient(transport=failing) as http:
        offer = await agreed(small, action, n)
        await carried_out(replace(small, pong=replace(small.pong, clock=Hurried(), http=http)), id=n + 1)
        state, said = await told(small, n + 1)
    assert state == ends(offer.plan, how), f"{how}: {said}"
    assert failing.sent, how
    assert failing.done <= 1, f"{how}: what was done and not answered was done again"
    if state == "failed":
        what = f"answered HTTP {how.rpartition(' ')[2]}" if how.startswith("refused") else "cannot be reached"
        assert what in said
        assert "Next: mend that, then ask again." in said
