"""The button "It ran": whoever looked says that the step of an unknown outcome happened."""

from bot.errors import Refused
from bot.people import Role
from bot.pong import Pong
from bot.request import Request, Verb, Work
from commands.approval.settling import settled


async def run(request: Request, pong: Pong) -> Work:
    if request.via != "button":
        raise Refused("Only the button under the plan says this: words never do.")
    return await settled(request, pong, ran=True)


VERB = Verb(name="ran", role=Role.RESPONDER, run=run)
