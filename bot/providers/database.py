"""What does a provider say of the database that it runs? The contract of every provider's file."""

from dataclasses import dataclass
from typing import Protocol

import httpx


@dataclass(frozen=True, kw_only=True)
class Usage:
    """How much of what the plan allows is used, in the unit that `name` tells."""

    name: str
    used: float
    limit: float


@dataclass(frozen=True, kw_only=True)
class State:
    """`status` in the provider's word; with `fault`, why nothing is known, in words, all else is empty."""

    status: str = ""
    is_well: bool = False
    usages: tuple[Usage, ...] = ()
    notes: tuple[str, ...] = ()
    fault: str = ""


class Database(Protocol):
    """One database at its provider. Neither its address nor its password goes into a State."""

    @property
    def provider(self) -> str: ...

    async def state(self, http: httpx.AsyncClient) -> State:
        """Within 4 s. Raises nothing."""
