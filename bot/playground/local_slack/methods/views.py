"""views.*: opening and changing modals, and the app's Home.

https://docs.slack.dev/reference/methods/views.open
"""

from typing import Any

from bot.playground.local_slack.arguments import needed, structure, text
from bot.playground.local_slack.limits import check_home, check_view
from bot.playground.local_slack.methods.call import Call
from bot.playground.local_slack.modals import View
from bot.playground.local_slack.refusal import Json, SlackRefusal
from bot.playground.local_slack.shapes import view_for_slack


def open_view(call: Call) -> Json:
    definition = _definition(call)
    trigger = call.workspace.modals.exchange(call.arguments.get("trigger_id"))
    view = call.workspace.modals.open(trigger.user, definition)
    return _shown(call, view, is_new=True)


def push_view(call: Call) -> Json:
    definition = _definition(call)
    trigger = call.workspace.modals.exchange(call.arguments.get("trigger_id"))
    view = call.workspace.modals.push(trigger.user, definition)
    return _shown(call, view, is_new=True)


def update_view(call: Call) -> Json:
    arguments, modals = call.arguments, call.workspace.modals
    definition = _definition(call)
    view = modals.find(view_id=arguments.get("view_id"), external_id=arguments.get("external_id"))
    if arguments.get("hash") and arguments["hash"] != view.hash:
        raise SlackRefusal("hash_conflict")
    modals.update(view, definition)
    return _shown(call, view, is_new=False)


def publish(call: Call) -> Json:
    """An app's Home tab for one person, in the place of the one before."""
    workspace, arguments = call.workspace, call.arguments
    if not workspace.world.app.has_home:
        raise SlackRefusal("not_enabled")
    user = workspace.user(needed(arguments, "user_id"))
    definition = structure(arguments, "view", refusal="invalid_arguments")
    check_home(definition)
    before = workspace.homes.get(user.id)
    if text(arguments, "hash") and (before is None or before.hash != arguments["hash"]):
        raise SlackRefusal("hash_conflict")
    view = workspace.publish_home(user.id, definition)
    return {"view": view_for_slack(view, workspace.world)}


def _definition(call: Call) -> Any:
    definition = structure(call.arguments, "view", refusal="invalid_arguments")
    check_view(definition)
    return definition


def _shown(call: Call, view: View, *, is_new: bool) -> Json:
    call.workspace.show_view(view, is_new=is_new)
    return {"view": view_for_slack(view, call.workspace.world)}
