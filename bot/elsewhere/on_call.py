"""Who is on call by PagerDuty while an incident is open, and are they pinged here?

Asked right after the incident's own message, which waits for nothing, and every few minutes from then on:
people take turns. What is not known is left out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.alerts.pagerduty import PAGERDUTY
from bot.elsewhere import errands
from bot.elsewhere.errands import Came, Kind
from bot.elsewhere.in_slack import person_with
from bot.errors import Permanent, PongError, ServiceUnavailable
from bot.incident import AlertState, Incident, Status
from bot.pong import Pong
from bot.providers.pagerduty import PagerDuty, pagerduty
from bot.providers.pagerduty_on_call import OnDuty, by_policy, by_schedule, of_incident
from bot.slack.render import on_call as draw
from bot.store.errands import Errand, State
from bot.store.outbox import Class
from bot.store.records import Records
from bot.thread import keep, redraw, say, thread_of
from bot.timeline import PONG

ON_CALL = "on-call"
EVERY_S, AGAIN_AFTER_S = 300, 60
SOON_AGAIN_AFTER_S, TRIES_SOON = 5, 3  # at first somebody may wait to be called
FORGOTTEN_AFTER_MS = 15 * 60_000


@dataclass(frozen=True)
class Found:
    """One person; `user` and `handle` are theirs in Slack, empty where nobody there has the e-mail."""

    name: str
    level: int
    user: str = ""
    handle: str = ""


async def begin(records: Records, pong: Pong, incident: Incident) -> None:
    """Ask from now on until `incident` is over: anew when it begins anew."""
    for one in await _asking(records, incident):
        await records.errands.save(replace(one, state=State.OVER))
    await _begin(records, pong, incident)


async def begin_once(records: Records, pong: Pong, incident: Incident) -> None:
    """The same, unless it is asked already: an alert of PagerDuty's has joined what another told of."""
    if not await _asking(records, incident):
        await _begin(records, pong, incident)


def known(pong: Pong, incident: Incident) -> tuple[str, ...]:
    """Who is asked where nobody known here has it: by pong.toml, then by PagerDuty where they are pinged."""
    named = pong.settings.escalation.on_call
    return (*named, *(user for user in incident.on_call_called if user not in named))


def is_asked(pong: Pong) -> bool:
    """Whether whoever is on call is pinged once PagerDuty has told who that is."""
    table = pong.settings.pagerduty
    is_named = bool(table.on_call_schedule or table.on_call_policy)
    return table.ping_on_call and is_named and pagerduty(pong.settings) is not None


async def _begin(records: Records, pong: Pong, incident: Incident) -> None:
    table = pong.settings.pagerduty
    is_named = table.on_call_schedule or table.on_call_policy
    if incident.is_drill or pagerduty(pong.settings) is None:
        return
    if is_named or await _pages(records, incident):
        await errands.send(records, pong, incident.id, ON_CALL, {"tries": 0, "pinged": []})


async def _asking(records: Records, incident: Incident) -> list[Errand]:
    mine = await records.errands.of(incident.id)
    return [one for one in mine if one.kind == ON_CALL and one.state is State.WAITING]


async def _pages(records: Records, incident: Incident) -> list[str]:
    """PagerDuty's own incidents in this one, the oldest first."""
    kept = await records.inbox.alerts_of(incident.id, PAGERDUTY.name)
    return [one.key for one in kept if one.status == AlertState.FIRING]


# -- at PagerDuty -------------------------------------------------------------------------------------------


async def _ask(pong: Pong, incident: Incident, errand: Errand) -> Came:
    service = pagerduty(pong.settings)
    if service is None or incident.is_drill or not incident.is_open:
        return Came()
    try:
        people = await _people(pong, service, incident)
    except (ServiceUnavailable, Permanent) as error:
        return _untold(pong, incident, errand, error)
    found = [await _in_slack(pong, one) for one in people]
    return Came(
        facts={"tries": 0, "is_said": False},
        is_done=False,
        again_after_s=EVERY_S,
        also=lambda records: _told(records, pong, incident.id, errand.id, found),
    )


async def _people(pong: Pong, service: PagerDuty, incident: Incident) -> Sequence[OnDuty]:
    table = pong.settings.pagerduty
    if table.on_call_schedule:
        return await by_schedule(service, pong.http, table.on_call_schedule)
    if table.on_call_policy:
        return await by_policy(service, pong.http, table.on_call_policy)
    pages = await pong.store.read(lambda records: _pages(records, incident))
    return await of_incident(service, pong.http, pages[0]) if pages else ()


