"""How does it read that Alertmanager is silenced, and that it is not any more? Pure."""

from bot.clock import length
from bot.incident import Incident
from bot.slack.render.blocks import Button, Message, date, mention, section, with_buttons
from bot.slack.render.incident import said
from bot.text import outside

LENGTHS = {"15m": 15, "1h": 60, "4h": 240}
_LABELS = {"15m": "Silence 15 min", "1h": "Silence 1 h", "4h": "Silence 4 h"}
THERE = "Next: do it in Alertmanager itself."


def silence_buttons(incident: Incident) -> list[Button]:
    return [Button("silence", f"{incident.id}:{word}", label) for word, label in _LABELS.items()]


def silenced(incident: Incident, *, by: str, count: int, left_out: int) -> Message:
    alerts = "1 alert" if count == 1 else f"{count} alerts"
    text = (
        f"🔕 Silenced until {date(incident.silenced_until_ms or 0)} by {mention(by)}: {alerts} at "
        "Alertmanager. Pong's own updates and escalation go on."
    )
    if left_out:
        still = "1 more still calls" if left_out == 1 else f"{left_out} more still call"
        text += f"\n{still} people: Pong silences {count} at most. {THERE}"
    button = Button("unsilence", str(incident.id), "End silence")
    return with_buttons(Message(text, (section(text),)), [button])


def ended(incident: Incident, *, by: str) -> Message:
    """Without `by` it ended with its incident."""
    if not incident.is_open:
        return said("🔔 The silence at Alertmanager was ended, since the incident is resolved.")
    who = f" by {mention(by)}" if by else ""
    return said(f"🔔 The silence at Alertmanager was ended{who}: it calls people again for what still fires.")


def expired(incident: Incident, *, late_ms: int, offers: bool) -> Message:
    late = f" ({length(late_ms)} ago: Pong was not running)" if late_ms else ""
    message = said(
        f"🔔 The silence at Alertmanager is over{late}: it calls people again for what still fires."
    )
    return with_buttons(message, silence_buttons(incident) if offers else [])


def not_silenced(reason: str, *, is_known: bool) -> Message:
    """Without `is_known` nobody knows whether it reached Alertmanager."""
    doubt = "it is not known whether it is silenced, and Pong takes back what it finds of that"
    doubt = "nothing was silenced" if is_known else doubt
    return said(f"🔴 {outside(reason)}, so {doubt}. {THERE}")


def not_ended(incident: Incident, reason: str) -> Message:
    until_ms = incident.silenced_until_ms
    until = f" It ends by itself at {date(until_ms)}." if until_ms else ""
    next_step = f"Next: /incident unsilence {incident.id} tries again; or do it in Alertmanager itself."
    return said(f"🔴 {outside(reason)}, so what Pong silenced there may still be silent.{until} {next_step}")


def not_known(name: str, *, looks: int) -> Message:
    """It fires no more there, which Alertmanager tells nobody while it is silenced."""
    what = outside(name) or "the alert"
    return said(f"🔎 Alertmanager, asked while silenced, knows {what} no longer ({looks} looks in a row).")
