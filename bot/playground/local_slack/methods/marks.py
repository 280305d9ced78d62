"""pins.*, reactions.*, bookmarks.*: what is marked, and by whom?

https://docs.slack.dev/reference/methods/pins.add
"""

from bot.playground.local_slack.arguments import needed, text
from bot.playground.local_slack.methods.call import Call
from bot.playground.local_slack.refusal import Json, SlackRefusal
from bot.playground.local_slack.shapes import reactions


def pin(call: Call) -> Json:
    log = call.workspace.joined_channel(needed(call.arguments, "channel"))
    message = call.workspace.message(log.id, needed(call.arguments, "timestamp"))
    if message.is_pinned:
        raise SlackRefusal("already_pinned")
    message.is_pinned = True
    call.workspace.changed(message)
    return {}


def unpin(call: Call) -> Json:
    message = call.workspace.message(needed(call.arguments, "channel"), needed(call.arguments, "timestamp"))
    if not message.is_pinned:
        raise SlackRefusal("no_pin")
    message.is_pinned = False
    call.workspace.changed(message)
    return {}


def list_pins(call: Call) -> Json:
    log = call.workspace.joined_channel(needed(call.arguments, "channel"))
    pinned = [message for message in log.messages.values() if message.is_pinned]
    return {
        "items": [
            {"type": "message", "channel": log.id, "message": call.workspace.for_slack(message)}
            for message in pinned
        ]
    }


def react(call: Call) -> Json:
    workspace = call.workspace
    message = workspace.message(needed(call.arguments, "channel"), needed(call.arguments, "timestamp"))
    name = needed(call.arguments, "name").strip(":")
    users = message.reactions.setdefault(name, [])
    if workspace.world.app.user_id in users:
        raise SlackRefusal("already_reacted")
    users.append(workspace.world.app.user_id)
    workspace.changed(message)
    return {}


def get_reactions(call: Call) -> Json:
    workspace = call.workspace
    message = workspace.message(needed(call.arguments, "channel"), needed(call.arguments, "timestamp"))
    seen = workspace.for_slack(message) | {"reactions": reactions(message)}
    return {"type": "message", "channel": message.channel, "message": seen}


def add_bookmark(call: Call) -> Json:
    log = call.workspace.joined_channel(needed(call.arguments, "channel_id"))
    if needed(call.arguments, "type") != "link":
        raise SlackRefusal("invalid_bookmark_type")
    bookmark = {
        "id": f"Bk{len(log.bookmarks) + 1:07d}",
        "channel_id": log.id,
        "title": needed(call.arguments, "title"),
        "link": needed(call.arguments, "link"),
        "emoji": text(call.arguments, "emoji"),
        "type": "link",
    }
    log.bookmarks.append(bookmark)
    return {"bookmark": bookmark}


def list_bookmarks(call: Call) -> Json:
    return {"bookmarks": call.workspace.joined_channel(needed(call.arguments, "channel_id")).bookmarks}
