"""Whom do people name, and for which incident: in a window, or in what they typed?"""

from dataclasses import dataclass, replace

from bot.errors import BadInput
from bot.people import Identity, Role, may
from bot.pong import Pong
from bot.request import Request


@dataclass(frozen=True, kw_only=True)
class Named:
    """`to` is a user's id, empty where nobody was named; `said` what was written beside it; `request` is the
    same request with nothing but the incident's number in its words."""

    to: str
    said: str
    request: Request


def named(request: Request) -> Named:
    """From the fields `to` and `note`, else from the words: [number] @name [note], in any order."""
    typed = next((id for word in request.words if (id := _user(word))), "")
    others = [word for word in request.words if not _user(word)]
    number = [word for word in others[:1] if word.lstrip("#").isdecimal()]
    return Named(
        to=request.values.get("to") or typed,
        said=request.values.get("note") or " ".join(others[len(number) :]),
        request=replace(request, words=tuple(number)),
    )


async def a_responder(pong: Pong, to: str, *, how: str) -> Identity:
    """Who that is. Raises BadInput with `how` where nobody was named, or saying that they may not."""
    if not to:
        raise BadInput(how)
    identity, roles = await pong.directory.identity(to), await pong.directory.roles({to})
    if may(identity, Role.RESPONDER, roles, channel=pong.lane):
        who = f"@{identity.handle or to}"
        raise BadInput(f"{who} may not work on incidents: pong.toml's [people] names the responders.")
    return identity


def _user(word: str) -> str:
    """The id in what Slack makes of a typed @name; "" when it is none."""
    id = word.lstrip("@")
    is_id = word.startswith("@") and id[:1] in ("U", "W") and id.isalnum() and id.isupper() and len(id) > 2
    return id if is_id else ""