async def _in_slack(pong: Pong, person: OnDuty) -> Found:
    """Only whoever may be pinged is looked for."""
    if person.level > 1 or not pong.settings.pagerduty.ping_on_call:
        return Found(person.name, person.level)
    known = await person_with(pong, person.email)
    return Found(person.name, person.level, known.user_id, known.handle) if known else Found(person.name, 1)


def _untold(pong: Pong, incident: Incident, errand: Errand, error: PongError) -> Came:
    tries = int(errand.facts["tries"]) + 1
    return Came(
        facts={"tries": tries},
        is_done=False,
        again_after_s=SOON_AGAIN_AFTER_S if tries < TRIES_SOON else AGAIN_AFTER_S,
        also=lambda records: _not_told(records, pong, incident.id, errand.id, error),
    )


# -- and here -----------------------------------------------------------------------------------------------


async def _told(
    records: Records, pong: Pong, incident_id: int, errand_id: int, found: Sequence[Found]
) -> None:
    incident = await records.incidents.get(incident_id)
    if incident is None or not incident.is_open:
        return
    called = tuple(one.user for one in found if one.user)
    changed = replace(
        incident,
        on_call_there=draw.in_order([(one.level, one.name) for one in found]),
        on_call_asked_ms=pong.clock.now_ms(),
        on_call_called=called,
    )
    if (changed.on_call_there, called) == (incident.on_call_there, incident.on_call_called):
        changed = await records.incidents.save(changed)  # who it is stands there already
        await redraw(records, pong, changed)
    else:
        names = {"people": changed.on_call_there}
        changed = await keep(records, pong, changed, "on_call.told", actor=PAGERDUTY.name, **names)
    for one in found:
        if one.user:
            await records.names.remember(one.user, one.handle)
    await _ping(records, pong, changed, errand_id, found)


async def _ping(
    records: Records, pong: Pong, incident: Incident, errand_id: int, found: Sequence[Found]
) -> None:
    """Each person once, and only while nobody has it."""
    errand = await records.errands.get(errand_id)
    if errand is None or not _may_ping(pong, incident):
        return
    first = [one for one in found if one.level == 1]
    known = {*errand.facts["pinged"], *pong.settings.escalation.on_call}
    news = [one for one in first if (one.user or one.name) not in known]
    if first and not news:
        return
    pinged = [*errand.facts["pinged"], *(one.user or one.name for one in news)]
    await _facts(records, errand, pinged=pinged)
    message = draw.ping(incident, [(one.user, one.name) for one in news])
    await say(records, pong, thread_of(incident), _name(errand, len(pinged)), message, klass=Class.URGENT)


async def _not_told(records: Records, pong: Pong, incident_id: int, errand_id: int, error: PongError) -> None:
    """Said once, where somebody would have been pinged; what was told before is too old after a while."""
    incident, errand = await records.incidents.get(incident_id), await records.errands.get(errand_id)
    if incident is None or errand is None or not incident.is_open:
        return
    now_ms, asked_ms = pong.clock.now_ms(), incident.on_call_asked_ms
    if asked_ms is not None and now_ms - asked_ms >= FORGOTTEN_AFTER_MS:
        gone = replace(incident, on_call_there=None, on_call_asked_ms=None, on_call_called=())
        incident = await records.incidents.save(gone)
        await redraw(records, pong, incident)
    is_final = isinstance(error, Permanent) or errand.facts["tries"] >= TRIES_SOON
    if not is_final or errand.facts.get("is_said"):
        return
    await _facts(records, errand, is_said=True)
    why = {"why": str(error)}
    await records.timeline.note(incident_id, "on_call.not_told", actor=PONG, at_ms=now_ms, **why)
    if _may_ping(pong, incident) and not errand.facts["pinged"]:
        message = draw.nobody_pinged(incident, str(error))
        await say(records, pong, thread_of(incident), _name(errand, 0), message, klass=Class.URGENT)


def _may_ping(pong: Pong, incident: Incident) -> bool:
    return pong.settings.pagerduty.ping_on_call and incident.status is Status.TRIGGERED


async def _facts(records: Records, errand: Errand, **changes: object) -> None:
    facts: Mapping[str, object] = {**errand.facts, **changes}
    await records.errands.save(replace(errand, facts=facts))


def _name(errand: Errand, number: int) -> str:
    return f"on-call-there:{errand.id}:{number}"


async def _nothing(*_: object) -> None:
    """Nobody is told that it was asked."""


KINDS = {ON_CALL: Kind(effect=_ask, done=_nothing, failed=_nothing)}
