"""Who keeps Alertmanager from telling of what is known, and until when?

Silences of it alone: Pong's own updates and escalation go on. Each ends by itself, and with its incident.
https://prometheus.io/docs/alerting/latest/alertmanager/#silences
"""

import asyncio
from dataclasses import replace
from typing import Any

from bot import timers
from bot.alerts.alertmanager import ALERTMANAGER
from bot.clock import iso
from bot.elsewhere import errands, hearing
from bot.elsewhere.errands import Came, Kind
from bot.errors import BadInput, IllegalMove, PongError, ServiceRefused
from bot.incident import AlertState, Incident
from bot.people import Identity
from bot.pong import Pong
from bot.promises.handler import Handler
from bot.providers.alertmanager import Alertmanager, Silence, alertmanager
from bot.slack.render import silences as draw
from bot.slack.render.blocks import Message, with_buttons
from bot.store.errands import Errand, State
from bot.store.outbox import Class
from bot.store.records import Records
from bot.store.timers import Due
from bot.thread import keep, say, thread_of
from bot.timeline import PONG
from bot.watching.look import Look

SILENCE, UNSILENCE = "silence", "unsilence"
SETS_MOST = 5
ASKED, RESOLVED, REPLACED, FAILED = "asked", "resolved", "replaced", "failed"  # why one is ended
NOT_SET_UP = "Pong does not know where Alertmanager is: set ALERTMANAGER_URL, or silence it there yourself."


async def can_be_silenced(records: Records, pong: Pong, incident: Incident) -> bool:
    """Whether Alertmanager is known and tells of something that fires in this incident."""
    return bool(pong.settings.alertmanager_url) and bool(await _label_sets(records, incident))


async def offered(records: Records, pong: Pong, incident: Incident, message: Message) -> Message:
    """`message` with the buttons that silence, where that can be done."""
    can = await can_be_silenced(records, pong, incident)
    return with_buttons(message, draw.silence_buttons(incident)) if can else message


async def begin(records: Records, pong: Pong, incident: Incident, *, by: Identity, minutes: int) -> None:
    """Have what fires silenced, as far as it can be. Raises BadInput or IllegalMove saying why not."""
    if not pong.settings.alertmanager_url:
        raise BadInput(NOT_SET_UP)
    if not incident.is_open:
        raise IllegalMove(f"Incident #{incident.id} is resolved: there is nothing to silence.")
    sets = await _label_sets(records, incident)
    if not sets:
        raise IllegalMove(
            f"No alert of Alertmanager fires in incident #{incident.id}: there is nothing to silence."
        )
    facts = {
        "sets": sets[:SETS_MOST],
        "left_out": max(0, len(sets) - SETS_MOST),
        "until_ms": pong.clock.now_ms() + timers.minutes(minutes),
        "by": by.user_id,
        "handle": by.handle or by.user_id,
    }
    await errands.send(records, pong, incident.id, SILENCE, facts)


async def end(records: Records, pong: Pong, incident: Incident, *, why: str, by: str = "") -> bool:
    """Have all that was silenced heard again; whether there was anything."""
    mine = await _silences(records, incident, State.WAITING, State.DONE)
    await _end(records, pong, mine, why=why, by=by)
    return bool(mine)


async def _end(records: Records, pong: Pong, silences: list[Errand], *, why: str, by: str = "") -> None:
    for one in silences:
        # Its timer goes on, and does nothing for one that is over: this end may not go.
        await records.errands.save(replace(one, state=State.OVER))
    if silences:
        facts = {"of": [one.id for one in silences], "why": why, "by": by}
        await errands.send(records, pong, silences[0].incident_id, UNSILENCE, facts)


async def _silences(records: Records, incident: Incident, *states: State) -> list[Errand]:
    of = await records.errands.of(incident.id)
    return [one for one in of if one.kind == SILENCE and one.state in states]


async def _label_sets(records: Records, incident: Incident) -> list[dict[str, str]]:
    """Those of each alert that fires, each once, the oldest first."""
    kept = await records.inbox.alerts_of(incident.id, ALERTMANAGER.name)
    sets = [dict(one.labels) for one in kept if one.status == AlertState.FIRING and any(one.labels.values())]
    return [one for number, one in enumerate(sets) if one not in sets[:number]]


def _wanted(errand: Errand) -> list[Silence]:
    facts = errand.facts
    comment = f"Pong incident #{errand.incident_id}"
    return [
        Silence(labels=labels, until_ms=facts["until_ms"], by=facts["handle"], comment=comment)
        for labels in facts["sets"]
    ]


# -- at Alertmanager ----------------------------------------------------------------------------------------


async def _silence(pong: Pong, incident: Incident, errand: Errand) -> Came:
    service, now_ms = _service(pong), pong.clock.now_ms()
    wanted = _wanted(errand)
    answers = await asyncio.gather(
        *(service.silence(pong.http, one, now_ms=now_ms) for one in wanted), return_exceptions=True
    )
    for answer in answers:
        if isinstance(answer, BaseException):
            raise answer
    return Came(facts={"ids": list(answers)})


