"""Why was a change asked for?"""

from dataclasses import dataclass

from bot.found import Found


@dataclass(frozen=True, kw_only=True)
class Why:
    """`said` by whoever asked, in their own words; `found` by Pong until then."""

    said: str = ""
    found: Found | None = None
