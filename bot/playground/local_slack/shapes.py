"""How do messages, people and views look to a bot, and to the page?

https://docs.slack.dev/reference/objects
"""

from typing import TYPE_CHECKING

from bot.playground.local_slack.messages import Message
from bot.playground.local_slack.modals import View
from bot.playground.local_slack.refusal import Json
from bot.playground.local_slack.world import App, User, UserGroup, World

if TYPE_CHECKING:
    from bot.playground.local_slack.workspace import Workspace


def message_for_slack(workspace: "Workspace", message: Message, *, with_metadata: bool) -> Json:
    seen: Json = {"type": "message", "ts": message.ts, "user": message.user, "text": message.text}
    seen["team"] = workspace.world.team_id
    if message.blocks:
        seen["blocks"] = message.blocks
    if message.is_bot:
        seen |= {"bot_id": workspace.world.app.bot_id, "app_id": workspace.world.app.id}
    if message.thread_ts:
        seen["thread_ts"] = message.thread_ts
    if message.is_reply:
        seen["parent_user_id"] = _parent_user(workspace, message)
    if message.is_broadcast:
        seen |= {"subtype": "thread_broadcast"} | _root(workspace, message)
    if message.edited_ts:
        seen["edited"] = {"user": message.user, "ts": message.edited_ts}
    if message.metadata and with_metadata:
        seen["metadata"] = message.metadata
    return seen | _attached(workspace, message) | _thread_figures(workspace, message)


def _parent_user(workspace: "Workspace", message: Message) -> str:
    parent = workspace.channels[message.channel].messages.get(str(message.thread_ts))
    return parent.user if parent else ""


def _root(workspace: "Workspace", message: Message) -> Json:
    root = workspace.channels[message.channel].messages.get(str(message.thread_ts))
    return {"root": message_for_slack(workspace, root, with_metadata=False)} if root else {}


def _attached(workspace: "Workspace", message: Message) -> Json:
    seen: Json = {}
    if message.files:
        seen["files"] = [workspace.files.get(file_id).as_slack() for file_id in message.files]
    if message.reactions:
        seen["reactions"] = reactions(message)
    if message.is_pinned:
        seen["pinned_to"] = [message.channel]
    return seen


def _thread_figures(workspace: "Workspace", message: Message) -> Json:
    if message.is_reply or message.thread_ts is None:
        return {}
    replies = workspace.channels[message.channel].replies(message.ts)
    if not replies:
        return {}
    users = list(dict.fromkeys(reply.user for reply in replies))
    return {"reply_count": len(replies), "reply_users": users, "latest_reply": replies[-1].ts}


def reactions(message: Message) -> list[Json]:
    return [{"name": name, "users": users, "count": len(users)} for name, users in message.reactions.items()]


def message_for_client(workspace: "Workspace", message: Message) -> Json:
    user = workspace.world.by_id[message.user]
    return {
        "ts": message.ts,
        "thread_ts": message.thread_ts,
        "user": message.user,
        "bot": message.is_bot,
        "name": user.name,
        "text": message.text,
        "blocks": message.blocks,
        "edited": message.edited_ts is not None,
        "reactions": [{"name": name, "users": users} for name, users in message.reactions.items()],
        "files": [workspace.files.get(file_id).as_client() for file_id in message.files],
        "pinned": message.is_pinned,
        "broadcast": message.is_broadcast,
        "ephemeral": message.ephemeral_to is not None,
    }


def user_for_slack(user: User) -> Json:
    return {
        "id": user.id,
        "team_id": user.team,
        "name": user.name,
        "real_name": user.real_name,
        "deleted": user.is_deleted,
        "color": user.color,
        "tz": "Etc/UTC",
        "is_bot": user.is_bot,
        "is_app_user": False,
        "is_admin": False,
        "is_restricted": user.is_restricted,
        "is_ultra_restricted": False,
        "is_stranger": user.is_stranger,
        "profile": {
            "display_name": user.name,
            "real_name": user.real_name,
            "title": user.title,
            "email": f"{user.name}@example.com",
        },
    }


def user_for_client(user: User) -> Json:
    return {
        "id": user.id,
        "name": user.name,
        "real_name": user.real_name,
        "title": user.title,
        "is_bot": user.is_bot,
        "is_restricted": user.is_restricted,
        "is_stranger": user.is_stranger,
        "is_deleted": user.is_deleted,
        "color": user.color,
    }


def usergroup_for_slack(group: UserGroup, world: World, *, with_users: bool) -> Json:
    seen: Json = {
        "id": group.id,
        "team_id": world.team_id,
        "is_usergroup": True,
        "handle": group.handle,
        "name": group.name,
        "date_delete": 0,
        "user_count": len(group.users),
    }
    return seen | ({"users": list(group.users)} if with_users else {})


def view_for_slack(view: View, world: World) -> Json:
    app: App = world.app
    empty = {"state": {"values": {}}, "private_metadata": "", "callback_id": "", "external_id": ""}
    absent = {"submit": None, "close": None, "clear_on_close": False, "notify_on_close": False}
    return {
        **empty,
        **absent,
        **view.definition,
        "id": view.id,
        "team_id": world.team_id,
        "hash": view.hash,
        "root_view_id": view.root_id,
        "previous_view_id": view.previous_id,
        "app_id": app.id,
        "app_installed_team_id": world.team_id,
        "bot_id": app.bot_id,
    }


def view_for_client(view: View) -> Json:
    definition = view.definition
    return {
        "id": view.id,
        "type": definition["type"],
        "title": definition.get("title"),
        "submit": definition.get("submit"),
        "close": definition.get("close"),
        "blocks": definition["blocks"],
    }
