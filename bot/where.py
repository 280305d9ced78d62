"""Where is a request answered, and which incident is it about?"""

from bot.errors import BadInput
from bot.incident import Incident
from bot.pong import Pong
from bot.request import Request
from bot.store.records import Records
from bot.text import plain
from bot.thread import Place, thread_of

NUMBER_MOST_DIGITS = 18


async def place_of(records: Records, pong: Pong, request: Request) -> tuple[Place, Incident | None]:
    """The thread of the incident that the request is about; else the thread it came from, else its channel.

    A channel that Pong does not work in is never written to: the answer then goes to #incidents.
    """
    incident = await incident_of(records, request)
    if incident:
        return thread_of(incident), incident
    if request.channel not in (pong.lane, *pong.settings.slack.other_channels):
        return Place(pong.lane), None
    if request.thread_ts:
        id = await records.outbox.adopt(request.channel, request.thread_ts)
        return Place(request.channel, id), None
    return Place(request.channel), None


async def incident_of(records: Records, request: Request) -> Incident | None:
    """By the thread it was asked in, else by what its button carried."""
    if request.thread_ts:
        message_id = await records.outbox.message_id_at(request.channel, request.thread_ts)
        if message_id and message_id.startswith("incident:"):
            return await records.incidents.get(int(message_id.removeprefix("incident:").partition("/")[0]))
    if request.via in ("button", "modal") and (number := _number(request.ref)):
        return await records.incidents.get(number)
    return None


async def the_incident(records: Records, request: Request) -> Incident:
    """The incident that the request is about; without a thread or a number, the only open one.

    Raises BadInput, listing the open ones, when it cannot tell.
    """
    number = next((number for word in request.words if (number := _number(word.lstrip("#")))), None)
    if incident := await incident_of(records, request):
        if number not in (None, incident.id):
            raise BadInput(
                f"This is about #{incident.id}, and you wrote {number}: leave the number out, or ask in "
                f"the thread of #{number}."
            )
        return incident
    if number:
        if incident := await records.incidents.get(number):
            return incident
        raise BadInput(f"There is no incident #{number}.")
    if request.words:
        raise BadInput(f"“{plain(request.words[0], 40)}” is no incident's number: write it like #4.")
    open_now = await records.incidents.all_open()
    if len(open_now) == 1:
        return open_now[0]
    if not open_now:
        raise BadInput("No incident is open.")
    numbers = ", ".join(f"#{incident.id}" for incident in open_now)
    raise BadInput(f"Which incident? Open: {numbers}. Ask in its thread, or give its number.")


def _number(text: str) -> int | None:
    """The incident's number that `text` is; None for what no store can hold either."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= NUMBER_MOST_DIGITS else None
