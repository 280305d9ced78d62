"""What does Slack send when somebody does something?

https://docs.slack.dev/reference/interaction-payloads
"""

from typing import Any

from bot.playground.local_slack.messages import Message
from bot.playground.local_slack.modals import View
from bot.playground.local_slack.refusal import Json
from bot.playground.local_slack.shapes import view_for_slack
from bot.playground.local_slack.typed import as_sent
from bot.playground.local_slack.workspace import Workspace
from bot.playground.local_slack.world import User

_VERIFICATION = "local-verification-token"
_CHOSEN_AS = {
    "users_select": "selected_user",
    "conversations_select": "selected_conversation",
    "channels_select": "selected_channel",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
}
_ONE_OPTION = ("static_select", "external_select", "overflow", "radio_buttons")
_MANY_OPTIONS = ("multi_static_select", "multi_external_select", "checkboxes")


def command(workspace: Workspace, user: User, *, channel: str, typed: str) -> Json:
    name, _, rest = typed.strip().partition(" ")
    if any(one.command == name and one.escapes for one in workspace.world.commands):
        rest = as_sent(rest, workspace.world)
    return {
        "token": _VERIFICATION,
        "team_id": user.team,
        "team_domain": workspace.world.domain,
        "channel_id": channel,
        "channel_name": channel_name(workspace, channel),
        "user_id": user.id,
        "user_name": user.name,
        "command": name,
        "text": rest.strip(),
        "api_app_id": workspace.world.app.id,
        "is_enterprise_install": "false",
        "trigger_id": workspace.modals.trigger(user.id),
    }


def shortcut(workspace: Workspace, user: User, *, message: Message, callback_id: str) -> Json:
    """A message shortcut: https://docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload"""
    return _interaction(workspace, user, kind="message_action") | {
        "callback_id": callback_id,
        "action_ts": workspace.stamps.next(),
        "message_ts": message.ts,
        "message": workspace.for_slack(message),
        "channel": {"id": message.channel, "name": channel_name(workspace, message.channel)},
        "trigger_id": workspace.modals.trigger(user.id),
    }


def pressed_in_message(workspace: Workspace, user: User, *, message: Message, action: Json) -> Json:
    is_ephemeral = message.ephemeral_to is not None
    payload = _interaction(workspace, user, kind="block_actions") | {
        "container": {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": message.channel,
            "is_ephemeral": is_ephemeral,
            **({"thread_ts": message.thread_ts} if message.thread_ts else {}),
        },
        "trigger_id": workspace.modals.trigger(user.id),
        "channel": {"id": message.channel, "name": channel_name(workspace, message.channel)},
        "state": {"values": {}},
        "actions": [action | {"action_ts": workspace.stamps.next()}],
    }
    return payload if is_ephemeral else payload | {"message": workspace.for_slack(message)}


def pressed_in_view(workspace: Workspace, view: View, *, action: Json) -> Json:
    return _interaction(workspace, workspace.user(view.user), kind="block_actions") | {
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": workspace.modals.trigger(view.user, view_id=view.id),
        "view": view_for_slack(view, workspace.world),
        "actions": [action | {"action_ts": workspace.stamps.next()}],
    }


def submitted(workspace: Workspace, view: View, *, values: Json) -> Json:
    return _interaction(workspace, workspace.user(view.user), kind="view_submission") | {
        "trigger_id": workspace.modals.trigger(view.user, view_id=view.id),
        "view": view_for_slack(view, workspace.world) | {"state": {"values": values}},
        "response_urls": [],
    }


def closed(workspace: Workspace, view: View, *, is_cleared: bool) -> Json:
    return _interaction(workspace, workspace.user(view.user), kind="view_closed") | {
        "view": view_for_slack(view, workspace.world),
        "is_cleared": is_cleared,
    }


def action_of(element: Json, block_id: str, *, value: Any) -> Json:
    """The entry of `actions` for using `element`; `value` is what was chosen or typed, where one is."""
    kind = element["type"]
    action: Json = {"type": kind, "action_id": element["action_id"], "block_id": block_id}
    if kind == "button":
        known = {name: element[name] for name in ("text", "value", "style") if name in element}
        return action | known
    return action | chosen(element, value)


def chosen(element: Json, value: Any) -> Json:
    """`value` in the field that this kind of element uses; options are given in full or by their value."""
    kind = element["type"]
    if kind in _ONE_OPTION:
        return {"selected_option": _option(element, value)}
    if kind in _MANY_OPTIONS:
        options = [_option(element, one) for one in value or []]
        return {"selected_options": [option for option in options if option]}
    return {_CHOSEN_AS.get(kind, "value"): value}


def _option(element: Json, value: Any) -> Json | None:
    wished = value.get("value") if isinstance(value, dict) else value
    options = list(element.get("options") or [])
    for group in element.get("option_groups") or []:
        options += group["options"]
    return next((option for option in options if option["value"] == wished), None)


def channel_name(workspace: Workspace, channel_id: str) -> str:
    return next(channel.name for channel in workspace.world.channels if channel.id == channel_id)


def _interaction(workspace: Workspace, user: User, *, kind: str) -> Json:
    world = workspace.world
    return {
        "type": kind,
        "token": _VERIFICATION,
        "team": {"id": world.team_id, "domain": world.domain},
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team},
        "api_app_id": world.app.id,
        "enterprise": None,
        "is_enterprise_install": False,
    }
