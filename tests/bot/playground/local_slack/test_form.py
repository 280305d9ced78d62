"""Is a modal's state what Slack would send, and is what is missing said before the bot hears of it?"""

from typing import Any

import pytest

from bot.playground.local_slack.form import faults_in, values_of

PICK = {
    "type": "static_select",
    "action_id": "pick",
    "options": [{"text": {"type": "plain_text", "text": word}, "value": word} for word in ("low", "high")],
}


def block(element: dict[str, Any], **changes: Any) -> dict[str, Any]:
    label = {"type": "plain_text", "text": "Label"}
    return {"type": "input", "block_id": "b", "label": label, "element": element} | changes


def typed(**changes: Any) -> dict[str, Any]:
    return {"type": "plain_text_input", "action_id": "typed"} | changes


def test_typed_value_stands_under_block_and_action() -> None:
    values = values_of([block(typed())], {"b": {"typed": {"type": "plain_text_input", "value": "hello"}}})
    assert values == {"b": {"typed": {"type": "plain_text_input", "value": "hello"}}}


@pytest.mark.parametrize("given", ["high", {"value": "high"}, {"selected_option": PICK["options"][1]}])  # type: ignore[index]
def test_selected_option_is_the_whole_option(given: Any) -> None:
    values = values_of([block(PICK)], {"b": {"pick": given}})
    assert values["b"]["pick"] == {"type": "static_select", "selected_option": PICK["options"][1]}  # type: ignore[index]


def test_initial_value_counts_where_nothing_was_touched() -> None:
    assert values_of([block(typed(initial_value="kept"))], {})["b"]["typed"]["value"] == "kept"


@pytest.mark.parametrize(
    ("element", "given", "is_fault"),
    [
        (typed(), "", True),
        (typed(), "x", False),
        (typed(min_length=3), "xx", True),
        (typed(max_length=3), "xxxx", True),
        (typed(max_length=3), "xxx", False),
        (PICK | {"action_id": "typed"}, "unknown", True),
    ],
)
def test_required_and_lengths_are_checked(element: dict[str, Any], given: str, is_fault: bool) -> None:
    blocks = [block(element)]
    assert bool(faults_in(blocks, values_of(blocks, {"b": {"typed": given}}))) == is_fault


def test_optional_input_may_stay_empty() -> None:
    blocks = [block(typed(), optional=True)]
    assert faults_in(blocks, values_of(blocks, {})) == {}
