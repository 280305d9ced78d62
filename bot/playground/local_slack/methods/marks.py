"""pins.*, reactions.*, bookmarks.*: what is marked, and by whom?

https://docs.slack.dev/reference/methods/pins.add
"""

from bot.playground.local_slack.arguments import needed, text
from bot.playground.local_slack.methods.call import Call
from bot.playground.local_slack.people_mark import REACTION, mark
from bot.playground.local_slack.refusal import Json, SlackRefusal
from bot.playground.local_slack.shapes import reactions

PINS_MOST = 100
BOOKMARKS_MOST = 100


def pin(call: Call) -> Json:
    log = call.workspace.joined_channel(needed(call.arguments, "channel"))
    message = call.workspace.message(log.id, needed(call.arguments, "timestamp"))
    if message.is_pinned:
        raise SlackRefusal("already_pinned")
    if sum(one.is_pinned for one in log.messages.values()) >= PINS_MOST:
        raise SlackRefusal("too_many_pins")
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
    me = workspace.world.app.user_id
    if not REACTION.fullmatch(name):
        raise SlackRefusal("invalid_name")
    if me in message.reactions.get(name, []):
        raise SlackRefusal("already_reacted")
    mark(message, name, me, is_added=True)
    workspace.changed(message)
    return {}


def unreact(call: Call) -> Json:
    workspace = call.workspace
    message = workspace.message(needed(call.arguments, "channel"), needed(call.arguments, "timestamp"))
    name, me = needed(call.arguments, "name").strip(":"), workspace.world.app.user_id
    if me not in message.reactions.get(name, []):
        raise SlackRefusal("no_reaction")
    mark(message, name, me, is_added=False)
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
    if len(log.bookmarks) >= BOOKMARKS_MOST:
        raise SlackRefusal("too_many_bookmarks")
    if not needed(call.arguments, "link").startswith(("http://", "https://")):
        raise SlackRefusal("invalid_link")
    bookmark = {
        "id": f"Bk{call.workspace.stamps.next().replace('.', '')}",
        "channel_id": log.id,
        "title": needed(call.arguments, "title"),
        "link": needed(call.arguments, "link"),
        "emoji": text(call.arguments, "emoji"),
        "type": "link",
    }
    log.bookmarks.append(bookmark)
    call.workspace.bookmarked(log)
    return {"bookmark": bookmark}


def remove_bookmark(call: Call) -> Json:
    log = call.workspace.joined_channel(needed(call.arguments, "channel_id"))
    wished = needed(call.arguments, "bookmark_id")
    if wished not in {bookmark["id"] for bookmark in log.bookmarks}:
        raise SlackRefusal("not_found")
    log.bookmarks = [bookmark for bookmark in log.bookmarks if bookmark["id"] != wished]
    call.workspace.bookmarked(log)
    return {}


def list_bookmarks(call: Call) -> Json:
    return {"bookmarks": call.workspace.joined_channel(needed(call.arguments, "channel_id")).bookmarks}
