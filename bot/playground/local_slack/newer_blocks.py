"""What does Slack refuse in tables, rich text, cards and the other newer blocks?

https://docs.slack.dev/reference/block-kit/blocks
"""

from collections.abc import Callable
from typing import Any

from bot.playground.local_slack.element_limits import check_element
from bot.playground.local_slack.places import Place
from bot.playground.local_slack.refusal import Json

COLUMNS_MOST = 20
TABLE_ROWS_MOST = 100
DATA_ROWS_MOST = 101  # the header is one of them
CARD_ACTIONS_MOST = 3
CARD_TITLE_MOST = 150
CARD_BODY_MOST = 200
CAROUSEL_MOST = 10
CONTAINER_MOST = 10
CONTEXT_ACTIONS_MOST = 5
ALERT_MOST = 200
VIDEO_TITLE_MOST = 200
URL_MOST = 3_000

RICH_PARTS = ("rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote")
RICH_LEAVES = {
    "broadcast": "range",
    "color": "value",
    "channel": "channel_id",
    "date": "timestamp",
    "emoji": "name",
    "link": "url",
    "text": "text",
    "user": "user_id",
    "usergroup": "usergroup_id",
}


def rich_text(block: Json, place: Place) -> None:
    elements = block.get("elements")
    if not place.at("elements").count(elements, 10_000):
        return
    for number, part in enumerate(elements or []):
        _rich_part(part, place.at("elements", number))


def _rich_part(part: Any, place: Place) -> None:
    if not isinstance(part, dict) or part.get("type") not in RICH_PARTS:
        place.at("type").wrong("unsupported type")
        return
    if not place.at("elements").count(part.get("elements"), 10_000):
        return
    if part["type"] == "rich_text_list":
        place.at("style").one_of(part.get("style", ""), ("bullet", "ordered"))
    for number, inner in enumerate(part["elements"]):
        here = place.at("elements", number)
        if part["type"] == "rich_text_list":
            _rich_part(inner, here)
        else:
            _rich_leaf(inner, here)


def _rich_leaf(leaf: Any, place: Place) -> None:
    kind = leaf.get("type") if isinstance(leaf, dict) else None
    if kind not in RICH_LEAVES:
        place.at("type").wrong(f"unsupported type: {kind}")
    elif RICH_LEAVES[kind] not in leaf:
        place.wrong(f"missing required field: {RICH_LEAVES[kind]}")
    elif kind == "text":
        place.at("text").length(leaf["text"], 1_000_000, least=1)


def table(block: Json, place: Place) -> None:
    rows = block.get("rows")
    if "column_settings" in block:
        place.at("column_settings").count(block["column_settings"], COLUMNS_MOST)
        for number, setting in enumerate(block["column_settings"] or []):
            align = (setting or {}).get("align")
            place.at("column_settings", number, "align").one_of(align, ("left", "center", "right"))
    if place.at("rows").count(rows, TABLE_ROWS_MOST, least=1):
        _rows(rows, place, cells=("raw_text", "rich_text"))


def data_table(block: Json, place: Place) -> None:
    rows = block.get("rows")
    place.at("caption").length(block.get("caption"), 1_000_000, least=1)
    if not 1 <= block.get("page_size", 5) <= 100:
        place.at("page_size").wrong("must be from 1 to 100")
    if not place.at("rows").count(rows, DATA_ROWS_MOST, least=2):
        return
    _rows(rows, place, cells=("raw_text", "raw_number", "rich_text"))
    widths = {len(row) for row in rows or [] if isinstance(row, list)}
    if len(widths) > 1:
        place.at("rows").wrong("all rows must have the same number of cells")
    for number, cell in enumerate((rows or [[]])[0]):
        if isinstance(cell, dict) and cell.get("type") == "rich_text":
            place.at("rows", 0, number).wrong("header cells cannot be rich_text")


