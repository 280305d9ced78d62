"""What does Slack refuse in a block?

https://docs.slack.dev/reference/block-kit/blocks
"""

from collections.abc import Callable
from typing import Any

from bot.playground.local_slack.element_limits import IN_ACTIONS, IN_INPUT, IN_SECTION, check_element
from bot.playground.local_slack.problems import Problems
from bot.playground.local_slack.refusal import Json

ID_MOST = 255
SECTION_MOST = 3_000
FIELD_MOST = 2_000
FIELDS_MOST = 10
HEADER_MOST = 150
LABEL_MOST = 2_000
URL_MOST = 3_000
ACTIONS_MOST = 25
CONTEXT_MOST = 10

# Accepted as they are: nothing here depends on their insides.
UNCHECKED = {
    "call",
    "card",
    "carousel",
    "container",
    "context_actions",
    "data_table",
    "file",
    "plan",
    "rich_text",
    "task_card",
    "video",
}


def check_block(block: Any, path: str, problems: Problems, *, in_modal: bool) -> None:
    if not isinstance(block, dict):
        problems.add("must provide an object", path)
        return
    kind = str(block.get("type"))
    problems.length(block.get("block_id"), f"{path}/block_id", ID_MOST)
    if check := _CHECKS.get(kind):
        check(block, path, problems)
    elif kind not in UNCHECKED and not (kind == "alert" and in_modal):
        problems.add(f"unsupported type: {kind}", f"{path}/type")


def _section(block: Json, path: str, problems: Problems) -> None:
    if "text" not in block and "fields" not in block:
        problems.add("missing required field: text or fields", path)
    if "text" in block:
        problems.text(block["text"], f"{path}/text", SECTION_MOST)
    if "fields" in block and problems.count(block["fields"], f"{path}/fields", FIELDS_MOST, least=1):
        for number, field in enumerate(block["fields"]):
            problems.text(field, f"{path}/fields/{number}", FIELD_MOST)
    if "accessory" in block:
        check_element(block["accessory"], f"{path}/accessory", problems, allowed=IN_SECTION)


def _header(block: Json, path: str, problems: Problems) -> None:
    problems.text(block.get("text"), f"{path}/text", HEADER_MOST, plain_only=True)


def _nothing(block: Json, path: str, problems: Problems) -> None:
    """A divider has nothing to check."""


def _context(block: Json, path: str, problems: Problems) -> None:
    elements = block.get("elements")
    if not problems.count(elements, f"{path}/elements", CONTEXT_MOST, least=1):
        return
    for number, element in enumerate(elements or []):
        if isinstance(element, dict) and element.get("type") == "image":
            _image(element, f"{path}/elements/{number}", problems)
        else:
            problems.text(element, f"{path}/elements/{number}", SECTION_MOST)


def _actions(block: Json, path: str, problems: Problems) -> None:
    elements = block.get("elements")
    if not problems.count(elements, f"{path}/elements", ACTIONS_MOST, least=1):
        return
    seen: set[str] = set()
    for number, element in enumerate(elements or []):
        check_element(element, f"{path}/elements/{number}", problems, allowed=IN_ACTIONS)
        action_id = element.get("action_id") if isinstance(element, dict) else None
        if isinstance(action_id, str):
            if action_id in seen:
                problems.add(f"action_id `{action_id}` already exists", f"{path}/elements/{number}/action_id")
            seen.add(action_id)


def _image(block: Json, path: str, problems: Problems) -> None:
    if "slack_file" not in block:
        problems.length(block.get("image_url"), f"{path}/image_url", URL_MOST, least=1)
    problems.length(block.get("alt_text"), f"{path}/alt_text", LABEL_MOST, least=1)
    if "title" in block:
        problems.text(block["title"], f"{path}/title", LABEL_MOST, plain_only=True)


def _input(block: Json, path: str, problems: Problems) -> None:
    problems.text(block.get("label"), f"{path}/label", LABEL_MOST, plain_only=True)
    if "hint" in block:
        problems.text(block["hint"], f"{path}/hint", LABEL_MOST, plain_only=True)
    check_element(block.get("element"), f"{path}/element", problems, allowed=IN_INPUT)


def _markdown(block: Json, path: str, problems: Problems) -> None:
    # Its length is counted over the whole message: see limits.check_message.
    problems.length(block.get("text"), f"{path}/text", 1_000_000, least=1)


def _table(block: Json, path: str, problems: Problems) -> None:
    rows = block.get("rows")
    if not problems.count(rows, f"{path}/rows", 100, least=1):
        return
    for number, row in enumerate(rows or []):
        problems.count(row, f"{path}/rows/{number}", 20, least=1)


_CHECKS: dict[str, Callable[[Json, str, Problems], None]] = {
    "section": _section,
    "header": _header,
    "divider": _nothing,
    "context": _context,
    "actions": _actions,
    "image": _image,
    "input": _input,
    "markdown": _markdown,
    "table": _table,
}
