"""How does an update read, and the reminder before it? Pure.

The runbook's template keeps its words; what was not measured says so.
"""

from collections.abc import Sequence
from enum import StrEnum

from bot.incident import Incident, Status
from bot.runbooks.runbook import Runbook
from bot.slack.render.blocks import Button, Message, actions, context, date, late, mention, section
from bot.slack.render.incident import NOT_SET, SAID_MOST, ack_buttons, called_in, said
from bot.text import outside

STILL = "Still investigating"


class End(StrEnum):
    """Why a reminder asks nothing any more; the first two follow a name."""

    NO_CHANGE = "says that nothing has changed"
    POSTED = "posted one"
    MISSED = "nobody gave one in time"
    HEALTHY = "none is awaited while it looks healthy"
    RESOLVED = "none is awaited any more"
    ANEW = "the incident began anew"


def progress(
    incident: Incident,
    runbook: Runbook,
    *,
    now_ms: int,
    by: str | None = None,
    late_ms: int = 0,
    on_call: Sequence[str] = (),
    unheard_since_ms: int | None = None,
) -> Message:
    """The runbook's progress update. `unheard_since_ms`: it stands for those that Slack has not taken.
    Without `by` nobody gave one: it holds what Pong measured, and asks whoever has it, else who is `on_call`
    where somebody has it whom Slack does not know."""
    kind = "DRILL, UPDATE" if incident.is_drill else "UPDATE"
    first = f"⏳ {kind}: {runbook.title} - {incident.lasted_ms(now_ms) // 60_000} min elapsed"
    if by is None:
        first += " (nobody posted one; this is what Pong measured)"
    first += late(late_ms)
    lines = [
        first,
        f"*Status:* {_update_status(incident) if by else _measured_status(incident)}",
        f"*Impact:* {_update_impact(incident, runbook)}",
        f"*Action:* {outside(incident.action or NOT_SET, SAID_MOST)}",
        f"*ETA:* {outside(incident.eta or NOT_SET, SAID_MOST)}",
    ]
    if by is not None:
        lines.append(f"From {mention(by)}")
    elif incident.status_said:
        lines.append(f"*Said last:* {_said_last(incident)}")
    if unheard_since_ms:
        since = date(unheard_since_ms)
        lines.append(f"Slack has taken none since {since}: this is the newest, those before it are left out.")
    text = "\n".join(lines)
    blocks = [section(text)]
    if by is None:
        blocks.append(context(_asks(incident, on_call)))
        blocks.append(actions([*ack_buttons(incident), Button("update", str(incident.id), "Post update")]))
    return Message(text.replace("*", ""), tuple(blocks))


def _asks(incident: Incident, on_call: Sequence[str]) -> str:
    what = "what are you doing, and how long may it take?"
    if incident.owner:
        return f"{mention(incident.owner)}: {what}"
    if incident.status is Status.TRIGGERED:
        return f"Nobody has it. Whoever works on it: {what}"
    return f"{_on_call(incident, on_call)}{what}"


def _on_call(incident: Incident, on_call: Sequence[str]) -> str:
    """Who is asked where somebody has it whom Slack does not know."""
    elsewhere = outside(incident.acknowledged_as or "somebody elsewhere", 80)
    called = called_in(incident, on_call)
    return f"{called} ({elsewhere} has it): " if called else f"{elsewhere} has it: "


def reminder(incident: Incident, *, on_call: Sequence[str] = ()) -> Message:
    """Whoever has it is asked, in time to answer, else who is `on_call`; one press says that all is as it
    was."""
    who = f"{mention(incident.owner)}: " if incident.owner else _on_call(incident, on_call)
    said = outside(incident.status_said or "", SAID_MOST)
    text = (
        f"⏰ {who}the next update is due at {date(incident.next_update_ms or 0)}. "
        f"{f'The last status was: {said}' if said else 'Nobody has said a status yet.'}"
    )
    id = str(incident.id)
    buttons = [_no_change(id), Button("update", id, "Post update"), *ack_buttons(incident)]
    return Message(text, (section(text), actions(buttons)))


def answered(end: End, *, by: str | None = None) -> Message:
    """What the reminder becomes once it asks nothing any more, and by whom, where somebody answered."""
    return said(f"⏰ An update was asked for: {f'{mention(by)} ' if by else ''}{end}.")


def _no_change(id: str) -> Button:
    return Button("no_change", id, "No change")


def _update_status(incident: Incident) -> str:
    said = outside(incident.status_said or STILL, SAID_MOST)
    if incident.outcome and incident.outcome_checked_ms:
        said += f" · {outside(incident.outcome)}, checked {date(incident.outcome_checked_ms)}"
    return said


def _measured_status(incident: Incident) -> str:
    """What nobody said: a sentence of half an hour ago is no status of now."""
    if incident.outcome and incident.outcome_checked_ms:
        return f"{outside(incident.outcome)}, checked {date(incident.outcome_checked_ms)}"
    return f"{STILL}; not measured"


def _said_last(incident: Incident) -> str:
    when = f", {date(incident.status_said_ms)}" if incident.status_said_ms else ""
    return f"“{outside(incident.status_said or '', SAID_MOST)}”{when}"


def _update_impact(incident: Incident, runbook: Runbook) -> str:
    return f"{runbook.says(incident.alert_name).while_down}: expected, not checked"
