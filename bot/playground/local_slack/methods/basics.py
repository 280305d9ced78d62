"""auth.test, api.test, apps.connections.open: who am I, are you there, where do I connect?

https://docs.slack.dev/reference/methods/auth.test
"""

from bot.playground.local_slack.methods.call import Call
from bot.playground.local_slack.refusal import Json, SlackRefusal


def api_test(call: Call) -> Json:
    if error := call.arguments.get("error"):
        raise SlackRefusal(str(error), args=call.arguments)
    return {"args": call.arguments}


def auth_test(call: Call) -> Json:
    world = call.workspace.world
    return {
        "url": f"https://{world.domain}.slack.com/",
        "team": world.team_name,
        "user": world.app.name,
        "team_id": world.team_id,
        "user_id": world.app.user_id,
        "bot_id": world.app.bot_id,
        "is_enterprise_install": False,
    }


def open_connection(call: Call) -> Json:
    return {"url": call.new_link()}
