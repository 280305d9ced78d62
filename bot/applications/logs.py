"""Where do an application's log lines come from? The contract of every source.

Lines are read to be counted and dated, and go no further: what stands in them is people's data.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import httpx

TAIL_MOST_BYTES = 2 * 1024 * 1024
LINE_MOST_BYTES = 10_000


@dataclass(frozen=True)
class Tail:
    """The last lines, oldest first, each cut to 10 kB; or why there are none, in words."""

    lines: tuple[bytes, ...] = ()
    fault: str = ""


class LogSource(Protocol):
    """One place where an application's log stands."""

    async def tail(self, http: httpx.AsyncClient) -> Tail:
        """At most the last 2 MiB, within 2 s. Raises nothing."""


def lines_of(raw: bytes, *, is_cut: bool) -> tuple[bytes, ...]:
    """`raw` as lines; the first of one that is cut off in front is left out."""
    lines: Sequence[bytes] = raw.splitlines()
    return tuple(line[:LINE_MOST_BYTES] for line in lines[1 if is_cut else 0 :] if line.strip())
