"""What do people do about an incident elsewhere, and what becomes of it here?

A line in its thread, an acknowledgement, or nothing but a note.
"""

from collections.abc import Iterable, Mapping

from bot.alerts.alert import Change, Told
from bot.elsewhere import paging, silences
from bot.elsewhere.in_slack import person_with
from bot.elsewhere.write_back import came_back
from bot.errors import ServiceUnavailable
from bot.incident import Incident, Status
from bot.people import Identity
from bot.pong import Pong
from bot.promises.made import acknowledge
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
    """One change's whole effect. Of what no open incident knows only a note is kept."""
    number = await records.inbox.incident_of(change.source, change.key) if change.key else None
    incident = await records.incidents.get(number) if number else None
    if incident is None or not incident.is_open:
        await _note(records, pong, change, incident.id if incident else 0)
    elif change.kind == ACKNOWLEDGED and incident.status is Status.TRIGGERED:
        await _acknowledged(records, pong, incident, change, people.get(change.event))
    else:
        await _note(records, pong, change, incident.id)
        was_ours = await came_back(records, pong, incident, change, people.get(change.event))
        if change.kind in TOLD and not was_ours:
            name = f"{change.source}:{change.event}"
            await say(records, pong, thread_of(incident), name, happened(change))


async def _acknowledged(
    records: Records, pong: Pong, incident: Incident, change: Change, person: Identity | None
) -> None:
    by = person.user_id if person else None
    if person:
        await records.names.remember(person.user_id, person.handle)
    changed = await acknowledge(records, pong, incident, by=by, called=who_there(change))
    actor = by or change.source
    changed = await keep(records, pong, changed, ACKNOWLEDGED, actor=actor, **_facts(change))
    message = draw.acknowledged(changed, runbook_of(pong, changed))
    message = await silences.offered(records, pong, changed, message)
    message = await paging.offered(records, pong, changed, message)
    await say(records, pong, thread_of(changed), f"{change.source}:{change.event}", message)


async def _note(records: Records, pong: Pong, change: Change, incident_id: int) -> None:
    kind, now_ms = f"{change.source}.{change.kind}", pong.clock.now_ms()
    await records.timeline.note(
        incident_id, kind, actor=change.source, at_ms=now_ms, key=plain(change.key, 60), **_facts(change)
    )


def _facts(change: Change) -> dict[str, object]:
    return {
        "agent": plain(change.agent, 80),
        "to": [plain(one, 80) for one in change.to[:5]],
        "said": plain(change.said, 300),
    }
