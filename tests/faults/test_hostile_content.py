"""Does Slack take whatever Pong's renderers make of the longest and most hostile content?

Every public function of bot/slack/render that makes a message or a window is found by itself, and built from
its annotations: a renderer that is added is tested without a line here.
"""

import dataclasses
import enum
import importlib
import inspect
import json
import pkgutil
import re
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

import bot.slack.render
from bot.catalog import RUNBOOKS
from bot.config.statuspage_table import StatuspageTable
from bot.config.tables import EscalationTable
from bot.diagnostics.diagnosis import Diagnosis, diagnosis_to_json
from bot.incident import Incident
from bot.people import Role
from bot.playground.local_slack.limits import UPDATED_TEXT_MOST, check_home, check_message, check_view
from bot.public.known import Public
from bot.runbooks.runbook import Runbook
from bot.slack.render.blocks import Message
from bot.slack.render.public import with_public
from bot.text import outside
from commands import VERBS

HOSTILE = (
    "",
    " ",
    "x" * 10_000,
    "line\n" * 3_000,
    "<!channel> <!here> <@U0MARIA> <!subteam^S0SRE>",
    "@here @channel @everyone #general",
    "&" * 5_000,
    "<" * 5_000,
    "*bold* _italic_ ~gone~ `code` ```fence",
    "> quote\n>>> all of it",
    "👩‍👩‍👧‍👦" * 500,
    "\u202eright to left\u202c" * 500,
    "نص عربي",
    "\x00\x07\x1b[31mred",
    "https://evil.example/<script>alert(1)</script>|click",
    ":rotating_light:" * 1_000,
    "\"}]}'",
)
# These come from Slack and from Pong's settings, never from outside.
PEOPLE = {
    "acknowledged_by",
    "approvers",
    "by",
    "comms",
    "declined_by",
    "done_by",
    "marked_by",
    "next_rung",
    "on_behalf_of",
    "on_call",
    "owner",
    "people",
    "requester",
    "resolved_by",
    "roles",
    "senior",
    "to",
    "voter",
    "woken",
}
IDS = {"channel", "digest", "ref"}
# What pong.toml calls its Redis: the settings hold it to a short word.
TARGETS = {"target", "targets"}
# What these hold is written in Pong's code, each foreign word in it already escaped.
OURS = {
    "alert_ended_by",
    "check",
    "cleared",
    "could_be",
    "deleted",
    "facts",
    "head",
    "label",
    "meaning",
    "name",
    "protection",
    "says",
    "sentence",
    "source",
    "stands",
    "summary",
    "text",
    "threshold",
    "trouble",
    "why",
}
LINKS = {
    "alert_link",
    "alert_links",
    "link",
    "picture_url",
    "runbook_url",
}  # held to addresses without a sign that ends a link
ADDS = {"glass.with_reviews", "public.with_public"}
LATEST_MS = 4_000_000_000_000

hostile = st.sampled_from(HOSTILE) | st.text(max_size=200)
numbers = st.integers(0, LATEST_MS)


def renderers() -> dict[str, Callable[..., Any]]:
    """Every function that makes a whole message or window, by module and name."""
    found = {}
    for module in pkgutil.iter_modules(bot.slack.render.__path__):
        loaded = importlib.import_module(f"bot.slack.render.{module.name}")
        for name, function in inspect.getmembers(loaded, inspect.isfunction):
            is_public = function.__module__ == loaded.__name__ and not name.startswith("_")
            if is_public and typing.get_type_hints(function)["return"] in (Message, dict[str, Any]):
                found[f"{module.name}.{name}"] = function
    # What adds to another's message is drawn with that one.
    return {name: one for name, one in found.items() if name not in ADDS and not name.startswith("blocks.")}


