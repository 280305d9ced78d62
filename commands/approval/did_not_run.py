"""The button "It did not run": whoever looked says that it did not happen."""

from bot.errors import Refused
from bot.people import Role
from bot.pong import Pong
from bot.request import Request, Verb, Work
from commands.approval.settling import settled


async def run(request: Request, pong: Pong) -> Work:
    if request.via != "button":
        raise Refused("Only the button under the plan says this: words never do.")
    return await settled(request, pong, ran=False)


VERB = Verb(name="did_not_run", role=Role.RESPONDER, run=run)
