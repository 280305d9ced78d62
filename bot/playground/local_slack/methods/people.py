"""users.* and usergroups.*: who is here?

https://docs.slack.dev/reference/methods/users.info
"""

from bot.playground.local_slack.arguments import flag, needed
from bot.playground.local_slack.methods.call import Call
from bot.playground.local_slack.pages import page
from bot.playground.local_slack.refusal import Json, SlackRefusal
from bot.playground.local_slack.shapes import user_for_slack, usergroup_for_slack


def user_info(call: Call) -> Json:
    return {"user": user_for_slack(call.workspace.user(needed(call.arguments, "user")))}


def list_users(call: Call) -> Json:
    users, cursor = page(call.workspace.world.users, call.arguments, usual=1000, most=1000)
    return {"members": [user_for_slack(user) for user in users], "response_metadata": {"next_cursor": cursor}}


def lookup_by_email(call: Call) -> Json:
    wished = needed(call.arguments, "email").lower()
    for user in call.workspace.world.users:
        shown = user_for_slack(user)
        if shown["profile"]["email"] == wished and not user.is_deleted:
            return {"user": shown}
    raise SlackRefusal("users_not_found")


def list_usergroups(call: Call) -> Json:
    world = call.workspace.world
    with_users = flag(call.arguments, "include_users")
    return {
        "usergroups": [usergroup_for_slack(group, world, with_users=with_users) for group in world.usergroups]
    }


def list_usergroup_users(call: Call) -> Json:
    wished = needed(call.arguments, "usergroup")
    for group in call.workspace.world.usergroups:
        if group.id == wished:
            return {"users": list(group.users)}
    raise SlackRefusal("no_such_subteam")
