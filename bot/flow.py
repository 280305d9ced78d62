"""What happens to an alert, a request, a decision, a timer? Each from beginning to end.

alert -> incident -> thread; request -> who may -> answer; decision -> execution; timer -> promise kept.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from bot import timers
from bot.alerts.alert import Change, Told, Unread
from bot.approvals import expiry, glass
from bot.catalog import ALERT_SOURCES
from bot.elsewhere import errands, hearing, on_call, read_back, silences, slack_away, write_back
from bot.errors import AppRefused, BadInput, Permanent, Refused, ServiceUnavailable
from bot.intake import in_order, storm, unread
from bot.people import Identity, may
from bot.pong import Pong
from bot.promises import made
from bot.promises.made import MEASURES_FIRST
from bot.public import telling
from bot.refusing import refuse
from bot.request import Request, Verb
from bot.standing import fallback
from bot.store.inbox import Accepted
from bot.store.records import Records
from bot.store.timers import Due
from bot.watching.look import look

HANDLERS = {
    **made.HANDLERS,
    **expiry.HANDLERS,
    **fallback.HANDLERS,
    **glass.HANDLERS,
    **telling.HANDLERS,
    **silences.HANDLERS,
    **storm.HANDLERS,
}
PART_MOST = 200  # alerts of a body in one transaction: what people do is committed in between
ERRANDS = silences.KINDS | hearing.KINDS | write_back.KINDS | slack_away.KINDS | on_call.KINDS


async def on_accepted(pong: Pong, accepted: Accepted) -> None:
    """Work one row of the inbox: its end is one transaction with its effects, and Overtaken voids both."""
    if accepted.source in ALERT_SOURCES:
        await on_alert(pong, accepted)
    else:
        await on_request(pong, Request.of(accepted.data(), id=accepted.id, attempt=accepted.attempts))


async def on_alert(pong: Pong, accepted: Accepted) -> None:
    """A body is done with its last alert; those before count once, however often it is begun."""
    told = ALERT_SOURCES[accepted.source].parse(accepted.body.encode())
    people = await read_back.people_of(pong, told)
    *parts, last = [told[at : at + PART_MOST] for at in range(0, len(told), PART_MOST)] or [told]

    async def take(records: Records, some: Sequence[Told]) -> None:
        for one in some:
            if isinstance(one, Change):
                await read_back.take(records, pong, one, people)
            elif isinstance(one, Unread):
                await unread.take(records, pong, one)
            else:
                await in_order.take(records, pong, one.arrived(accepted.received_ms))

    async def take_last(records: Records) -> None:
        await take(records, last)
        await records.inbox.done(accepted.id, attempt=accepted.attempts)

    for part in parts:
        await pong.store.write(partial(take, some=part))
    await pong.store.write(take_last)


async def on_request(pong: Pong, request: Request) -> None:
    try:
        verb = pong.verbs.get(request.verb)
        if verb is None:
            raise BadInput("This button is another version's: use the newest message in the thread.")
        identity = await check(pong, request, verb)
        work = await verb.run(request, pong)

        async def answer(records: Records) -> None:
            await records.names.remember(request.user, identity.handle)
            await work(records)
            await records.inbox.done(request.id, attempt=request.attempt)

        await pong.store.write(answer)
    except (Permanent, ServiceUnavailable) as refusal:
        await refuse(pong, request, refusal)


async def check(pong: Pong, request: Request, verb: Verb) -> Identity:
    """Who asks. Raises Refused unless this person may use this verb here."""
    try:
        identity = await pong.directory.identity(request.user)
        roles = await pong.directory.roles({request.user})
    except ServiceUnavailable as error:
        raise Refused(f"Slack does not say who you are ({error}), so nothing was done: try again.") from error
    if request.team not in ("", roles.team):
        identity = replace(identity, is_stranger=True)
    if refusal := may(identity, verb.role, roles, channel=request.channel):
        raise (AppRefused if identity.is_bot else Refused)(refusal.sentence)
    return identity


async def on_timer(pong: Pong, due: Due) -> None:
    """Keep one promise: measure if it wants that, then fire it and all that follows as one transaction."""
    if due.kind == timers.ERRAND:
        return await errands.run(pong, due, ERRANDS)
    incident = await pong.store.read(lambda records: records.incidents.get(due.incident_id))
    measured = await look(pong, incident) if incident and due.kind in MEASURES_FIRST else None

    async def fire(records: Records) -> None:
        if not await records.timers.fire(due):
            return
        now = await records.incidents.get(due.incident_id)
        if now and (now.is_open or due.kind in timers.OUTLIVES_ITS_INCIDENT):
            await HANDLERS[due.kind](records, pong, now, due, measured)

    await pong.store.write(fire)