async def _unsilence(pong: Pong, incident: Incident, errand: Errand) -> Came:
    service = _service(pong)
    mine = await pong.store.read(lambda records: records.errands.of(incident.id))
    for one in [silence for was in mine if was.id in errand.facts["of"] for silence in _wanted(was)]:
        await service.unsilence(pong.http, one)
    return Came()


def _service(pong: Pong) -> Alertmanager:
    service = alertmanager(pong.settings)
    if service is None:
        raise ServiceRefused(NOT_SET_UP.partition(":")[0])
    return service


# -- and here -----------------------------------------------------------------------------------------------


async def _is_silenced(records: Records, pong: Pong, incident: Incident, errand: Errand) -> None:
    if not incident.is_open:
        await _end(records, pong, [errand], why=RESOLVED)
        return
    before = [one for one in await _silences(records, incident, State.DONE) if one.id != errand.id]
    await _end(records, pong, before, why=REPLACED)
    until_ms, sets, left_out = errand.facts["until_ms"], errand.facts["sets"], errand.facts["left_out"]
    await records.timers.schedule(incident.id, timers.SILENCE, errand.id, due_ms=until_ms)
    by = str(errand.facts["by"])
    facts: dict[str, Any] = {"until": iso(until_ms), "silences": list(errand.facts["ids"])}
    changed = replace(incident, silenced_until_ms=until_ms)
    changed = await keep(records, pong, changed, "alerts.silenced", actor=by, **facts)
    message = draw.silenced(changed, by=by, count=len(sets), left_out=left_out)
    await say(records, pong, thread_of(changed), f"silenced:{errand.id}", message, klass=Class.ANSWER)
    await hearing.begin(records, pong, changed)


async def _is_not_silenced(
    records: Records, pong: Pong, incident: Incident, errand: Errand, error: PongError
) -> None:
    """Some of it may stand, also where no answer came: that is taken back."""
    await _end(records, pong, [errand], why=FAILED)
    now_ms = pong.clock.now_ms()
    await records.timeline.note(
        incident.id, "alerts.not_silenced", actor=str(errand.facts["by"]), at_ms=now_ms, why=str(error)
    )
    message = draw.not_silenced(str(error), is_known=isinstance(error, ServiceRefused))
    await say(records, pong, thread_of(incident), f"silenced:{errand.id}", message, klass=Class.ANSWER)


async def _is_heard_again(records: Records, pong: Pong, incident: Incident, errand: Errand) -> None:
    why, by = str(errand.facts["why"]), str(errand.facts["by"])
    if why in (ASKED, RESOLVED):
        changed = await _without_silence(records, pong, incident, actor=by or PONG)
        message = draw.ended(changed, by=by)
        await say(records, pong, thread_of(changed), f"silenced:{errand.id}", message)


async def _may_still_be_silenced(
    records: Records, pong: Pong, incident: Incident, errand: Errand, error: PongError
) -> None:
    """As before it was tried: it can be tried again, and ends by itself."""
    now_ms = pong.clock.now_ms()
    ended = [one for one in await records.errands.of(incident.id) if one.id in errand.facts["of"]]
    standing = [one for one in ended if one.facts["until_ms"] > now_ms]
    for one in standing:
        await records.errands.save(replace(one, state=State.DONE))
    if not standing:
        await _is_over(records, pong, incident, errand)
        return
    await records.timeline.note(
        incident.id, "alerts.still_silenced", actor=PONG, at_ms=now_ms, why=str(error)
    )
    message = draw.not_ended(incident, str(error))
    await say(records, pong, thread_of(incident), f"silenced:{errand.id}", message, klass=Class.URGENT)


async def _without_silence(records: Records, pong: Pong, incident: Incident, *, actor: str) -> Incident:
    """None that is ended now may hide another that stands since."""
    standing = [one.facts["until_ms"] for one in await _silences(records, incident, State.DONE)]
    changed = replace(incident, silenced_until_ms=max(standing, default=None))
    return await keep(records, pong, changed, "alerts.heard_again", actor=actor)


async def _expired(records: Records, pong: Pong, incident: Incident, due: Due, look: Look | None) -> None:
    errand = await records.errands.get(due.slot)
    if errand is None or errand.state is not State.DONE:
        return
    await records.errands.save(replace(errand, state=State.OVER))
    late_ms = timers.late_by_ms(due.due_ms, pong.clock.now_ms())
    await _is_over(records, pong, incident, errand, late_ms=late_ms)


async def _is_over(
    records: Records, pong: Pong, incident: Incident, errand: Errand, *, late_ms: int = 0
) -> None:
    changed = await _without_silence(records, pong, incident, actor=PONG)
    if changed.silenced_until_ms is not None:
        return
    offers = changed.is_open and await can_be_silenced(records, pong, changed)
    message = draw.expired(changed, late_ms=late_ms, offers=offers)
    await say(records, pong, thread_of(changed), f"silence-over:{errand.id}", message)


KINDS = {
    SILENCE: Kind(effect=_silence, done=_is_silenced, failed=_is_not_silenced),
    UNSILENCE: Kind(effect=_unsilence, done=_is_heard_again, failed=_may_still_be_silenced),
}
HANDLERS: dict[str, Handler] = {timers.SILENCE: _expired}