def _rows(rows: Any, place: Place, *, cells: tuple[str, ...]) -> None:
    for at_row, row in enumerate(rows):
        if not place.at("rows", at_row).count(row, COLUMNS_MOST, least=1):
            continue
        for at_column, cell in enumerate(row):
            _cell(cell, place.at("rows", at_row, at_column), allowed=cells)


def _cell(cell: Any, place: Place, *, allowed: tuple[str, ...]) -> None:
    kind = cell.get("type") if isinstance(cell, dict) else None
    if kind not in allowed:
        place.at("type").wrong(f"unsupported type: {kind}")
    elif kind == "rich_text":
        rich_text(cell, place)
    elif kind == "raw_text":
        place.at("text").length(cell.get("text"), 1_000_000, least=1)
    elif not isinstance(cell.get("value"), int | float):
        place.at("value").wrong("must be a number")


def card(block: Json, place: Place) -> None:
    if not {"title", "body", "hero_image", "actions"} & set(block):
        place.wrong("missing required field: title, body, hero_image or actions")
    for name, most in (
        ("title", CARD_TITLE_MOST),
        ("subtitle", CARD_TITLE_MOST),
        ("body", CARD_BODY_MOST),
        ("subtext", CARD_BODY_MOST),
    ):
        if name in block:
            place.at(name).text(block[name], most)
    if "actions" in block and place.at("actions").count(block["actions"], CARD_ACTIONS_MOST):
        for number, element in enumerate(block["actions"]):
            check_element(element, place.at("actions", number), allowed=("button",))


def carousel(block: Json, place: Place) -> None:
    if not place.at("elements").count(block.get("elements"), CAROUSEL_MOST, least=1):
        return
    for number, element in enumerate(block["elements"]):
        here = place.at("elements", number)
        if isinstance(element, dict) and element.get("type") == "card":
            card(element, here)
        else:
            here.at("type").wrong("must be a card")


def container(block: Json, place: Place) -> None:
    """Its inner blocks are checked by who knows all blocks."""
    place.at("child_blocks").count(block.get("child_blocks"), CONTAINER_MOST, least=1)
    for name in ("title", "subtitle"):
        if name in block:
            place.at(name).text(block[name], CARD_TITLE_MOST)


def context_actions(block: Json, place: Place) -> None:
    if not place.at("elements").count(block.get("elements"), CONTEXT_ACTIONS_MOST, least=1):
        return
    for number, element in enumerate(block["elements"]):
        kind = element.get("type") if isinstance(element, dict) else None
        if kind not in ("feedback_buttons", "icon_button"):
            place.at("elements", number, "type").wrong(f"unsupported type: {kind}")


def alert(block: Json, place: Place) -> None:
    place.at("text").text(block.get("text"), ALERT_MOST)
    levels = ("default", "info", "warning", "error", "success")
    place.at("level").one_of(block.get("level"), levels)


def video(block: Json, place: Place) -> None:
    place.at("title").text(block.get("title"), VIDEO_TITLE_MOST, plain_only=True)
    for name in ("video_url", "thumbnail_url"):
        place.at(name).length(block.get(name), URL_MOST, least=1)
    place.at("alt_text").length(block.get("alt_text"), 2_000, least=1)


def plan(block: Json, place: Place) -> None:
    if not isinstance(block.get("title"), str | dict):
        place.at("title").wrong("missing required field: title")


def task_card(block: Json, place: Place) -> None:
    place.at("task_id").length(block.get("task_id"), 255, least=1)
    place.at("status").one_of(block.get("status"), ("pending", "in_progress", "complete", "error"))


NEWER: dict[str, Callable[[Json, Place], None]] = {
    "alert": alert,
    "card": card,
    "carousel": carousel,
    "container": container,
    "context_actions": context_actions,
    "data_table": data_table,
    "plan": plan,
    "rich_text": rich_text,
    "table": table,
    "task_card": task_card,
    "video": video,
}
