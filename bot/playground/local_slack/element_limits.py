"""What does Slack refuse in a button, a select, an input?

https://docs.slack.dev/reference/block-kit/block-elements
"""

from collections.abc import Callable
from typing import Any

from bot.playground.local_slack.problems import Problems
from bot.playground.local_slack.refusal import Json

ID_MOST = 255
BUTTON_TEXT_MOST = 75
BUTTON_VALUE_MOST = 2_000
URL_MOST = 3_000
PLACEHOLDER_MOST = 150
OPTION_TEXT_MOST = 75
OPTION_VALUE_MOST = 150
SELECT_OPTIONS_MOST = 100
CHOICE_OPTIONS_MOST = 10
OVERFLOW_OPTIONS_MOST = 5
INPUT_MOST = 3_000

_SELECTS = tuple(
    f"{many}{kind}_select"
    for many in ("", "multi_")
    for kind in ("static", "external", "users", "conversations", "channels")
)
_PICKERS = ("datepicker", "timepicker", "datetimepicker")
_CHOICES = ("radio_buttons", "checkboxes")
_TYPED = ("plain_text_input", "number_input", "email_text_input", "url_text_input", "rich_text_input")

IN_ACTIONS = ("button", "overflow", "workflow_button", *_CHOICES, *_PICKERS, *_SELECTS[:5])
IN_SECTION = ("button", "overflow", "workflow_button", "image", *_CHOICES, *_PICKERS[:2], *_SELECTS)
IN_INPUT = (*_TYPED, *_CHOICES, *_PICKERS, *_SELECTS, "file_input")


def check_element(element: Any, path: str, problems: Problems, *, allowed: tuple[str, ...]) -> None:
    if not isinstance(element, dict):
        problems.add("must provide an object", path)
        return
    kind = str(element.get("type"))
    if kind not in allowed:
        problems.add(f"unsupported type: {kind}", f"{path}/type")
        return
    if "action_id" in element:
        problems.length(element["action_id"], f"{path}/action_id", ID_MOST, least=1)
    if "placeholder" in element:
        problems.text(element["placeholder"], f"{path}/placeholder", PLACEHOLDER_MOST, plain_only=True)
    if "confirm" in element:
        _confirm(element["confirm"], f"{path}/confirm", problems)
    if check := _CHECKS.get(kind):
        check(element, path, problems)


def _button(element: Json, path: str, problems: Problems) -> None:
    problems.text(element.get("text"), f"{path}/text", BUTTON_TEXT_MOST, plain_only=True)
    problems.length(element.get("value"), f"{path}/value", BUTTON_VALUE_MOST)
    problems.length(element.get("url"), f"{path}/url", URL_MOST)
    problems.length(element.get("accessibility_label"), f"{path}/accessibility_label", BUTTON_TEXT_MOST)
    problems.one_of(element.get("style"), f"{path}/style", ("primary", "danger"))


def _confirm(confirm: Any, path: str, problems: Problems) -> None:
    if not isinstance(confirm, dict):
        problems.add("must provide an object", path)
        return
    problems.text(confirm.get("title"), f"{path}/title", 100, plain_only=True)
    problems.text(confirm.get("text"), f"{path}/text", 300)
    problems.text(confirm.get("confirm"), f"{path}/confirm", 30, plain_only=True)
    problems.text(confirm.get("deny"), f"{path}/deny", 30, plain_only=True)
    problems.one_of(confirm.get("style"), f"{path}/style", ("primary", "danger"))


def _options(most: int) -> Callable[[Json, str, Problems], None]:
    def check(element: Json, path: str, problems: Problems) -> None:
        groups = element.get("option_groups")
        if groups is None:
            _option_list(element.get("options"), f"{path}/options", problems, most)
        elif problems.count(groups, f"{path}/option_groups", SELECT_OPTIONS_MOST, least=1):
            for number, group in enumerate(groups):
                here = f"{path}/option_groups/{number}"
                problems.text(group.get("label"), f"{here}/label", OPTION_TEXT_MOST, plain_only=True)
                _option_list(group.get("options"), f"{here}/options", problems, most)

    return check


def _option_list(options: Any, path: str, problems: Problems, most: int) -> None:
    if not problems.count(options, path, most, least=1):
        return
    for number, option in enumerate(options):
        here = f"{path}/{number}"
        if not isinstance(option, dict):
            problems.add("must provide an object", here)
            continue
        problems.text(option.get("text"), f"{here}/text", OPTION_TEXT_MOST)
        problems.length(option.get("value"), f"{here}/value", OPTION_VALUE_MOST, least=1)
        if "description" in option:
            problems.text(option["description"], f"{here}/description", OPTION_TEXT_MOST)


def _typed(element: Json, path: str, problems: Problems) -> None:
    problems.length(element.get("initial_value"), f"{path}/initial_value", INPUT_MOST)
    for limit in ("min_length", "max_length"):
        if limit in element and not 0 <= _number(element[limit]) <= INPUT_MOST:
            problems.add(f"must be from 0 to {INPUT_MOST}", f"{path}/{limit}")


def _number(value: Any) -> int:
    return value if isinstance(value, int) else -1


_CHECKS: dict[str, Callable[[Json, str, Problems], None]] = {
    "button": _button,
    "overflow": _options(OVERFLOW_OPTIONS_MOST),
    "static_select": _options(SELECT_OPTIONS_MOST),
    "multi_static_select": _options(SELECT_OPTIONS_MOST),
    "radio_buttons": _options(CHOICE_OPTIONS_MOST),
    "checkboxes": _options(CHOICE_OPTIONS_MOST),
    "plain_text_input": _typed,
}
