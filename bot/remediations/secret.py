"""How does a plan speak of a secret without holding it? Pure.

Only execution knows the value, and for as long as the plan runs: invariant I8 of CONTRIBUTING.md.
"""

from dataclasses import dataclass
from typing import Annotated, Literal
from urllib.parse import quote

from pydantic import Field

HIDDEN = "••••"


@dataclass(frozen=True)
class SecretRef:
    """The name of a secret in the settings; its value is looked up inside execution only."""

    name: str
    kind: Literal["secret"] = "secret"

    def __str__(self) -> str:
        return HIDDEN


@dataclass(frozen=True)
class NewSecret:
    """The name of a secret that execution makes anew, and makes anew once more when it was lost; it is sent
    between `before` and `after`, `is_quoted` as a part of an address."""

    name: str
    before: str = ""
    after: str = ""
    is_quoted: bool = False
    kind: Literal["new-secret"] = "new-secret"

    def __str__(self) -> str:
        return f"{self.before}{HIDDEN}{self.after}"

    def sent(self, value: str) -> str:
        """What is sent, once it has this value."""
        return f"{self.before}{_quoted(value) if self.is_quoted else value}{self.after}"


@dataclass(frozen=True)
class ReadSecret:
    """The name of a secret that the target's provider has made, and that execution reads there when a step
    needs it: after a crash it is read again. It is sent between `before` and `after`, `is_quoted` as a part
    of an address."""

    name: str
    before: str = ""
    after: str = ""
    is_quoted: bool = False
    kind: Literal["read-secret"] = "read-secret"

    def __str__(self) -> str:
        return f"{self.before}{HIDDEN}{self.after}"

    def sent(self, value: str) -> str:
        """What is sent, once it has this value."""
        return f"{self.before}{_quoted(value) if self.is_quoted else value}{self.after}"


def _quoted(value: str) -> str:
    return quote(value, safe="")


Secret = Annotated[SecretRef | NewSecret, Field(discriminator="kind")]
Handed = Annotated[NewSecret | ReadSecret, Field(discriminator="kind")]
