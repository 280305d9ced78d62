"""How is a long list handed out, a page at a time?

https://docs.slack.dev/apis/web-api/pagination
"""

import base64
import binascii
from collections.abc import Sequence
from typing import TypeVar

from bot.playground.local_slack.arguments import number, text
from bot.playground.local_slack.refusal import Json, SlackRefusal

Item = TypeVar("Item")


def page(items: Sequence[Item], arguments: Json, *, usual: int, most: int) -> tuple[Sequence[Item], str]:
    """The page that `cursor` and `limit` ask for, and the next cursor ("" at the end).

    Raises SlackRefusal invalid_cursor, invalid_limit.
    """
    limit = number(arguments, "limit", default=usual)
    if not 1 <= limit <= most:
        raise SlackRefusal("invalid_limit")
    start = _position(text(arguments, "cursor"))
    end = start + limit
    return items[start:end], _cursor(end) if end < len(items) else ""


def _cursor(position: int) -> str:
    return base64.b64encode(f"next:{position}".encode()).decode()


def _position(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        word, _, digits = base64.b64decode(cursor, validate=True).decode().partition(":")
        if word == "next":
            return int(digits)
    except (binascii.Error, ValueError):
        pass
    raise SlackRefusal("invalid_cursor")
