"""Which Web API methods does the local Slack have?

Tiers: https://docs.slack.dev/apis/web-api/rate-limits
"""

from bot.playground.local_slack.methods import basics, chat, conversations, files, marks, people, views
from bot.playground.local_slack.methods.call import Call, Method

_TIER_2, _TIER_3, _TIER_4 = 20, 50, 100

METHODS = {
    "api.test": Method(basics.api_test),
    "auth.test": Method(basics.auth_test),
    # Tier 1 on paper; Slack lets a reconnecting app through, and so is this.
    "apps.connections.open": Method(basics.open_connection, None, _TIER_2, needs_app_token=True),
    "bookmarks.add": Method(marks.add_bookmark, "bookmarks:write", _TIER_2),
    "bookmarks.remove": Method(marks.remove_bookmark, "bookmarks:write", _TIER_2),
    "bookmarks.list": Method(marks.list_bookmarks, "bookmarks:read", _TIER_3),
    "chat.delete": Method(chat.delete, "chat:write", _TIER_3),
    "chat.getPermalink": Method(chat.get_permalink),
    "chat.postEphemeral": Method(chat.post_ephemeral, "chat:write", _TIER_4),
    "chat.postMessage": Method(chat.post_message, "chat:write"),
    "chat.update": Method(chat.update, "chat:write", _TIER_3),
    "conversations.history": Method(conversations.history, "channels:history", _TIER_3),
    "conversations.info": Method(conversations.info, "channels:read", _TIER_3),
    "conversations.join": Method(conversations.join, "channels:join", _TIER_3),
    "conversations.list": Method(conversations.listing, "channels:read", _TIER_2),
    "conversations.replies": Method(conversations.replies, "channels:history", _TIER_3),
    "files.completeUploadExternal": Method(files.complete_upload, "files:write", _TIER_4),
    "files.getUploadURLExternal": Method(files.get_upload_url, "files:write", _TIER_4),
    "files.info": Method(files.info, "files:read", _TIER_4),
    "pins.add": Method(marks.pin, "pins:write", _TIER_2),
    "pins.list": Method(marks.list_pins, "pins:read", _TIER_2),
    "pins.remove": Method(marks.unpin, "pins:write", _TIER_2),
    "reactions.add": Method(marks.react, "reactions:write", _TIER_3),
    "reactions.get": Method(marks.get_reactions, "reactions:read", _TIER_3),
    "reactions.remove": Method(marks.unreact, "reactions:write", _TIER_2),
    "usergroups.list": Method(people.list_usergroups, "usergroups:read", _TIER_2),
    "usergroups.users.list": Method(people.list_usergroup_users, "usergroups:read", _TIER_2),
    "users.info": Method(people.user_info, "users:read", _TIER_4),
    "users.lookupByEmail": Method(people.lookup_by_email, "users:read.email", _TIER_3),
    "users.list": Method(people.list_users, "users:read", _TIER_2),
    "views.open": Method(views.open_view, None, _TIER_4),
    "views.publish": Method(views.publish, None, _TIER_4),
    "views.push": Method(views.push_view, None, _TIER_4),
    "views.update": Method(views.update_view, None, _TIER_4),
}

ENDED = frozenset({"files.upload"})  # on 2025-11-12

__all__ = ["ENDED", "METHODS", "Call", "Method"]
