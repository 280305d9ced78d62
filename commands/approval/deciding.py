"""Who has a say in a plan beside the votes: whoever responds, or may approve or let run what is asked for."""

from bot.errors import Refused
from bot.people import Role, refused_by, silence_about
from bot.pong import Pong
from bot.request import Request

DECIDING = (Role.RESPONDER, Role.APPROVER, Role.BREAK_GLASS)


async def check_has_a_say(request: Request, pong: Pong) -> None:
    """Raises Refused for whoever may only look."""
    roles = await pong.directory.roles({request.user}, fresh=True)
    circles = {role: roles.circle(role) for role in DECIDING}
    if any(request.user in circle for circle in circles.values()):
        return
    silent = (role for role, circle in circles.items() if silence_about(request.user, circle))
    role = next(silent, Role.RESPONDER)
    raise Refused(refused_by(circles[role], role, request.user))
