"""Of what does Slack tell an app that has subscribed to it?

https://docs.slack.dev/reference/events
"""

from bot.playground.local_slack.messages import Message
from bot.playground.local_slack.refusal import Json
from bot.playground.local_slack.shapes import view_for_slack
from bot.playground.local_slack.workspace import Workspace
from bot.playground.local_slack.world import User


def mention(workspace: Workspace, message: Message, *, user: User) -> Json:
    event: Json = {
        "type": "app_mention",
        "user": user.id,
        "text": message.text,
        "ts": message.ts,
        "event_ts": message.ts,
        "channel": message.channel,
        "team": workspace.world.team_id,
        "user_team": user.team,
        "source_team": user.team,
    }
    return event | ({"thread_ts": message.thread_ts} if message.thread_ts else {})


def said(workspace: Workspace, message: Message) -> Json:
    shown = workspace.for_slack(message, with_metadata=True)
    return shown | {"channel": message.channel, "channel_type": "channel", "event_ts": message.ts}


def edited(workspace: Workspace, message: Message, *, before: Json) -> Json:
    return _hidden(workspace, message, "message_changed") | {
        "message": workspace.for_slack(message),
        "previous_message": before,
    }


def deleted(workspace: Workspace, message: Message, *, before: Json) -> Json:
    return _hidden(workspace, message, "message_deleted") | {
        "deleted_ts": message.ts,
        "previous_message": before,
    }


def reaction(workspace: Workspace, message: Message, *, user: str, name: str, is_added: bool) -> Json:
    return {
        "type": "reaction_added" if is_added else "reaction_removed",
        "user": user,
        "reaction": name,
        "item": {"type": "message", "channel": message.channel, "ts": message.ts},
        "item_user": message.user,
        "event_ts": workspace.stamps.next(),
    }


def pin(workspace: Workspace, message: Message, *, user: str) -> Json:
    """Added or removed: what the message is now."""
    pinned = sum(one.is_pinned for one in workspace.channels[message.channel].messages.values())
    return {
        "type": "pin_added" if message.is_pinned else "pin_removed",
        "user": user,
        "channel_id": message.channel,
        "item": {"type": "message", "channel": message.channel, "message": workspace.for_slack(message)},
        "item_user": message.user,
        "pin_count": pinned,
        "has_pins": pinned > 0,
        "event_ts": workspace.stamps.next(),
    }


def home_opened(workspace: Workspace, user: str) -> Json:
    view = workspace.homes.get(user)
    event = {
        "type": "app_home_opened",
        "user": user,
        "channel": f"D{user[1:]}",
        "tab": "home",
        "event_ts": workspace.stamps.next(),
    }
    return event | ({"view": view_for_slack(view, workspace.world)} if view else {})


def subscription_of(event: Json) -> str:
    """What an app subscribes to in its manifest to be told of `event`."""
    return "message.channels" if event["type"] == "message" else str(event["type"])


def _hidden(workspace: Workspace, message: Message, subtype: str) -> Json:
    stamp = workspace.stamps.next()
    event: Json = {"type": "message", "subtype": subtype, "hidden": True, "channel": message.channel}
    return event | {"channel_type": "channel", "ts": stamp, "event_ts": stamp}
