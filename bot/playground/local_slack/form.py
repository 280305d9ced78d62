"""Is a modal filled in, and what does its state say?

Slack checks this in the client, before the bot hears of it:
https://docs.slack.dev/reference/block-kit/blocks/input-block
"""

from typing import Any

from bot.playground.local_slack.messages import elements_of
from bot.playground.local_slack.payloads import chosen
from bot.playground.local_slack.refusal import Json

_INITIAL = (
    "initial_value",
    "initial_option",
    "initial_options",
    "initial_user",
    "initial_date",
    "initial_time",
)


def values_of(blocks: list[Json], state: Json) -> Json:
    """view.state.values: what was filled in, and the initial values where nothing was."""
    values: Json = {}
    for block in blocks:
        for element in elements_of(block):
            if element["type"] in ("button", "overflow"):
                continue
            given = (state.get(block["block_id"]) or {}).get(element["action_id"])
            filled = chosen(element, _initial(element) if given is None else _given(given))
            values.setdefault(block["block_id"], {})[element["action_id"]] = {
                "type": element["type"],
                **filled,
            }
    return values


def faults_in(blocks: list[Json], values: Json) -> dict[str, str]:
    """By block id, what the person has to mend before it is sent."""
    faults = {}
    for block in blocks:
        if block["type"] == "input":
            element = block["element"]
            value = _filled(values[block["block_id"]][element["action_id"]])
            if fault := _fault(element, value, is_optional=bool(block.get("optional"))):
                faults[block["block_id"]] = fault
    return faults


def _fault(element: Json, value: Any, *, is_optional: bool) -> str | None:
    if not value:
        return None if is_optional else "Please complete this required field."
    if isinstance(value, str) and len(value) < element.get("min_length", 0):
        return f"Please enter at least {element['min_length']} characters."
    if isinstance(value, str) and len(value) > element.get("max_length", 3_000):
        return f"Please enter at most {element.get('max_length', 3_000)} characters."
    return None


def _initial(element: Json) -> Any:
    return next((element[name] for name in _INITIAL if name in element), None)


def _given(entry: Any) -> Any:
    return _filled(entry) if isinstance(entry, dict) else entry


def _filled(entry: Json) -> Any:
    fields = [value for name, value in entry.items() if name != "type"]
    return fields[0] if fields else None
