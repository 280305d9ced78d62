"""Who in Slack is somebody that another service knows?"""

from bot.errors import ServiceUnavailable
from bot.people import Identity
from bot.pong import Pong


async def person_with(pong: Pong, email: str) -> Identity | None:
    """Who has the same e-mail here and may be spoken to; None as well where Slack does not say."""
    try:
        user = await pong.directory.user_with(email) if email else ""
        identity = await pong.directory.identity(user) if user else None
    except ServiceUnavailable:
        return None
    if identity is None or identity.is_deleted or identity.is_bot or identity.is_guest:
        return None
    return None if identity.is_stranger else identity
