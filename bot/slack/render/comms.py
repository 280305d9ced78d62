"""How does it read who tells the public? Pure."""

from bot.incident import Incident
from bot.slack.render.blocks import Button, Message, actions, mention, section
from bot.slack.render.incident import what_fires
from bot.text import outside

NOTE_MOST = 600


def comms_buttons(incident: Incident) -> list[Button]:
    """While nobody has it, it can be taken."""
    if not incident.is_open or incident.comms:
        return []
    return [Button("comms", str(incident.id), "Take communication")]


def taken(incident: Incident, *, stands: str) -> Message:
    """`stands` is a safe line on what the public knows."""
    text = f"🗣 From now on {mention(incident.comms or '')} tells the public and users about #{incident.id}."
    return _with_ways_on(incident, f"{text}\n{stands}")


def handed_over(incident: Incident, *, by: str, note: str, stands: str) -> Message:
    """Whoever has it from now on is called."""
    to = mention(incident.comms or "")
    giver = f"{mention(by)} hands the communication of #{incident.id} over to {to}"
    if by == incident.comms:
        giver = f"{to} takes over the communication of #{incident.id}"
    lines = [
        f"🗣 {giver}: {what_fires(incident)}.",
        *([f"“{outside(note, NOTE_MOST)}”"] if note else []),
        stands,
    ]
    return _with_ways_on(incident, "\n".join(lines))


def given_back(incident: Incident, *, by: str) -> Message:
    who = f"{mention(incident.owner)} has it again" if incident.owner else "nobody has it now"
    text = f"🗣 {mention(by)} gives back the communication of #{incident.id}: {who}."
    buttons = comms_buttons(incident)
    return Message(text, (section(text), *([actions(buttons)] if buttons else [])))


def _with_ways_on(incident: Incident, text: str) -> Message:
    id = str(incident.id)
    ways = [Button("comms_to", id, "Hand communication over…"), Button("comms_back", id, "Give back")]
    return Message(text.replace("*", ""), (section(text), actions(ways)))
