"""When are people asked whether the public is told, and what becomes of their answer?

Always within the transaction of what happens. The rules stand in known.py, the words in drafts.py.
"""

from dataclasses import asdict
from typing import Any

from bot import timers
from bot.diagnostics.units import in_minutes
from bot.elsewhere import on_call
from bot.errors import IllegalMove
from bot.incident import Incident
from bot.pong import Pong
from bot.promises.handler import Handler
from bot.providers.statuspage import statuspage
from bot.public import known, reminding
from bot.public.drafts import Draft, draft
from bot.public.known import Outcome, Public, Publication, letter_id, public_of, question_id
from bot.slack.render import public as draw
from bot.slack.render.blocks import Message, late, mention
from bot.store.outbox import Class
from bot.store.records import Records
from bot.store.timers import Due
from bot.text import outside
from bot.thread import edit, keep, redraw, runbook_of, say, thread_of
from bot.timeline import PONG
from bot.watching.look import Look

END_AGAIN_EVERY_MS = 30 * 60_000
NOT_CONNECTED = (
    "No status page is connected ([statuspage] in pong.toml): post the text on yours, then press Done."
)


def the_draft(pong: Pong, incident: Incident, public: Public | None) -> Draft:
    name = pong.settings.statuspage.public_name
    return draft(incident, runbook_of(pong, incident), public, public_name=name)


def _is_no_drill(incident: Incident) -> None:
    if incident.is_drill:
        raise IllegalMove("This is a drill: the public is told nothing.")


async def mark_visible(records: Records, pong: Pong, incident: Incident, *, by: str) -> bool:
    """Somebody says that users see it: reason enough to ask, unless the public reads of it already. Whether
    people are asked now."""
    _is_no_drill(incident)
    before = await public_of(records, incident.id)
    await _note(records, pong, incident, known.MARKED, by=by)
    if before and (before.stands or before.is_pending or before.is_asking):
        await redraw(records, pong, incident)
        return False
    await records.timers.cancel(incident.id, timers.PUBLIC)
    await _ask(records, pong, incident, why=f"{mention(by)} says that users see it")
    return True


async def _asked_by_the_clock(
    records: Records, pong: Pong, incident: Incident, due: Due, look: Look | None
) -> None:
    # What is paused works again: the time that counts has ended, and begins anew when it fires again.
    if (
        incident.is_paused
        or incident.is_drill
        or not known.needs_asking(await public_of(records, incident.id), incident)
    ):
        return
    minutes = pong.settings.statuspage.ask_after_min
    late_ms = timers.late_by_ms(due.due_ms, pong.clock.now_ms())
    await _ask(records, pong, incident, why=f"It has lasted {in_minutes(minutes)}", late_ms=late_ms)


async def _ask(records: Records, pong: Pong, incident: Incident, *, why: str, late_ms: int = 0) -> None:
    before = await public_of(records, incident.id)
    ask = (before.asks if before else 0) + 1
    message = draw.question(
        incident,
        the_draft(pong, incident, before),
        why=f"{why}{late(late_ms)}",
        is_connected=statuspage(pong.settings) is not None,
        notifies=pong.settings.statuspage.deliver_notifications,
        on_call=on_call.known(pong, incident),
        ask=ask,
    )
    place, name = thread_of(incident), question_id(incident.id, ask).partition("/")[2]
    await say(records, pong, place, name, message, klass=Class.URGENT)
    await keep(records, pong, incident, known.ASKED, actor=PONG, why=why, late_ms=late_ms)


async def decline(records: Records, pong: Pong, incident: Incident, *, by: str) -> None:
    """Raises IllegalMove when there is nothing to decide any more."""
    public = await public_of(records, incident.id)
    if public is None or not public.is_asking:
        raise IllegalMove("Nobody is asked about this any more.")
    await keep(records, pong, incident, known.DECLINED, actor=by)
    await _settle_question(
        records, pong, incident, public, f"{mention(by)} says: the public need not be told."
    )


