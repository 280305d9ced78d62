"""What does the rest of Pong ask of a store?

Work on the store is a function that takes `Records` and awaits nothing else: it runs as one transaction,
whole or not at all, possibly on another thread, possibly twice when the first try was rolled back.
"""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from bot.store.records import Records

T = TypeVar("T")
Row = dict[str, Any]


class Connection(Protocol):
    """One open transaction. SQL is the part that SQLite and PostgreSQL share, with `:name` parameters."""

    async def rows(self, sql: str, **parameters: object) -> list[Row]:
        """All rows, as dicts by column name."""

    async def row(self, sql: str, **parameters: object) -> Row | None:
        """The first row, or None."""

    async def run(self, sql: str, **parameters: object) -> int:
        """How many rows a change touched."""


class Changes(Protocol):
    """Tells one listener that something was committed."""

    async def wait(self, timeout_s: float) -> None:
        """Return when something was committed since the last call, or after `timeout_s`."""


class Store(Protocol):
    """Raises StoreBusy when a write cannot be taken now."""

    async def write(self, work: "Callable[[Records], Awaitable[T]]") -> T:
        """Run `work` as one transaction; its result comes back once it is on disk."""

    async def read(self, work: "Callable[[Records], Awaitable[T]]") -> T:
        """Run `work` on a connection that cannot write, without waiting for writers."""

    def changes(self) -> Changes:
        """A new listener."""

    async def close(self) -> None: ...
