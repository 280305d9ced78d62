"""Who uses the shop while nobody breaks it? A few visitors, so that its figures live."""

import asyncio
import random
from collections import deque
from dataclasses import dataclass, field

import httpx

from bot.clock import Clock
from bot.playground.serving import local_client
from bot.playground.shop.records import FIRST_PATIENT, NAMES

VISITORS = ("maya@example.com", "noor@example.com", "omar@example.com")
RESTS_S = (0.4, 1.2)
LISTS_EVERY = 8  # the list is rate limited: about 9 times a minute for each of them
LETTERS_EVERY = 5
RATE_OVER_S = 10.0


@dataclass
class Experience:
    """What the visitors notice: how long answers take and how many they get."""

    answers_ms: deque[float] = field(default_factory=lambda: deque(maxlen=12))
    asked_at_s: deque[float] = field(default_factory=lambda: deque(maxlen=200))

    def note(self, began_s: float, ended_s: float) -> None:
        self.answers_ms.append((ended_s - began_s) * 1000)
        self.asked_at_s.append(ended_s)

    def answer_ms(self) -> float | None:
        """The median of the last answers."""
        return sorted(self.answers_ms)[len(self.answers_ms) // 2] if self.answers_ms else None

    def requests_per_s(self, now_s: float) -> float:
        return sum(now_s - at_s < RATE_OVER_S for at_s in self.asked_at_s) / RATE_OVER_S


class Visitors:
    """`run` until it is cancelled."""

    def __init__(self, shop_url: str, clock: Clock, *, seed: int = 7) -> None:
        self.experience = Experience()
        self._shop_url = shop_url
        self._clock = clock
        self._dice = random.Random(seed)  # noqa: S311  # who looks at what, not a secret

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            for email in VISITORS:
                group.create_task(self._visit(email))

    async def _visit(self, email: str) -> None:
        async with local_client(self._shop_url, timeout=5) as browser:
            turn = 0
            while True:
                await self._ask(browser, email, turn)
                turn += 1
                await self._clock.sleep(self._dice.uniform(*RESTS_S))

    async def _ask(self, browser: httpx.AsyncClient, email: str, turn: int) -> None:
        number = FIRST_PATIENT + self._dice.randrange(len(NAMES))
        began_s = self._clock.monotonic_s()
        try:
            if not browser.cookies.get("session"):
                await browser.post("/api/auth/login", json={"email": email, "password": "password"})
            if turn % LISTS_EVERY == 0:
                answer = await browser.get("/api/patients")
                if answer.status_code == 401:
                    browser.cookies.clear()  # Redis lost the session
            elif turn % LETTERS_EVERY == 0:
                await browser.post(f"/api/patients/{number}/letter")
            else:
                await browser.get(f"/api/patients/{number}/context")
        except httpx.HTTPError:
            return
        self.experience.note(began_s, self._clock.monotonic_s())