async def done_by_hand(records: Records, pong: Pong, incident: Incident, *, by: str) -> None:
    """Somebody posted it on a status page that Pong does not reach. Raises IllegalMove when nobody asked."""
    public = await public_of(records, incident.id)
    at_end = not incident.is_open
    if public is None or not (public.stands or (public.is_asking and not at_end)):
        raise IllegalMove("Nobody is asked about this any more.")
    await keep(records, pong, incident, known.DONE, actor=by, at_end=at_end)
    if at_end:
        sentence = f"{mention(by)} told the public by hand that it is over."
        await _settle_end(records, pong, incident, public, sentence)
    else:
        if public.is_asking:
            sentence = f"{mention(by)} told the public by hand."
            await _settle_question(records, pong, incident, public, sentence)
        await reminding.begin(records, pong, incident)


async def intend(records: Records, pong: Pong, incident: Incident, told: Draft, *, by: str) -> None:
    """Somebody has confirmed this text: it goes to the status page, once. Raises IllegalMove in a drill."""
    _is_no_drill(incident)
    public = await public_of(records, incident.id) or Public()
    number, root = len(public.publications) + 1, public.root_of_next()
    now_ms, notifies = pong.clock.now_ms(), pong.settings.statuspage.deliver_notifications
    words: dict[str, Any] = {"number": number, "root": root, **asdict(told)}
    key = f"{incident.id}-{incident.opened_ms}-{root}"
    facts = words | {"incident_id": incident.id, "key": key, "deliver_notifications": notifies}
    parent_id = letter_id(incident.id, root) if root != number else None
    await records.outbox.publish(letter_id(incident.id, number), facts, parent_id=parent_id, at_ms=now_ms)
    await records.timers.cancel(incident.id, timers.PUBLIC)
    await keep(records, pong, incident, known.INTENDED, actor=by, deliver_notifications=notifies, **words)
    message = draw.on_its_way(Publication(**words, by=by, at_ms=now_ms))
    name = _way_id(incident, number).partition("/")[2]
    await say(records, pong, thread_of(incident), name, message, klass=Class.ANSWER)
    if public.is_asking:
        await _settle_question(records, pong, incident, public, f"{mention(by)} tells the public.")
    await _settle_end(records, pong, incident, public, f"{mention(by)} tells the public.")


async def trouble(records: Records, pong: Pong, incident: Incident, number: int, sentence: str) -> None:
    """The page could not be told yet: said under the text, which is kept."""
    publication = await _publication(records, incident, number)
    if publication and publication.outcome is Outcome.PENDING:
        message = draw.on_its_way(publication, trouble=outside(sentence, 300))
        await edit(records, pong, _way_id(incident, number), message)


async def came_through(records: Records, pong: Pong, incident: Incident, number: int, link: str) -> None:
    await keep(records, pong, incident, known.PUBLISHED, actor=PONG, number=number, link=link)
    if publication := await _publication(records, incident, number):
        await edit(records, pong, _way_id(incident, number), draw.published(publication, incident.id))
    public = await public_of(records, incident.id)
    if public and public.stands and not incident.is_open:
        await ask_end(records, pong, incident)
    else:
        await reminding.begin(records, pong, incident)


async def came_to_nothing(
    records: Records, pong: Pong, incident: Incident, number: int, *, is_known: bool, **facts: object
) -> None:
    """The page did not take it, or nobody knows; `facts` say why: {why, code, is_gone}."""
    facts |= {"number": number, "is_known": is_known}
    await keep(records, pong, incident, known.REFUSED, actor=PONG, **facts)
    if publication := await _publication(records, incident, number):
        await edit(records, pong, _way_id(incident, number), draw.not_published(publication))
        message = draw.failed(publication, incident.id, is_known=is_known)
        place = thread_of(incident)
        await say(records, pong, place, f"public-refused:{number}", message, klass=Class.URGENT)


