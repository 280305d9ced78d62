"""Does manifest.yml ask Slack for exactly what the code uses, within what Slack accepts?

https://docs.slack.dev/reference/app-manifest
"""

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from slack_sdk.web.async_client import AsyncWebClient

from bot.catalog import ALERT_SOURCES
from bot.slack import app
from commands import VERBS

ROOT = Path(__file__).parents[1]
BOT = ROOT / "bot"

# Which scopes a bot token needs for a method. Reading back takes two: #incidents may be a private channel.
SCOPES: dict[str, set[str]] = {
    "auth.test": set(),
    "chat.postMessage": {"chat:write"},
    "chat.update": {"chat:write"},
    "conversations.history": {"channels:history", "groups:history"},
    "conversations.join": {"channels:join"},
    "conversations.replies": {"channels:history", "groups:history"},
    "files.completeUploadExternal": {"files:write"},
    "files.getUploadURLExternal": {"files:write"},
    "files.info": {"files:read"},
    "usergroups.list": {"usergroups:read"},
    "usergroups.users.list": {"usergroups:read"},
    "users.info": {"users:read"},
    "users.lookupByEmail": {"users:read.email"},
    "views.open": set(),
    "views.publish": set(),
}
EVENT_SCOPES: dict[str, set[str]] = {
    "app_mention": {"app_mentions:read"},
    "app_home_opened": set(),
    "pin_added": {"pins:read"},
    "reaction_added": {"reactions:read"},
}


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((ROOT / "manifest.yml").read_text("utf-8"))
    return read


def sources() -> Iterator[ast.Module]:
    for file in sorted(BOT.rglob("*.py")):
        if "playground" not in file.relative_to(BOT).parts:
            yield ast.parse(file.read_text("utf-8"))


def methods_called() -> set[str]:
    """The Web API methods named in bot/: as a method of the client, or as a string for `api_call`."""
    known = {
        name.replace("_", "."): name
        for name, _ in inspect.getmembers(AsyncWebClient, inspect.iscoroutinefunction)
        if "_" in name.strip("_") and name != "api_call"
    }
    names = set(known.values())
    called: set[str] = set()
    for tree in sources():
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in names
            ):
                called.add(node.func.attr.replace("_", "."))
            elif isinstance(node, ast.Constant) and node.value in known:
                called.add(str(node.value))
    return called


def events_registered() -> set[str]:
    tree = ast.parse(inspect.getsource(app))
    return {
        str(node.args[0].value)  # type: ignore[attr-defined]
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "event"
    }


def test_slash_commands_are_exactly_those_of_the_verbs(manifest: dict[str, Any]) -> None:
    declared = [command["command"] for command in manifest["features"]["slash_commands"]]
    assert sorted(declared) == sorted({verb.command for verb in VERBS.values() if verb.command})


def test_every_word_that_a_command_hints_at_is_a_verb_of_it(manifest: dict[str, Any]) -> None:
    for command in manifest["features"]["slash_commands"]:
        words = command["usage_hint"].partition("[")[0].split("|")
        for word in words:
            name = word.split()[0]
            assert name == "help" or command["command"] in (VERBS[name].command, VERBS[name].also)


def test_every_method_that_is_called_has_its_scopes_in_the_table() -> None:
    assert methods_called() == SCOPES.keys()


def test_bot_scopes_are_exactly_those_that_the_code_needs(manifest: dict[str, Any]) -> None:
    needed = {"commands"}.union(*(SCOPES[method] for method in methods_called()))
    needed |= set().union(*(EVENT_SCOPES[event] for event in events_registered()))
    declared = manifest["oauth_config"]["scopes"]["bot"]
    assert sorted(declared) == sorted(needed)


def test_bot_events_are_exactly_those_that_the_code_listens_to(manifest: dict[str, Any]) -> None:
    assert set(manifest["settings"]["event_subscriptions"]["bot_events"]) == events_registered()


def test_clicks_and_windows_reach_pong(manifest: dict[str, Any]) -> None:
    assert manifest["settings"]["interactivity"]["is_enabled"]
    assert manifest["settings"]["socket_mode_enabled"]


def test_every_text_of_the_manifest_is_within_slacks_limits(manifest: dict[str, Any]) -> None:
    shown = manifest["display_information"]
    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert 175 <= len(shown["long_description"]) <= 4_000
    assert len(manifest["features"]["bot_user"]["display_name"]) <= 80
    for command in manifest["features"]["slash_commands"]:
        assert len(command["command"]) <= 32
        assert len(command["description"]) <= 2_000
        assert len(command["usage_hint"]) <= 1_000


def test_long_description_names_only_alert_sources_that_exist(manifest: dict[str, Any]) -> None:
    said = manifest["display_information"]["long_description"]
    for title in ("Alertmanager", "Grafana", "PagerDuty"):
        assert (title in said) == any(source.title == title for source in ALERT_SOURCES.values())
