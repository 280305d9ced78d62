"""What do people do about an incident elsewhere, and what becomes of it here?

A line in its thread, an acknowledgement, or nothing but a note.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict

from bot.alerts.alert import Change, Told
from bot.clock import iso
from bot.elsewhere import paging, silences
from bot.elsewhere.in_slack import person_with
from bot.elsewhere.order import FIRES, HAS_IT, STRANDS, is_late
from bot.elsewhere.write_back import came_back
from bot.errors import ServiceUnavailable
from bot.incident import AlertState, Incident, Status
from bot.people import Identity
from bot.pong import Pong
from bot.promises import ladder
from bot.providers.pagerduty import pagerduty
from bot.slack.render import incident as draw
from bot.slack.render.elsewhere import TOLD, happened, who_there
from bot.store.records import Records
from bot.text import plain
from bot.thread import keep, runbook_of, say, thread_of

ACKNOWLEDGED = "incident.acknowledged"


async def people_of(pong: Pong, told: Iterable[Told]) -> dict[str, Identity]:
    """Who of Slack took an incident elsewhere, by the event: as far as that can be found out now."""
    found = {}
    for one in told:
        if isinstance(one, Change) and one.kind == ACKNOWLEDGED and (person := await _person(pong, one)):
            found[one.event] = person
    return found


async def _person(pong: Pong, change: Change) -> Identity | None:
    """Who has the same e-mail in Slack. A webhook has a name and an id only, so PagerDuty is asked."""
    service = pagerduty(pong.settings)
    if service is None or not change.agent_id:
        return None
    try:
        email = await service.email_of(pong.http, change.agent_id)
    except ServiceUnavailable:
        return None
    return await person_with(pong, email)


async def take(records: Records, pong: Pong, change: Change, people: Mapping[str, Identity]) -> None:
    """One change's whole effect. What no open incident knows is noted, and kept until its alert is told."""
    incident, person = await _incident_of(records, change.source, change.key), people.get(change.event)
    if incident and incident.is_open:
        await _takes(records, pong, incident, change, person)
        return
    await _note(records, pong, change, incident.id if incident else 0)
    if change.key and (incident is None or STRANDS.get(change.kind) == HAS_IT):
        now_ms = pong.clock.now_ms()
        happened_ms = change.happened_ms or now_ms
        facts = {"change": asdict(change), "person": _kept_of(person)}
        await records.changes.keep(change.source, change.key, facts, happened_ms=happened_ms, at_ms=now_ms)


def _kept_of(person: Identity | None) -> dict[str, str] | None:
    if person is None:
        return None
    return {"user_id": person.user_id, "team_id": person.team_id, "handle": person.handle}


async def take_kept(records: Records, pong: Pong, source: str, key: str) -> Incident | None:
    """What people did about an alert before it was told here, now that it was; its incident after that."""
    incident = await _incident_of(records, source, key)
    if incident is None or not incident.is_open:
        return incident
    for facts in await records.changes.take_out(source, key):
        change = Change(**(facts["change"] | {"to": tuple(facts["change"]["to"])}))
        person = Identity(**facts["person"]) if facts["person"] else None
        await _takes(records, pong, incident, change, person)
        incident = await records.incidents.get(incident.id) or incident
    return incident


async def _incident_of(records: Records, source: str, key: str) -> Incident | None:
    number = await records.inbox.incident_of(source, key) if key else None
    return await records.incidents.get(number) if number else None


async def _takes(
    records: Records, pong: Pong, incident: Incident, change: Change, person: Identity | None
) -> None:
    if await is_late(records, pong, change):
        await _note(records, pong, change, incident.id, is_late=True)
    elif change.kind == ACKNOWLEDGED and incident.status is Status.TRIGGERED:
        await _acknowledged(records, pong, incident, change, person)
    else:
        await _note(records, pong, change, incident.id)
        was_ours = await came_back(records, pong, incident, change, person)
        if change.kind in TOLD and not was_ours and not await _ended_before(records, incident, change):
            name = f"{change.source}:{change.event}"
            await say(records, pong, thread_of(incident), name, happened(change))


async def _ended_before(records: Records, incident: Incident, change: Change) -> bool:
    """Whether it says once more that an alert has ended, which was said when it did."""
    if STRANDS.get(change.kind) != FIRES:
        return False
    alerts = await records.inbox.alerts_of(incident.id, change.source)
    return any(one.key == change.key and one.status == AlertState.RESOLVED for one in alerts)


async def _acknowledged(
    records: Records, pong: Pong, incident: Incident, change: Change, person: Identity | None
) -> None:
    by = person.user_id if person else None
    if person:
        await records.names.remember(person.user_id, person.handle)
    now_ms = pong.clock.now_ms()
    taken_ms = max(incident.began_ms, min(change.happened_ms or now_ms, now_ms))
    changed = incident.acknowledged(by=by, at_ms=taken_ms, called=who_there(change))
    changed = await ladder.acknowledged(records, changed)
    actor = by or change.source
    facts = _facts(change) | {"said_at_ms": taken_ms}
    changed = await keep(records, pong, changed, ACKNOWLEDGED, actor=actor, **facts)
    message = draw.acknowledged(changed, runbook_of(pong, changed))
    message = await silences.offered(records, pong, changed, message)
    message = await paging.offered(records, pong, changed, message)
    await say(records, pong, thread_of(changed), f"{change.source}:{change.event}", message)


async def _note(
    records: Records, pong: Pong, change: Change, incident_id: int, *, is_late: bool = False
) -> None:
    kind, now_ms = f"{change.source}.{change.kind}", pong.clock.now_ms()
    facts = _facts(change) | (
        {"is_late": True, "happened": iso(change.happened_ms or now_ms)} if is_late else {}
    )
    await records.timeline.note(
        incident_id, kind, actor=change.source, at_ms=now_ms, key=plain(change.key, 60), **facts
    )


def _facts(change: Change) -> dict[str, object]:
    return {
        "agent": plain(change.agent, 80),
        "to": [plain(one, 80) for one in change.to[:5]],
        "said": plain(change.said, 300),
    }
