"""What does Slack refuse in a block?

https://docs.slack.dev/reference/block-kit/blocks
"""

from collections.abc import Callable
from typing import Any, Literal

from bot.playground.local_slack.element_limits import IN_ACTIONS, IN_INPUT, IN_SECTION, check_element
from bot.playground.local_slack.newer_blocks import NEWER
from bot.playground.local_slack.places import Place
from bot.playground.local_slack.refusal import Json

Surface = Literal["message", "modal", "home"]

ID_MOST = 255
SECTION_MOST = 3_000
FIELD_MOST = 2_000
FIELDS_MOST = 10
HEADER_MOST = 150
LABEL_MOST = 2_000
URL_MOST = 3_000
ACTIONS_MOST = 25
CONTEXT_MOST = 10

UNCHECKED = {
    "call",
    "file",
}  # an app cannot make what they refer to, so nothing here depends on their insides
NOT_IN_VIEWS = {"markdown", "table", "data_table"}


def check_block(block: Any, place: Place, *, surface: Surface) -> None:
    if not isinstance(block, dict):
        place.wrong("must provide an object")
        return
    kind = str(block.get("type"))
    place.at("block_id").length(block.get("block_id"), ID_MOST)
    if not _fits(kind, surface):
        place.at("type").wrong(f"unsupported type: {kind}")
    elif check := _CHECKS.get(kind):
        check(block, place)
    if kind == "container" and isinstance(block.get("child_blocks"), list):
        for number, child in enumerate(block["child_blocks"]):
            check_block(child, place.at("child_blocks", number), surface=surface)


def _fits(kind: str, surface: Surface) -> bool:
    if kind == "alert":
        return surface == "modal"
    if kind == "input":
        return True
    if kind in NOT_IN_VIEWS:
        return surface == "message"
    return kind in _CHECKS or kind in UNCHECKED


def _section(block: Json, place: Place) -> None:
    if "text" not in block and "fields" not in block:
        place.wrong("missing required field: text or fields")
    if "text" in block:
        place.at("text").text(block["text"], SECTION_MOST)
    if "fields" in block and place.at("fields").count(block["fields"], FIELDS_MOST, least=1):
        for number, field in enumerate(block["fields"]):
            place.at("fields", number).text(field, FIELD_MOST)
    if "accessory" in block:
        check_element(block["accessory"], place.at("accessory"), allowed=IN_SECTION)


def _header(block: Json, place: Place) -> None:
    place.at("text").text(block.get("text"), HEADER_MOST, plain_only=True)


def _nothing(block: Json, place: Place) -> None:
    """A divider has nothing to check."""


def _context(block: Json, place: Place) -> None:
    elements = block.get("elements")
    if not place.at("elements").count(elements, CONTEXT_MOST, least=1):
        return
    for number, element in enumerate(elements or []):
        if isinstance(element, dict) and element.get("type") == "image":
            _image(element, place.at("elements", number))
        else:
            place.at("elements", number).text(element, SECTION_MOST)


def _actions(block: Json, place: Place) -> None:
    elements = block.get("elements")
    if not place.at("elements").count(elements, ACTIONS_MOST, least=1):
        return
    seen: set[str] = set()
    for number, element in enumerate(elements or []):
        check_element(element, place.at("elements", number), allowed=IN_ACTIONS)
        action_id = element.get("action_id") if isinstance(element, dict) else None
        if isinstance(action_id, str):
            if action_id in seen:
                place.at("elements", number, "action_id").wrong(f"action_id `{action_id}` already exists")
            seen.add(action_id)


def _image(block: Json, place: Place) -> None:
    if "slack_file" not in block:
        place.at("image_url").length(block.get("image_url"), URL_MOST, least=1)
    place.at("alt_text").length(block.get("alt_text"), LABEL_MOST, least=1)
    if "title" in block:
        place.at("title").text(block["title"], LABEL_MOST, plain_only=True)


def _input(block: Json, place: Place) -> None:
    place.at("label").text(block.get("label"), LABEL_MOST, plain_only=True)
    if "hint" in block:
        place.at("hint").text(block["hint"], LABEL_MOST, plain_only=True)
    check_element(block.get("element"), place.at("element"), allowed=IN_INPUT)


def _markdown(block: Json, place: Place) -> None:
    # Its length is counted over the whole message: see limits.check_message.
    place.at("text").length(block.get("text"), 1_000_000, least=1)


_CHECKS: dict[str, Callable[[Json, Place], None]] = {
    "section": _section,
    "header": _header,
    "divider": _nothing,
    "context": _context,
    "actions": _actions,
    "image": _image,
    "input": _input,
    "markdown": _markdown,
    **NEWER,
}
