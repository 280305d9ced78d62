"""How do an incident in short, and several of them, read? Pure."""

from collections.abc import Mapping, Sequence

from bot.clock import length
from bot.config.tables import EscalationTable
from bot.found import Found
from bot.incident import Incident
from bot.slack.render.blocks import Block, Message, actions, context, date, mention, section
from bot.slack.render.incident import NOT_SET, ack_button, called_in, triage_button, what_fires
from bot.text import outside

CAUSE_MOST, FOUND_MOST, EARLIER_MOST = 200, 300, 3


def called(person: str, handles: Mapping[str, str]) -> str:
    """How people know somebody, without calling them: a list that anybody may ask for wakes nobody."""
    return f"@{outside(handles.get(person, person), 80)}"


def who_has(incident: Incident, handles: Mapping[str, str]) -> str:
    """Who works on it, without calling them."""
    if incident.owner:
        return called(incident.owner, handles)
    return outside(incident.acknowledged_as, 80) if incident.acknowledged_as else "nobody yet"


def found_words(found: Found | None) -> str:
    """What is thought to be wrong, by whom and since when."""
    if found is None:
        return "nothing yet: nobody has asked for a triage"
    how = "triage," if found.by == "triage" else "checked"
    return f"{outside(found.says, FOUND_MOST)} ({how} {date(found.at_ms)})"


def where_we_are(incident: Incident, summary: Sequence[str]) -> Message:
    """`summary` are lines that are safe already."""
    text = "\n".join([f"📍 *Where we are in #{incident.id}*: {what_fires(incident)}", *summary])
    return Message(text.replace("*", ""), (section(text),))


def handed_over(incident: Incident, summary: Sequence[str], *, by: str, to: str, note: str) -> Message:
    """Whoever has it from now on is called; `summary` are lines that are safe already."""
    giver = f"{mention(by)} hands #{incident.id} over to" if by != to else f"#{incident.id} is taken over by"
    lines = [f"🤝 {giver} {mention(to)}: {what_fires(incident)}."]
    if note:
        lines.append(f"“{outside(note, 600)}”")
    text = "\n".join([*lines, *summary])
    return Message(text.replace("*", ""), (section(text), actions([triage_button(incident)])))


def reopened(incident: Incident, escalation: EscalationTable, *, by: str) -> Message:
    who = called_in(incident, escalation.on_call)
    text = f"🔁 REOPENED by {mention(by)}: {what_fires(incident)}. {who}".strip()
    return Message(text, (section(text), actions([ack_button(incident), triage_button(incident)])))


def listed(incidents: Sequence[Incident], *, handles: Mapping[str, str], now_ms: int) -> Message:
    """The newest first."""
    lines = [_line(incident, handles, now_ms) for incident in incidents]
    text = "\n".join(lines) or "There was no incident yet."
    return Message(text.replace("*", ""), (section(text),))


def found(
    incidents: Sequence[Incident], asked: str, *, count: int, handles: Mapping[str, str], now_ms: int
) -> Message:
    """Those in which the words stand, each with its cause and what helped."""
    if not incidents:
        text = f"No incident holds “{outside(asked)}”."
        return Message(text, (section(text),))
    blocks: list[Block] = []
    for incident in incidents:
        cause = outside(incident.root_cause or NOT_SET, CAUSE_MOST)
        fix = outside(incident.fix or NOT_SET, CAUSE_MOST)
        told = [_line(incident, handles, now_ms), f"Cause: {cause}", f"Fix: {fix}", *_earlier(incident)]
        blocks.append(section("\n".join(told)))
    more = f" The newest {len(incidents)} are shown." if count > len(incidents) else ""
    hold = "1 incident holds" if count == 1 else f"{count:,} incidents hold"
    head = f"{hold} “{outside(asked)}”.{more}"
    return Message(head, (*blocks, context(head)))


def _earlier(incident: Incident) -> list[str]:
    """What people said that it was before it was reopened, the newest first."""
    return [
        f"Earlier, {date(one.resolved_ms)}: {outside(one.root_cause, CAUSE_MOST)} · "
        f"Fix: {outside(one.fix, CAUSE_MOST)}"
        for one in reversed(incident.concluded[-EARLIER_MOST:])
    ]


def _line(incident: Incident, handles: Mapping[str, str], now_ms: int) -> str:
    ended_ms = incident.resolved_ms or now_ms
    who = f", {called(incident.owner, handles)}" if incident.owner else ""
    drill = "drill, " if incident.is_drill else ""
    return (
        f"*#{incident.id}* {drill}{incident.severity} {what_fires(incident)}: {incident.status}, "
        f"{date(incident.started_ms, '{date_short} {time}')}, "
        f"{length(incident.lasted_ms(ended_ms))}{who}"
    )
