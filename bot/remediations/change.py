"""What does a step put on that somebody has to take back one day? Pure.

The incident's message tells what stands of it: bot/standing/protection.py.
"""

from dataclasses import dataclass

LEVEL, LIMIT, BLOCK = "security level", "limit", "block "
LEVELS_BY_HAND = ("off", "essentially_off")  # Pong does not set these


@dataclass(frozen=True)
class Change:
    """`of` was `before` and is `after` once the step is done; an empty word is: nothing of it.

    `of` is LEVEL, LIMIT, or BLOCK with the address behind it.
    """

    of: str
    before: str
    after: str


@dataclass(frozen=True)
class Standing:
    """What is on now: `now`, and what it was before Pong touched it."""

    of: str
    before: str
    now: str

    @property
    def is_on(self) -> bool:
        """Whether there is something to take back: a block or a limit that is gone is not."""
        return self.now != self.before and bool(self.now)

    @property
    def says(self) -> str:
        if self.of == LEVEL:
            return f"security level {self.now}"
        return f"{_address(self.of)} blocked" if self.of != LIMIT else f"each address at most {self.now}"

    @property
    def undo(self) -> tuple[str, ...]:
        """The words after /redis protect that take it back; none where people do it at Cloudflare."""
        if self.of == LEVEL:
            return () if self.before in LEVELS_BY_HAND else (self.before,)
        return (
            ("unblock", _address(self.of)) if self.of != LIMIT else ("limit", *(self.before or "off").split())
        )


def _address(of: str) -> str:
    return of.removeprefix(BLOCK)
