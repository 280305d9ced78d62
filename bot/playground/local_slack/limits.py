"""What does Slack refuse in a message or a modal?

https://docs.slack.dev/reference/block-kit and https://docs.slack.dev/reference/views
"""

import json
from typing import Any

from bot.playground.local_slack.block_limits import Surface, check_block
from bot.playground.local_slack.places import Place
from bot.playground.local_slack.refusal import Json, SlackRefusal

POSTED_TEXT_MOST = 40_000  # what is longer is cut, not refused
UPDATED_TEXT_MOST = 4_000
MESSAGE_BLOCKS_MOST = 50
VIEW_BLOCKS_MOST = 100
VIEW_BYTES_MOST = 250_000
MARKDOWN_MOST = 12_000
ID_MOST = 255
METADATA_MOST = 3_000
VIEW_LABEL_MOST = 24


def check_message(text: str, blocks: Any, *, text_most: int | None = None) -> None:
    """Raises SlackRefusal: no_text, msg_too_long, msg_blocks_too_long, invalid_blocks(_format),
    invalid_attachments for a second table."""
    if blocks is not None and not isinstance(blocks, list):
        raise SlackRefusal("invalid_blocks_format")
    if not text and not blocks:
        raise SlackRefusal("no_text")
    if text_most is not None and len(text) > text_most:
        raise SlackRefusal("msg_too_long")
    place = Place("/blocks")
    _check_blocks(blocks or [], place, most=MESSAGE_BLOCKS_MOST, surface="message")
    if place.found:
        raise SlackRefusal("invalid_blocks", messages=place.found)
    if sum(block["type"] == "table" for block in blocks or []) > 1:
        raise SlackRefusal("invalid_attachments", messages=["[ERROR] only_one_table_allowed"])
    if (
        sum(len(str(block.get("text", ""))) for block in blocks or [] if block["type"] == "markdown")
        > MARKDOWN_MOST
    ):
        raise SlackRefusal("msg_blocks_too_long")


def check_view(view: Any) -> None:
    """A modal. Raises SlackRefusal invalid_arguments, with everything that is wrong; view_too_large."""
    place = _view_place(view, kind="modal")
    place.at("title").text(view.get("title"), VIEW_LABEL_MOST, plain_only=True)
    for label in ("submit", "close"):
        if view.get(label) is not None:
            place.at(label).text(view[label], VIEW_LABEL_MOST, plain_only=True)
    blocks = _check_view_body(view, place, surface="modal")
    if view.get("submit") is None and any(_is_input(block) for block in blocks):
        place.at("submit").wrong("must define `submit` to use an `input` block in modals")
    if place.found:
        raise SlackRefusal("invalid_arguments", messages=place.found)


def check_home(view: Any) -> None:
    """An app's Home tab. Raises as `check_view` does."""
    place = _view_place(view, kind="home")
    for label in ("title", "submit", "close"):
        if view.get(label) is not None:
            place.at(label).wrong(f"additional property: {label}")
    _check_view_body(view, place, surface="home")
    if place.found:
        raise SlackRefusal("invalid_arguments", messages=place.found)


def _view_place(view: Any, *, kind: str) -> Place:
    if not isinstance(view, dict) or view.get("type") != kind:
        raise SlackRefusal(
            "invalid_arguments", messages=["[ERROR] unsupported type [json-pointer:/view/type]"]
        )
    if len(json.dumps(view)) > VIEW_BYTES_MOST:
        raise SlackRefusal("view_too_large")
    return Place("/view")


def _check_view_body(view: Json, place: Place, *, surface: Surface) -> list[Any]:
    """Its metadata, ids and blocks; the blocks."""
    place.at("private_metadata").length(view.get("private_metadata", ""), METADATA_MOST)
    place.at("callback_id").length(view.get("callback_id", ""), ID_MOST)
    place.at("external_id").length(view.get("external_id", ""), ID_MOST)
    blocks = view.get("blocks")
    if not isinstance(blocks, list):
        place.wrong("missing required field: blocks")
        blocks = []
    _check_blocks(blocks, place.at("blocks"), most=VIEW_BLOCKS_MOST, surface=surface)
    return blocks


def _check_blocks(blocks: list[Any], place: Place, *, most: int, surface: Surface) -> None:
    place.count(blocks, most)
    seen: set[str] = set()
    for number, block in enumerate(blocks):
        check_block(block, place.at(number), surface=surface)
        block_id = block.get("block_id") if isinstance(block, dict) else None
        if isinstance(block_id, str) and block_id:
            if block_id in seen:
                place.at(number, "block_id").wrong(f"block_id `{block_id}` already exists")
            seen.add(block_id)


def _is_input(block: Any) -> bool:
    return isinstance(block, dict) and block.get("type") == "input"


def check_metadata(metadata: Any) -> Json | None:
    """The message metadata, or None. Raises SlackRefusal invalid_metadata_format."""
    if not metadata:
        return None
    if (
        not isinstance(metadata, dict)
        or not isinstance(metadata.get("event_type"), str)
        or not isinstance(metadata.get("event_payload"), dict)
    ):
        raise SlackRefusal("invalid_metadata_format")
    return metadata
