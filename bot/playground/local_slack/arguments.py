"""What did the caller of a Web API method send?

https://docs.slack.dev/apis/web-api/#basics
"""

import json
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request

from bot.playground.local_slack.refusal import Json, SlackRefusal

_TRUE = ("1", "true", "True", "on")


async def arguments_of(request: Request) -> Json:
    """Query, form and JSON body as one. Raises SlackRefusal invalid_json, json_not_object."""
    arguments: Json = dict(request.query_params)
    body = await request.body()
    content_type = request.headers.get("content-type", "")
    if content_type.startswith("application/json"):
        return arguments | _json_object(body)
    if content_type.startswith("application/x-www-form-urlencoded"):
        arguments |= dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    return arguments


def _json_object(body: bytes) -> Json:
    try:
        parsed = json.loads(body or b"{}")
    except ValueError:
        raise SlackRefusal("invalid_json") from None
    if not isinstance(parsed, dict):
        raise SlackRefusal("json_not_object")
    return parsed


def structure(arguments: Json, name: str, *, refusal: str) -> Any:
    """A structured argument: forms carry it as JSON in a string. Raises SlackRefusal `refusal`."""
    value = arguments.get(name)
    if not isinstance(value, str):
        return value
    if not value:
        return None
    try:
        return json.loads(value)
    except ValueError:
        raise SlackRefusal(refusal) from None


def text(arguments: Json, name: str) -> str:
    return str(arguments.get(name) or "")


def needed(arguments: Json, name: str) -> str:
    """Raises SlackRefusal invalid_arguments when it is missing or empty."""
    if value := text(arguments, name):
        return value
    raise SlackRefusal("invalid_arguments", messages=[f"[ERROR] missing required field: {name}"])


def flag(arguments: Json, name: str) -> bool:
    value = arguments.get(name)
    return value is True or str(value) in _TRUE


def number(arguments: Json, name: str, *, default: int) -> int:
    """Raises SlackRefusal invalid_arguments when it is no whole number."""
    value = arguments.get(name)
    if value is None or value == "":
        return default
    try:
        return int(value)
    except (TypeError, ValueError):
        raise SlackRefusal("invalid_arguments", messages=[f"[ERROR] must be an integer: {name}"]) from None
