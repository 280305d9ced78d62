"""What does Slack refuse in a button, a select, an input?

https://docs.slack.dev/reference/block-kit/block-elements
"""

import re
from collections.abc import Callable
from typing import Any

from bot.playground.local_slack.places import Place
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


def check_element(element: Any, place: Place, *, allowed: tuple[str, ...]) -> None:
    if not isinstance(element, dict):
        place.wrong("must provide an object")
        return
    kind = str(element.get("type"))
    if kind not in allowed:
        place.at("type").wrong(f"unsupported type: {kind}")
        return
    if "action_id" in element:
        place.at("action_id").length(element["action_id"], ID_MOST, least=1)
    if "placeholder" in element:
        place.at("placeholder").text(element["placeholder"], PLACEHOLDER_MOST, plain_only=True)
    if "confirm" in element:
        _confirm(element["confirm"], place.at("confirm"))
    if check := _CHECKS.get(kind):
        check(element, place)


def _button(element: Json, place: Place) -> None:
    place.at("text").text(element.get("text"), BUTTON_TEXT_MOST, plain_only=True)
    place.at("value").length(element.get("value"), BUTTON_VALUE_MOST)
    place.at("url").length(element.get("url"), URL_MOST)
    place.at("accessibility_label").length(element.get("accessibility_label"), BUTTON_TEXT_MOST)
    place.at("style").one_of(element.get("style"), ("primary", "danger"))


def _confirm(confirm: Any, place: Place) -> None:
    if not isinstance(confirm, dict):
        place.wrong("must provide an object")
        return
    place.at("title").text(confirm.get("title"), 100, plain_only=True)
    place.at("text").text(confirm.get("text"), 300)
    place.at("confirm").text(confirm.get("confirm"), 30, plain_only=True)
    place.at("deny").text(confirm.get("deny"), 30, plain_only=True)
    place.at("style").one_of(confirm.get("style"), ("primary", "danger"))


def _options(most: int) -> Callable[[Json, Place], None]:
    def check(element: Json, place: Place) -> None:
        groups = element.get("option_groups")
        if groups is None:
            _option_list(element.get("options"), place.at("options"), most=most)
        elif place.at("option_groups").count(groups, SELECT_OPTIONS_MOST, least=1):
            for number, group in enumerate(groups):
                here = place.at("option_groups", number)
                here.at("label").text(group.get("label"), OPTION_TEXT_MOST, plain_only=True)
                _option_list(group.get("options"), here.at("options"), most=most)
        _initial(element, place)

    return check


def _initial(element: Json, place: Place) -> None:
    """What is chosen at first has to be one of the options, word for word."""
    options = list(element.get("options") or [])
    for group in element.get("option_groups") or []:
        options += group.get("options") or []
    if "initial_option" in element and element["initial_option"] not in options:
        place.at("initial_option").wrong("must match one of the provided options")
    for number, option in enumerate(element.get("initial_options") or []):
        if option not in options:
            place.at("initial_options", number).wrong("must match one of the provided options")


def _option_list(options: Any, place: Place, *, most: int) -> None:
    if not place.count(options, most, least=1):
        return
    for number, option in enumerate(options):
        here = place.at(number)
        if not isinstance(option, dict):
            here.wrong("must provide an object")
            continue
        here.at("text").text(option.get("text"), OPTION_TEXT_MOST)
        here.at("value").length(option.get("value"), OPTION_VALUE_MOST, least=1)
        if "description" in option:
            here.at("description").text(option["description"], OPTION_TEXT_MOST)


def _typed(element: Json, place: Place) -> None:
    place.at("initial_value").length(element.get("initial_value"), INPUT_MOST)
    for limit in ("min_length", "max_length"):
        if limit in element and not 0 <= _number(element[limit]) <= INPUT_MOST:
            place.at(limit).wrong(f"must be from 0 to {INPUT_MOST}")


def _number(value: Any) -> int:
    return value if isinstance(value, int) else -1


def _date(element: Json, place: Place) -> None:
    _shape(element, place, "initial_date", re.compile(r"\d{4}-\d{2}-\d{2}"), "YYYY-MM-DD")


def _time(element: Json, place: Place) -> None:
    _shape(element, place, "initial_time", re.compile(r"([01]\d|2[0-3]):[0-5]\d"), "HH:mm")


def _shape(element: Json, place: Place, name: str, shape: re.Pattern[str], called: str) -> None:
    if name in element and not (isinstance(element[name], str) and shape.fullmatch(element[name])):
        place.at(name).wrong(f"must be in the format {called}")


def _number_input(element: Json, place: Place) -> None:
    if not isinstance(element.get("is_decimal_allowed"), bool):
        place.at("is_decimal_allowed").wrong("missing required field: is_decimal_allowed")


_CHECKS: dict[str, Callable[[Json, Place], None]] = {
    "button": _button,
    "overflow": _options(OVERFLOW_OPTIONS_MOST),
    "static_select": _options(SELECT_OPTIONS_MOST),
    "multi_static_select": _options(SELECT_OPTIONS_MOST),
    "radio_buttons": _options(CHOICE_OPTIONS_MOST),
    "checkboxes": _options(CHOICE_OPTIONS_MOST),
    "plain_text_input": _typed,
    "number_input": _number_input,
    "datepicker": _date,
    "timepicker": _time,
}
