"""Where are we in an incident: what was found, done and said, and what comes next?"""

from bot.approvals.approval import State
from bot.clock import length
from bot.found import found_so_far
from bot.incident import Incident
from bot.pong import Pong
from bot.slack.render.blocks import date
from bot.slack.render.incident import NOT_SET, impact, platform
from bot.slack.render.summary import called, found_words, who_has
from bot.store.records import Records
from bot.text import outside
from bot.thread import runbook_of
from bot.timeline import Event

SAID_MOST = 600
DONE_SHOWN = 6
_ENDED = {
    "execution.succeeded": "✅",
    "execution.failed": "🔴 broke off:",
    "execution.stopped": "⏹ stopped:",
    "execution.unknown": "❓ outcome unknown:",
}


async def summary_of(records: Records, pong: Pong, incident: Incident) -> tuple[str, ...]:
    """One line each, safe to be shown."""
    ended_ms = incident.resolved_ms or pong.clock.now_ms()
    lasted = length(incident.lasted_ms(ended_ms))
    well = "looked well or was closed" if incident.reopened_ms else "looked well"
    well_ms = incident.closed_or_well_ms
    lasted += f", and it {well} for {length(well_ms)}" if well_ms else ""
    handles = await records.names.all()
    return (
        f"*Since:* {date(incident.started_ms)} ({lasted}), {incident.severity}, {incident.status}",
        f"*Who has it:* {who_has(incident, handles)}",
        *([f"*Communication:* {called(incident.comms, handles)}"] if incident.comms else []),
        f"*Impact:* {impact(incident, runbook_of(pong, incident))}",
        f"*Platform:* {platform(incident)}",
        f"*Found:* {found_words(await found_so_far(records, incident))}",
        f"*Done:* {await _done(records, incident)}",
        f"*Said last:* {outside(incident.status_said or NOT_SET, SAID_MOST)}",
        *await _waits(records, incident),
        *_ahead(incident),
    )


async def _done(records: Records, incident: Incident) -> str:
    events = await records.timeline.of(incident.id)
    ended = [event for event in events if event.kind in _ENDED]
    words = {one.data.get("approval"): one for one in events if one.kind == "execution.settled"}
    told = [
        f"{_how_it_ended(event, words.get(event.data.get('approval')))} "
        f"{outside(str(event.data.get('title', 'an action')))} {date(event.at_ms)}"
        for event in ended[-DONE_SHOWN:]
    ]
    return "; ".join(told) or "nothing by Pong"


def _how_it_ended(event: Event, word: Event | None) -> str:
    """What nobody knew is what somebody has looked and said since."""
    if event.kind == "execution.unknown" and word:
        return f"✍ {word.data['says']}, by a person's word:"
    return _ENDED[event.kind]


async def _waits(records: Records, incident: Incident) -> list[str]:
    """What needs people's approval now."""
    rows = await records.approvals.of_incident(incident.id)
    titles = [str(row["facts"]["plan"]["title"]) for row in rows if row["state"] == State.PENDING]
    return [f"*Waits for approval:* {outside('; '.join(titles))}"] if titles else []


def _ahead(incident: Incident) -> list[str]:
    parts = []
    if incident.next_update_ms:
        parts.append(f"update at {date(incident.next_update_ms)}")
    if incident.next_rung_ms:
        # Not whom it calls: that would call them now.
        parts.append(f"escalation at {date(incident.next_rung_ms)}")
    return [f"*Next:* {', '.join(parts)}"] if parts else []
