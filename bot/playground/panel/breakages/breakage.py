"""What has one thing that can be broken?"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from bot.playground.panel.bench import Bench
from bot.playground.panel.server import ServerState

Group = Literal["server", "network", "memory", "access", "load"]

ALIVE = frozenset({ServerState.RUNNING, ServerState.FROZEN})
RUNNING = frozenset({ServerState.RUNNING})


@dataclass(frozen=True, kw_only=True)
class Way:
    """One button: its name for machines, its label, one line on what to expect, and what it does."""

    name: str
    label: str
    expect: str
    does: Callable[[Bench], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Breakage:
    """`breaks` and, while `is_broken`, `mends` in its place. `can_when`: in which states it can be broken.

    `trouble` says in two words what is wrong while it lasts.
    """

    group: Group
    trouble: str
    breaks: Way
    mends: Way
    is_broken: Callable[[Bench], bool]
    can_when: frozenset[ServerState] = RUNNING

    def shown(self, bench: Bench) -> Way:
        return self.mends if self.is_broken(bench) else self.breaks

    def can(self, bench: Bench) -> bool:
        return self.is_broken(bench) or bench.server.state in self.can_when


def lasts(name: str) -> Callable[[Bench], bool]:
    """Broken until it is mended: the bench remembers it under `name`."""
    return lambda bench: name in bench.broken
