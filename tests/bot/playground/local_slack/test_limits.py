"""Does the local Slack refuse what Slack refuses in messages and modals, and nothing under the limit?"""

from collections.abc import Callable
from typing import Any

import pytest

from bot.playground.local_slack.limits import (
    UPDATED_TEXT_MOST,
    check_home,
    check_message,
    check_metadata,
    check_view,
)
from bot.playground.local_slack.refusal import SlackRefusal

Json = dict[str, Any]


def plain(length: int) -> Json:
    return {"type": "plain_text", "text": "x" * length}


def mrkdwn(length: int) -> Json:
    return {"type": "mrkdwn", "text": "x" * length}


def button(**changes: Any) -> Json:
    return {"type": "button", "action_id": "go", "text": plain(2)} | changes


def actions(*elements: Json) -> list[Json]:
    return [{"type": "actions", "elements": list(elements)}]


def accessory(element: Json) -> list[Json]:
    return [{"type": "section", "text": mrkdwn(1), "accessory": element}]


def confirm(**changes: Json) -> list[Json]:
    return actions(
        button(confirm={"title": plain(1), "text": plain(1), "confirm": plain(1), "deny": plain(1)} | changes)
    )


def select(count: int, kind: str = "static_select") -> Json:
    options = [{"text": plain(1), "value": str(number)} for number in range(count)]
    return {"type": kind, "action_id": "pick", "options": options}


def option(**changes: Any) -> list[Json]:
    return accessory(
        {
            "type": "static_select",
            "action_id": "pick",
            "options": [{"text": plain(1), "value": "v"} | changes],
        }
    )


def image(**changes: str) -> list[Json]:
    return [{"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a"} | changes]


FEEDBACK = {"type": "icon_button", "icon": "trash"}


def raw(length: int) -> Json:
    return {"type": "raw_text", "text": "x" * length}


TABLE = {"type": "table", "rows": [[raw(1)]]}


def data_table(**changes: Any) -> Json:
    return {"type": "data_table", "caption": "c", "rows": [[raw(1)], [raw(1)]]} | changes


def card(*elements: Json) -> Json:
    return {"type": "card", "title": plain(1), "actions": list(elements)}


def video(**changes: Any) -> Json:
    links = {"video_url": "https://example.com/v", "thumbnail_url": "https://example.com/t"}
    return {"type": "video", "title": plain(1), "alt_text": "a", **links} | changes


def rich(*leaves: Json, kind: str = "rich_text_section") -> list[Json]:
    return [{"type": "rich_text", "elements": [{"type": kind, "elements": list(leaves)}]}]


def chosen_first(option: Json, kind: str = "static_select") -> list[Json]:
    return accessory(select(2, kind) | {"initial_option": option})


BLOCKS: dict[str, tuple[Callable[[int], list[Json]], int]] = {
    "blocks": (lambda n: [{"type": "divider"}] * n, 50),
    "section text": (lambda n: [{"type": "section", "text": mrkdwn(n)}], 3_000),
    "section fields": (lambda n: [{"type": "section", "fields": [mrkdwn(1)] * n}], 10),
    "field text": (lambda n: [{"type": "section", "fields": [mrkdwn(n)]}], 2_000),
    "header text": (lambda n: [{"type": "header", "text": plain(n)}], 150),
    "context elements": (lambda n: [{"type": "context", "elements": [mrkdwn(1)] * n}], 10),
    "actions elements": (lambda n: actions(*(button(action_id=f"a{i}") for i in range(n))), 25),
    "block_id": (lambda n: [{"type": "divider", "block_id": "b" * n}], 255),
    "action_id": (lambda n: actions(button(action_id="a" * n)), 255),
    "button text": (lambda n: actions(button(text=plain(n))), 75),
    "button value": (lambda n: actions(button(value="v" * n)), 2_000),
    "button url": (lambda n: actions(button(url="u" * n)), 3_000),
    "confirm title": (lambda n: confirm(title=plain(n)), 100),
    "confirm text": (lambda n: confirm(text=mrkdwn(n)), 300),
    "confirm yes": (lambda n: confirm(confirm=plain(n)), 30),
    "confirm no": (lambda n: confirm(deny=plain(n)), 30),
    "select options": (lambda n: accessory(select(n)), 100),
    "overflow options": (lambda n: accessory(select(n, "overflow")), 5),
    "radio options": (lambda n: accessory(select(n, "radio_buttons")), 10),
    "option text": (lambda n: option(text=plain(n)), 75),
    "option value": (lambda n: option(value="v" * n), 150),
    "placeholder": (lambda n: accessory(select(1) | {"placeholder": plain(n)}), 150),
    "image url": (lambda n: image(image_url="u" * n), 3_000),
    "image alt text": (lambda n: image(alt_text="a" * n), 2_000),
    "table rows": (lambda n: [{"type": "table", "rows": [[raw(1)]] * n}], 100),
    "table columns": (lambda n: [{"type": "table", "rows": [[raw(1)] * n]}], 20),
    "data table rows": (lambda n: [data_table(rows=[[raw(1)]] * n)], 101),
    "data table columns": (lambda n: [data_table(rows=[[raw(1)] * n] * 2)], 20),
    "data table page": (lambda n: [data_table(page_size=n)], 100),
    "card title": (lambda n: [{"type": "card", "title": mrkdwn(n)}], 150),
    "card body": (lambda n: [{"type": "card", "body": mrkdwn(n)}], 200),
    "card actions": (lambda n: [card(*(button(action_id=f"a{i}") for i in range(n)))], 3),
    "carousel": (lambda n: [{"type": "carousel", "elements": [card()] * n}], 10),
    "container": (lambda n: [{"type": "container", "child_blocks": [{"type": "divider"}] * n}], 10),
    "context actions": (lambda n: [{"type": "context_actions", "elements": [FEEDBACK] * n}], 5),
    "video title": (lambda n: [video(title=plain(n))], 200),
}


