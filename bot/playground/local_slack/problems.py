"""What was found wrong in a piece of Block Kit, in Slack's own wording?"""

from typing import Any


class Problems:
    """Collects `[ERROR] … [json-pointer:/blocks/0/text]` lines."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def add(self, what: str, path: str) -> None:
        self.found.append(f"[ERROR] {what} [json-pointer:{path}]")

    def length(self, value: Any, path: str, most: int, *, least: int = 0) -> None:
        """A string of `least` to `most` characters."""
        if value is None and least == 0:
            return
        if not isinstance(value, str):
            self.add("must be a string", path)
        elif len(value) > most:
            self.add(f"must be less than {most + 1} characters", path)
        elif len(value) < least:
            self.add(f"must be more than {least - 1} characters", path)

    def count(self, items: Any, path: str, most: int, *, least: int = 0) -> bool:
        """A list of `least` to `most` items; False when it is no list at all."""
        if not isinstance(items, list):
            self.add("must provide an array", path)
            return False
        if len(items) > most:
            self.add(f"no more than {most} items allowed", path)
        if len(items) < least:
            self.add(f"no fewer than {least} items required", path)
        return True

    def text(self, value: Any, path: str, most: int, *, plain_only: bool = False) -> None:
        """A text object of 1 to `most` characters."""
        if not isinstance(value, dict):
            self.add("must provide an object", path)
            return
        kinds = ("plain_text",) if plain_only else ("plain_text", "mrkdwn")
        if value.get("type") not in kinds:
            self.add(f"unsupported type: {value.get('type')}", f"{path}/type")
        if "verbatim" in value and value.get("type") == "plain_text":
            self.add("additional property: verbatim", path)
        if "emoji" in value and value.get("type") == "mrkdwn":
            self.add("additional property: emoji", path)
        self.length(value.get("text"), f"{path}/text", most, least=1)

    def one_of(self, value: Any, path: str, allowed: tuple[str, ...]) -> None:
        if value is not None and value not in allowed:
            self.add(f"must be one of: {', '.join(allowed)}", path)
