"""How is Pong killed at any moment, and what do people do meanwhile?"""

import asyncio
import contextlib
import random
import sqlite3
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from bot.playground.local_slack import LocalSlack
from bot.playground.local_slack.person import Person, Wanted
from tests.fixtures.real_pong import STARTS_WITHIN_S, RealPong

Json = dict[str, Any]
ANSWERS_WITHIN_S = 90
AGAIN_AFTER_S = 0.3
SOMEBODY_ACTS_WITHIN_S = 5.0
LONGEST_LIFE_S = 2.0
TAKEN_IN_S = 0.1


@dataclass
class Acts:
    """Set whenever somebody begins to do something, and whenever it has been taken in."""

    begun: asyncio.Event = field(default_factory=asyncio.Event)
    accepted: asyncio.Event = field(default_factory=asyncio.Event)


class Killer:
    """Kills Pong and starts it again, noting each time. `dice` choose the moments."""

    def __init__(self, pong: RealPong, slack: LocalSlack, dice: random.Random) -> None:
        self.moments: list[str] = []
        self.acts = Acts()
        self._pong = pong
        self._slack = slack
        self._dice = dice
        self._one_at_a_time = asyncio.Lock()

    async def strikes(self, times: int) -> None:
        """At random moments, of which the first belongs to what somebody does next."""
        await self._strike(await self._aimed())
        for _ in range(times - 1):
            await self._strike(await self._dice.choice((self._early, self._aimed, self._any))())

    async def strikes_at(self, kind: str) -> None:
        """Right after an event of this kind has happened."""
        await self._pong.happens(kind, within_s=ANSWERS_WITHIN_S)
        await self._strike(kind)

    async def strikes_unanswered(self) -> None:
        """When Slack has taken Pong's next message, and has not answered."""
        self._slack.fail("chat.postMessage", "lost_answer", times=1)
        async with asyncio.timeout(ANSWERS_WITHIN_S):
            with self._slack.workspace.hub.watching("U0VERA") as happenings:
                while (await happenings.get())["type"] != "message":
                    pass
        await self._strike("Slack took a message and did not answer")

    async def strikes_once(self, is_so: Callable[[], bool], name: str) -> None:
        """As soon as something is so."""
        async with asyncio.timeout(ANSWERS_WITHIN_S):
            while True:
                if is_so():
                    break
                await asyncio.sleep(0.05)
        await self._strike(name)

    async def _aimed(self) -> str:
        """While somebody's act comes in, or as soon as it is in; at any moment when nobody does anything."""
        is_in = self._dice.random() < 0.5
        waits_for = self.acts.accepted if is_in else self.acts.begun
        waits_for.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SOMEBODY_ACTS_WITHIN_S):
                await waits_for.wait()
                return (
                    "somebody was answered" if is_in else await self._passes(TAKEN_IN_S, "after an act began")
                )
        return "nobody did anything"

    async def _early(self) -> str:
        return await self._passes(LONGEST_LIFE_S, "after its start")

    async def _any(self) -> str:
        await self._pong.is_up()
        return await self._passes(LONGEST_LIFE_S, "after its first word")

    async def _passes(self, most_s: float, what: str) -> str:
        length_s = self._dice.uniform(0, most_s)
        await asyncio.sleep(length_s)
        return f"{length_s:.3f} s {what}"

    async def _strike(self, moment: str) -> None:
        async with self._one_at_a_time:
            await self._pong.child.kill()
            self.moments.append(moment)
            await self._pong.spawn()


class Insistent:
    """A person who does it again when Slack shows an error. `tried` and `accepted` count by verb."""

    def __init__(self, person: Person, slack: LocalSlack, acts: Acts) -> None:
        self.person = person
        self._acts = acts
        self.tried: Counter[str] = Counter()
        self.accepted: Counter[str] = Counter()
        self._slack = slack

    async def commands(self, verb: str, text: str) -> None:
        await self._insists(verb, lambda: self.person.commands(text))

    async def presses(self, verb: str, message: Json, label: str) -> None:
        """A button that has gone shows that the click before arrived, whatever Slack said."""
        with contextlib.suppress(AssertionError):
            await self._insists(verb, lambda: self.person.presses(message, label))

    async def fills_in(self, verb: str, message: Json, label: str, values: Json) -> None:
        """Press a button that opens a window, and send that window in."""
        view = await self._opens(message, label)
        await self._insists(verb, lambda: self.person.submits(view, values))

    async def sees(self, wanted: Wanted) -> Json:
        return await self.person.sees(wanted, ANSWERS_WITHIN_S)

    async def _opens(self, message: Json, label: str) -> Json:
        async with asyncio.timeout(ANSWERS_WITHIN_S):
            while True:
                await self.person.presses(message, label)
                with contextlib.suppress(AssertionError):
                    return await self.person.waits_for_view(2)

    async def _insists(self, verb: str, act: Callable[[], Awaitable[Json]]) -> None:
        async with asyncio.timeout(ANSWERS_WITHIN_S):
            while True:
                await self._slack.connected(timeout_s=STARTS_WITHIN_S)
                self.tried[verb] += 1
                self._acts.begun.set()
                if (await act())["ok"]:
                    self.accepted[verb] += 1
                    self._acts.accepted.set()
                    return
                await asyncio.sleep(AGAIN_AFTER_S)


def rows(pong: RealPong, sql: str) -> list[Json]:
    """What stands in Pong's store, whether it runs or not."""
    with contextlib.closing(sqlite3.connect(f"file:{pong.database}?mode=ro", uri=True)) as store:
        store.row_factory = sqlite3.Row
        return [dict(row) for row in store.execute(sql)]
