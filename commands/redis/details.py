"""The button "Details": all that a triage measured, in a window of one's own."""

from typing import Any

from bot.people import Role
from bot.pong import Pong
from bot.request import Request, Verb, Work
from bot.slack.render.blocks import Message
from bot.slack.render.details import details_blocks, details_view
from bot.store.outbox import Class
from bot.store.records import Records
from bot.text import outside
from bot.thread import say
from bot.where import place_of
from commands.redis.kept import the_triage


async def view(request: Request, pong: Pong) -> dict[str, Any]:
    kept = await pong.store.read(lambda records: the_triage(records, request.ref))
    return details_view(kept["facts"], at_ms=kept["at_ms"])


async def run(request: Request, pong: Pong) -> Work:
    """Where no window could be opened, they stand in the thread."""

    async def answer(records: Records) -> None:
        kept = await the_triage(records, request.ref)
        place, _ = await place_of(records, pong, request)
        blocks = details_blocks(kept["facts"], at_ms=kept["at_ms"])
        message = Message(
            f"All that the triage of {outside(kept['facts']['target'])} measured", tuple(blocks)
        )
        await say(records, pong, place, f"answer:{request.id}", message, klass=Class.ANSWER)

    return answer


VERB = Verb(name="details", role=Role.VIEWER, run=run, view=view)
