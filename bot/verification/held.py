"""What may a condition look with, and what can it find?"""

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Literal

import httpx
from redis.asyncio import Redis

from bot.clock import Clock
from bot.targets.target import Target


@dataclass(frozen=True, kw_only=True)
class Looker:
    """What a condition may look with; `since_ms` is when the plan began that waits for it, `waits_since_ms`
    when this wait did; `at_first` is what a condition counted at the first look of it."""

    target: Target
    clock: Clock
    http: httpx.AsyncClient
    redis: Redis | None = None
    since_ms: int = 0
    waits_since_ms: int = 0
    at_first: dict[str, Counter[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Held:
    """`state` is "under way" where what was asked for has begun, "never" when waiting longer cannot help;
    `says` is a clause for people."""

    state: Literal["yes", "under way", "not yet", "never"]
    says: str

    @property
    def is_so(self) -> bool:
        return self.state == "yes"

    @property
    def has_begun(self) -> bool:
        return self.state in ("yes", "under way")


Condition = Callable[[Looker, str], Awaitable[Held]]
