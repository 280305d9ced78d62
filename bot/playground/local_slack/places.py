"""Where in a piece of Block Kit is something wrong, and what?

Slack points with https://datatracker.ietf.org/doc/html/rfc6901
"""

from typing import Any


class Place:
    """A spot under a JSON pointer. Places made from one another share what was `found`, in Slack's words."""

    def __init__(self, pointer: str, found: list[str] | None = None) -> None:
        self._pointer = pointer
        self.found = [] if found is None else found

    def at(self, *steps: str | int) -> "Place":
        return Place("/".join([self._pointer, *map(str, steps)]), self.found)

    def wrong(self, what: str) -> None:
        self.found.append(f"[ERROR] {what} [json-pointer:{self._pointer}]")

    def length(self, value: Any, most: int, *, least: int = 0) -> None:
        """A string of `least` to `most` characters."""
        if value is None and least == 0:
            return
        if not isinstance(value, str):
            self.wrong("must be a string")
        elif len(value) > most:
            self.wrong(f"must be less than {most + 1} characters")
        elif len(value) < least:
            self.wrong(f"must be more than {least - 1} characters")

    def count(self, items: Any, most: int, *, least: int = 0) -> bool:
        """A list of `least` to `most` items; False when it is no list at all."""
        if not isinstance(items, list):
            self.wrong("must provide an array")
            return False
        if len(items) > most:
            self.wrong(f"no more than {most} items allowed")
        if len(items) < least:
            self.wrong(f"no fewer than {least} items required")
        return True

    def text(self, value: Any, most: int, *, plain_only: bool = False) -> None:
        """A text object of 1 to `most` characters."""
        if not isinstance(value, dict):
            self.wrong("must provide an object")
            return
        kind = value.get("type")
        if kind not in (("plain_text",) if plain_only else ("plain_text", "mrkdwn")):
            self.at("type").wrong(f"unsupported type: {kind}")
        for foreign, where in (("verbatim", "plain_text"), ("emoji", "mrkdwn")):
            if kind == where and foreign in value:
                self.wrong(f"additional property: {foreign}")
        self.at("text").length(value.get("text"), most, least=1)

    def one_of(self, value: Any, allowed: tuple[str, ...]) -> None:
        if value is not None and value not in allowed:
            self.wrong(f"must be one of: {', '.join(allowed)}")