@pytest.mark.parametrize("limit", BLOCKS)
def test_message_at_the_limit_is_accepted(limit: str) -> None:
    build, most = BLOCKS[limit]
    check_message("text", build(most))


@pytest.mark.parametrize("limit", BLOCKS)
def test_message_one_over_the_limit_is_refused_and_says_where(limit: str) -> None:
    build, most = BLOCKS[limit]
    with pytest.raises(SlackRefusal) as refused:
        check_message("text", build(most + 1))
    assert refused.value.code == "invalid_blocks"
    assert any("[json-pointer:/blocks" in line for line in refused.value.messages)


@pytest.mark.parametrize(
    ("text", "blocks", "code"),
    [
        ("", None, "no_text"),
        ("", [], "no_text"),
        ("x", {"type": "divider"}, "invalid_blocks_format"),
        ("x", [{"type": "markdown", "text": "x" * 6_001}] * 2, "msg_blocks_too_long"),
        ("x", ["divider"], "invalid_blocks"),
        ("x", [{"type": "mystery"}], "invalid_blocks"),
        ("x", [{"type": "alert", "text": plain(1)}], "invalid_blocks"),
        ("x", [{"type": "section"}], "invalid_blocks"),
        ("x", [{"type": "section", "text": plain(0)}], "invalid_blocks"),
        ("x", [{"type": "header", "text": mrkdwn(1)}], "invalid_blocks"),
        ("x", [{"type": "context", "elements": []}], "invalid_blocks"),
        ("x", [{"type": "divider", "block_id": "b"}] * 2, "invalid_blocks"),
        ("x", actions(button(), button()), "invalid_blocks"),
        ("x", actions(button(style="warning")), "invalid_blocks"),
        ("x", actions(button(text=mrkdwn(1))), "invalid_blocks"),
        ("x", actions({"type": "plain_text_input", "action_id": "a"}), "invalid_blocks"),
        ("x", [{"type": "section", "text": plain(1) | {"verbatim": True}}], "invalid_blocks"),
        ("x", [{"type": "table", "rows": [[plain(1)]]}], "invalid_blocks"),
        ("x", [{"type": "table", "rows": [[raw(0)]]}], "invalid_blocks"),
        ("x", [TABLE] * 2, "invalid_attachments"),
        (
            "x",
            [{"type": "table", "rows": [[raw(1)]], "column_settings": [{"align": "top"}]}],
            "invalid_blocks",
        ),
        ("x", [data_table(rows=[[raw(1)]])], "invalid_blocks"),
        ("x", [data_table(rows=[[raw(1)], [raw(1)] * 2])], "invalid_blocks"),
        ("x", [data_table(rows=[rich(), [raw(1)]])], "invalid_blocks"),
        ("x", [data_table(caption="")], "invalid_blocks"),
        ("x", [{"type": "card"}], "invalid_blocks"),
        ("x", [{"type": "carousel", "elements": [{"type": "divider"}]}], "invalid_blocks"),
        ("x", [{"type": "container", "child_blocks": [{"type": "mystery"}]}], "invalid_blocks"),
        ("x", [{"type": "context_actions", "elements": [button()]}], "invalid_blocks"),
        ("x", [{"type": "task_card", "task_id": "1", "status": "late"}], "invalid_blocks"),
        ("x", [{"type": "plan"}], "invalid_blocks"),
        ("x", rich({"type": "text"}), "invalid_blocks"),
        ("x", rich({"type": "text", "text": ""}), "invalid_blocks"),
        ("x", rich({"type": "mrkdwn", "text": "x"}), "invalid_blocks"),
        ("x", rich({"type": "text", "text": "x"}, kind="rich_text_list"), "invalid_blocks"),
        ("x", rich(kind="rich_text_table"), "invalid_blocks"),
        ("x", chosen_first({"text": plain(1), "value": "7"}), "invalid_blocks"),
        ("x", chosen_first({"text": plain(2), "value": "1"}), "invalid_blocks"),
        (
            "x",
            accessory({"type": "datepicker", "action_id": "d", "initial_date": "26.11.2026"}),
            "invalid_blocks",
        ),
        ("x", accessory({"type": "timepicker", "action_id": "t", "initial_time": "25:00"}), "invalid_blocks"),
    ],
)
def test_malformed_message_is_refused_with_slacks_own_word(text: str, blocks: Any, code: str) -> None:
    with pytest.raises(SlackRefusal) as refused:
        check_message(text, blocks)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "blocks",
    [
        chosen_first({"text": plain(1), "value": "1"}),
        rich({"type": "text", "text": "x"}, {"type": "user", "user_id": "U1"}),
        [{"type": "rich_text", "elements": []}],
        accessory({"type": "datepicker", "action_id": "d", "initial_date": "2026-11-26"}),
        [{"type": "task_card", "task_id": "1", "title": "t", "status": "complete"}],
        [{"type": "container", "child_blocks": [{"type": "divider"}]}],
    ],
)
def test_well_formed_blocks_are_accepted(blocks: list[Json]) -> None:
    check_message("x", blocks)


