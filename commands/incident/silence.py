"""`/incident silence`: Alertmanager calls nobody for this incident's alerts for a while."""

from dataclasses import replace

from bot.elsewhere import silences
from bot.errors import BadInput
from bot.people import Role
from bot.pong import Pong
from bot.request import Request, Verb, Work
from bot.slack.render.silences import LENGTHS
from bot.store.records import Records
from bot.where import the_incident

USAGE = "/incident silence [15m | 1h | 4h] [number]"
USUAL = "1h"


async def run(request: Request, pong: Pong) -> Work:
    number, _, pressed = request.ref.partition(":")
    lengths = [word.lower() for word in request.words if word.lower() in LENGTHS]
    words = tuple(word for word in request.words if word.lower() not in LENGTHS)
    if len(words) > 1 or (words and not words[0].lstrip("#").isdigit()):
        raise BadInput(f"For how long? Write {USAGE}.")
    length = pressed or (lengths[0] if lengths else USUAL)
    if length not in LENGTHS:
        raise BadInput("This button is another version's: use the newest message in the thread.")
    by = await pong.directory.identity(request.user)

    async def answer(records: Records) -> None:
        incident = await the_incident(records, replace(request, ref=number, words=words))
        await silences.begin(records, pong, incident, by=by, minutes=LENGTHS[length])

    return answer


VERB = Verb(
    name="silence",
    role=Role.RESPONDER,
    run=run,
    command="/incident",
    usage=USAGE,
    example="/incident silence 15m",
    explains="have Alertmanager call nobody for what fires here, for a while",
)