async def ask_end(records: Records, pong: Pong, incident: Incident) -> None:
    """It was resolved: what the public still reads of is not closed by itself."""
    public = await public_of(records, incident.id)
    if public is None:
        return
    if public.is_asking:
        await _settle_question(records, pong, incident, public, "Nobody decided, and it is over.")
    if public.stands:
        await records.timers.cancel(incident.id, timers.PUBLIC_END)
        await _say_end_question(records, pong, incident, public, _end_id(incident, public))
        await _schedule_end(records, pong, incident)


async def _end_again(records: Records, pong: Pong, incident: Incident, due: Due, look: Look | None) -> None:
    """Until the public reads that it is over: one question that scrolled away is easily forgotten."""
    public = await public_of(records, incident.id)
    if incident.is_open or public is None or not public.stands:
        return
    if not public.is_pending:
        end_id, late_ms = _end_id(incident, public), timers.late_by_ms(due.due_ms, pong.clock.now_ms())
        for before in (end_id, f"{end_id}:{due.slot - 1}"):
            await edit(records, pong, before, draw.answered("Asked again below."))
        why = f" (asked again){late(late_ms)}"
        await _say_end_question(records, pong, incident, public, f"{end_id}:{due.slot}", why)
    await _schedule_end(records, pong, incident)


async def _say_end_question(
    records: Records, pong: Pong, incident: Incident, public: Public, id: str, why: str = ""
) -> None:
    last = public.last.by if public.last else None
    people = [incident.comms] if incident.comms else [incident.resolved_by, last, public.done_by]
    message = draw.end_question(
        incident,
        the_draft(pong, incident, public),
        people=list(dict.fromkeys(one for one in people if one)),
        is_connected=statuspage(pong.settings) is not None and public.published is not None,
        why=why,
    )
    await say(records, pong, thread_of(incident), id.partition("/")[2], message, klass=Class.URGENT)


async def _schedule_end(records: Records, pong: Pong, incident: Incident) -> None:
    slot = await records.timers.next_slot(incident.id, timers.PUBLIC_END)
    due_ms = pong.clock.now_ms() + END_AGAIN_EVERY_MS
    await records.timers.schedule(incident.id, timers.PUBLIC_END, slot, due_ms=due_ms)


async def _settle_end(
    records: Records, pong: Pong, incident: Incident, public: Public, sentence: str
) -> None:
    """The newest question about the end is answered."""
    end_id = _end_id(incident, public)
    waiting = [due for due in await records.timers.waiting(incident.id) if due.kind == timers.PUBLIC_END]
    asked = [f"{end_id}:{due.slot - 1}" for due in waiting]
    newest = [id for id in asked if await records.outbox.is_posted(id)]
    for id in newest or [end_id]:
        await edit(records, pong, id, draw.answered(sentence))


async def closing(records: Records, pong: Pong, incident: Incident) -> str:
    """The line of the resolution post about it."""
    return draw.closing(await public_of(records, incident.id), quiet_of(pong, incident))


def quiet_of(pong: Pong, incident: Incident) -> str:
    return known.quiet(incident, ask_after_min=pong.settings.statuspage.ask_after_min)


def _end_id(incident: Incident, public: Public) -> str:
    """Another one after each text: one that does not say that it is over is no answer."""
    return f"incident:{incident.id}/public-end:{incident.resolved_ms or 0}:{len(public.publications)}"


def _way_id(incident: Incident, number: int) -> str:
    return f"incident:{incident.id}/public:{number}"


async def _publication(records: Records, incident: Incident, number: int) -> Publication | None:
    public = await public_of(records, incident.id)
    return next((one for one in public.publications if one.number == number), None) if public else None


async def _settle_question(
    records: Records, pong: Pong, incident: Incident, public: Public, sentence: str
) -> None:
    message: Message = draw.answered(sentence)
    await edit(records, pong, question_id(incident.id, public.asks), message)


async def _note(records: Records, pong: Pong, incident: Incident, kind: str, *, by: str) -> None:
    await records.timeline.note(incident.id, kind, actor=by, at_ms=pong.clock.now_ms())


HANDLERS: dict[str, Handler] = {
    **reminding.HANDLERS,
    timers.PUBLIC: _asked_by_the_clock,
    timers.PUBLIC_END: _end_again,
}