def test_updated_text_is_refused_over_four_thousand_characters() -> None:
    check_message("x" * 4_000, None, text_most=UPDATED_TEXT_MOST)
    with pytest.raises(SlackRefusal, match="msg_too_long"):
        check_message("x" * 4_001, None, text_most=UPDATED_TEXT_MOST)


def test_same_action_id_in_two_blocks_is_accepted() -> None:
    check_message("x", [*actions(button()), *actions(button())])


def view(**changes: Any) -> Json:
    return {"type": "modal", "title": plain(1), "submit": plain(1), "blocks": [{"type": "divider"}]} | changes


def typed(**changes: Any) -> list[Json]:
    element = {"type": "plain_text_input", "action_id": "a"} | changes
    return [{"type": "input", "label": plain(1), "element": element}]


VIEWS: dict[str, tuple[Callable[[int], Json], int]] = {
    "title": (lambda n: view(title=plain(n)), 24),
    "submit": (lambda n: view(submit=plain(n)), 24),
    "close": (lambda n: view(close=plain(n)), 24),
    "private_metadata": (lambda n: view(private_metadata="m" * n), 3_000),
    "callback_id": (lambda n: view(callback_id="c" * n), 255),
    "external_id": (lambda n: view(external_id="e" * n), 255),
    "blocks": (lambda n: view(blocks=[{"type": "divider"}] * n), 100),
    "label": (lambda n: view(blocks=[{**typed()[0], "label": plain(n)}]), 2_000),
    "hint": (lambda n: view(blocks=[{**typed()[0], "hint": plain(n)}]), 2_000),
    "max_length": (lambda n: view(blocks=typed(max_length=n)), 3_000),
    "initial_value": (lambda n: view(blocks=typed(initial_value="v" * n)), 3_000),
}


@pytest.mark.parametrize("limit", VIEWS)
def test_modal_at_the_limit_is_accepted(limit: str) -> None:
    build, most = VIEWS[limit]
    check_view(build(most))


@pytest.mark.parametrize("limit", VIEWS)
def test_modal_one_over_the_limit_is_refused(limit: str) -> None:
    build, most = VIEWS[limit]
    with pytest.raises(SlackRefusal, match="invalid_arguments"):
        check_view(build(most + 1))


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        "a modal",
        view(type="home"),
        view(blocks=[{"type": "table", "rows": [[raw(1)]]}]),
        view(blocks=[{"type": "alert", "text": plain(201)}]),
        view(blocks=[{"type": "input", "label": plain(1), "element": {"type": "number_input"}}]),
        view(title=None),
        view(title=mrkdwn(3)),
        view(blocks=None),
        view(blocks=typed(), submit=None),
    ],
)
def test_malformed_modal_is_refused(wrong: Any) -> None:
    with pytest.raises(SlackRefusal, match="invalid_arguments"):
        check_view(wrong)


@pytest.mark.parametrize("label", ["title", "submit", "close"])
def test_home_has_no_labels_of_a_modal(label: str) -> None:
    home = {"type": "home", "blocks": [{"type": "divider"}]}
    check_home(home)
    with pytest.raises(SlackRefusal, match="invalid_arguments"):
        check_home(home | {label: plain(1)})


def test_home_takes_a_hundred_blocks_and_no_more() -> None:
    check_home({"type": "home", "blocks": [{"type": "divider"}] * 100})
    with pytest.raises(SlackRefusal, match="invalid_arguments"):
        check_home({"type": "home", "blocks": [{"type": "divider"}] * 101})


def test_view_over_a_quarter_of_a_megabyte_is_refused() -> None:
    with pytest.raises(SlackRefusal, match="view_too_large"):
        check_view(view(blocks=[{"type": "section", "text": mrkdwn(3_000)}] * 84))


def test_modal_without_inputs_needs_no_submit() -> None:
    check_view(view(submit=None))


@pytest.mark.parametrize("wrong", ["text", {"event_type": "a"}, {"event_type": 1, "event_payload": {}}])
def test_malformed_metadata_is_refused(wrong: Any) -> None:
    with pytest.raises(SlackRefusal, match="invalid_metadata_format"):
        check_metadata(wrong)