def any_of(hint: Any, name: str = "") -> st.SearchStrategy[Any]:
    """A strategy for a value of the type `hint` in the field `name`."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated:
        return any_of(arguments[0], name)
    if origin in (typing.Union, types.UnionType):
        # Who did something is known wherever it is said.
        return _words(name) if name in PEOPLE else st.one_of([any_of(one, name) for one in arguments])
    if origin is typing.Literal:
        return st.sampled_from(arguments)
    if origin is tuple and (len(arguments) != 2 or arguments[1] is not ...):
        return st.tuples(*(any_of(one, name) for one in arguments))
    if origin in (tuple, list, Sequence):
        return st.lists(any_of(arguments[0], name), max_size=12).map(tuple)
    if origin in (dict, Mapping):
        return _mapping(arguments, name)
    return _plain(hint, name)


def _mapping(arguments: tuple[Any, ...], name: str) -> st.SearchStrategy[Any]:
    if arguments[1] is Any:
        words = ("why", "stopped_because")
        return st.fixed_dictionaries(
            {"deleted": numbers, "keys_per_s": st.floats(1, 1e9), "canary_p99_ms": st.floats(0, 1e6)},
            optional={word: hostile for word in words}
            | {
                "stopped_by": st.just("U0SAM"),
                "stop_missed_by": st.just("U0SAM"),
                "took_ms": numbers,
                "freed_bytes": numbers,
            },
        )
    return st.dictionaries(any_of(arguments[0], name), any_of(arguments[1], name), max_size=5)


def _plain(hint: Any, name: str) -> st.SearchStrategy[Any]:
    if hint is str:
        return _words(name)
    if hint is Runbook:
        return st.sampled_from(list(RUNBOOKS.values()))
    if hint is EscalationTable:
        return st.just(EscalationTable(on_call=("U0MARIA",), next_rung=("U0DEV",), senior=("S0SENIOR",)))
    simple = {
        bool: st.booleans(),
        int: numbers,
        float: st.floats(0, 1e12),
        type(None): st.none(),
        Any: hostile,
        Role: st.sampled_from(Role),
    }
    if hint in simple:
        return simple[hint]
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return st.sampled_from(hint)
    assert dataclasses.is_dataclass(hint) or issubclass(hint, BaseModel), f"{name} of {hint}"
    return st.builds(hint, **_fields(hint))


def _words(name: str) -> st.SearchStrategy[str]:
    if name in PEOPLE:
        return st.sampled_from(("U0MARIA", "U0DEV", "S0SRE"))
    if name in IDS:
        return st.sampled_from(("1", "12:0123456789abcdef"))
    if name == "severity":
        return st.sampled_from(("P1", "P2", "P3", "P4"))
    if name == "verb":
        return st.sampled_from(sorted(VERBS))
    if name in LINKS:
        return st.sampled_from(("https://example.com/" + "x" * 480, "https://example.com/?a=1&amp;b=2"))
    if name in TARGETS:
        return st.sampled_from(("redis-prod", "r", "x" * 60))
    return hostile.map(outside) if name in OURS else hostile


def _fields(kind: type) -> dict[str, st.SearchStrategy[Any]]:
    hints = typing.get_type_hints(kind, include_extras=True)
    return {
        field.name: any_of(hints[field.name], field.name) for field in dataclasses.fields(kind) if field.init
    }


def arguments_of(renderer: Callable[..., Any]) -> st.SearchStrategy[dict[str, Any]]:
    hints = typing.get_type_hints(renderer, include_extras=True)
    drawn = {name: any_of(hint, name) for name, hint in hints.items() if name != "return"}
    if renderer.__module__.endswith(".details"):  # draws a diagnosis as it was kept
        drawn["facts"] = any_of(Diagnosis, "diagnosis").map(diagnosis_to_json)
    return st.fixed_dictionaries(drawn)


# Only the people that Pong itself names may be called.
CALLS = re.compile(r"<(!(?!date\^)[^>]*|@[^>]*)>")
KNOWN = re.compile(r"<(@U0MARIA|@U0DEV|@U0SAM|!subteam\^S0SRE|!subteam\^S0SENIOR)>")


@pytest.mark.parametrize("name", renderers())
@settings(
    max_examples=30,
    deadline=None,
    print_blob=True,
    phases=[Phase.explicit, Phase.generate],  # what it finds is small already: shrinking takes minutes
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
@given(data=st.data())
def test_slack_takes_it_and_nobody_is_called(name: str, data: st.DataObject) -> None:
    renderer = renderers()[name]
    made = renderer(**data.draw(arguments_of(renderer)))
    if isinstance(made, dict) and made["type"] == "home":
        check_home(made)
        read_for_mentions = _mrkdwn(made)
    elif isinstance(made, Message):
        payload = made.payload()
        check_message(payload["text"], payload["blocks"], text_most=UPDATED_TEXT_MOST)
        read_for_mentions = [payload["text"], *_mrkdwn(payload["blocks"])]
    else:
        check_view(made)
        read_for_mentions = _mrkdwn(made)
    written = json.dumps(read_for_mentions, ensure_ascii=False)
    if name == "glass.announced":  # the one message that calls whoever is there
        written = written.replace("🚨 <!here>", "🚨")
    strangers = [
        written[max(0, call.start() - 40) : call.end()]
        for call in CALLS.finditer(written)
        if not KNOWN.fullmatch(call[0])
    ]
    assert not strangers
    assert "<!channel>" not in written
    _is_verbatim(made.blocks if isinstance(made, Message) else made["blocks"])


def _mrkdwn(piece: Any) -> list[str]:
    """The texts in which Slack would look for mentions: not those of inputs, and not plain text."""
    if isinstance(piece, dict):
        own = [piece["text"]] if piece.get("type") == "mrkdwn" else []
        return own + [text for value in piece.values() for text in _mrkdwn(value)]
    return [text for one in piece for text in _mrkdwn(one)] if isinstance(piece, list | tuple) else []


def _is_verbatim(blocks: Any) -> None:
    """Else Slack itself would make mentions of a bare @here or #general."""
    if isinstance(blocks, dict):
        assert blocks.get("type") != "mrkdwn" or blocks.get("verbatim") is True
        blocks = list(blocks.values())
    if isinstance(blocks, list | tuple):
        for one in blocks:
            _is_verbatim(one)


def test_all_rooms_of_the_renderers_are_looked_into() -> None:
    assert {name.partition(".")[0] for name in renderers()} >= {
        "diagnosis",
        "incident",
        "modals",
        "plan",
        "public",
        "verification",
    }


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_what_the_public_is_told_calls_nobody_from_the_incident_s_own_message(data: st.DataObject) -> None:
    incident, public = data.draw(any_of(Incident)), data.draw(any_of(Public | None))
    for page_id in (None, "kctbh9vrtdwd"):
        made = with_public(Message("Redis Failure"), incident, public, StatuspageTable(page_id=page_id))
        check_message(made.payload()["text"], made.payload()["blocks"] or None, text_most=UPDATED_TEXT_MOST)
        written = "".join([made.payload()["text"], *_mrkdwn(made.payload()["blocks"])])
        assert all(KNOWN.fullmatch(call[0]) for call in CALLS.finditer(written))
