"""How do the fields of a call become the JSON that is sent, and the line that people read? Pure.

`inputs.mode` is {"inputs": {"mode": …}}, `rules.0.action` is {"rules": [{"action": …}]}.
"""

import json
from collections.abc import Callable, Iterable
from typing import Any

Fields = Iterable[tuple[str, Any]]


def nested(fields: Fields, value_of: Callable[[Any], Any]) -> dict[str, Any]:
    """What is sent as JSON, each value as `value_of` has it."""
    body: dict[str, Any] = {}
    for name, value in fields:
        *outer, last = name.split(".")
        part = body
        for step in outer:
            part = part.setdefault(step, {})
        part[last] = value_of(value)
    return {name: _with_lists(value) for name, value in body.items()}


def shown(fields: Fields) -> str:
    """`action block, ratelimit.period 10`."""
    return ", ".join(f"{name} {_word(value)}" for name, value in fields)


def _with_lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    parts = {name: _with_lists(part) for name, part in value.items()}
    return list(parts.values()) if all(name.isdecimal() for name in parts) else parts


def _word(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, tuple) else str(value)
