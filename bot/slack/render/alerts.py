"""How does it read when an alert ends, comes again, comes along, or brings a picture? Pure."""

from collections.abc import Sequence
from enum import StrEnum

from bot.alerts.alert import Unread, titled
from bot.config.tables import EscalationTable
from bot.incident import Incident
from bot.slack.render.blocks import Button, Message, actions, date, image, mention, section
from bot.slack.render.incident import ack_buttons, called_in, resolve_button, triage_button, where
from bot.text import outside, plain

DONE_MOST = 300
_TAKE_OR_CLOSE = "Say what it was to close it, or acknowledge to look into it."


def healthy(
    incident: Incident, *, on_call: Sequence[str], done: Sequence[str], woken: Sequence[str] = ()
) -> Message:
    """The source says resolved, Pong measures healthy: whoever has it is asked what it was, else
    who is `on_call`. Who was `woken` for it besides hears that it is over."""
    since = date(incident.alert_ended_ms or incident.healthy_since_ms or incident.opened_ms)
    text = (
        f"🟢 {outside(incident.target or 'It')} answers and {_source(incident)} says resolved "
        f"({since}). "
        f"Updates and escalation are paused.\n"
    )
    text += f"Done before it: {outside(', '.join(done), DONE_MOST)}. " if done else ""
    text += "Say what it was to close it." if incident.owner else f"Nobody has it. {_TAKE_OR_CLOSE}"
    if also := called_in(incident, woken):
        text += f"\nCalled for it, and not needed any more as it looks: {also}."
    who = mention(incident.owner) if incident.owner else called_in(incident, on_call)
    text = f"{who} {text}".strip()
    buttons = [*ack_buttons(incident), resolve_button(incident), _not_over(incident)]
    return Message(text, (section(text), actions(buttons)))


class Since(StrEnum):
    """What has become of the question whether it is over."""

    GOES_ON = "That is over: updates and escalation go on."
    RESOLVED = "It was resolved since."
    ASKED_AGAIN = "It is asked again below."


def looked_well(incident: Incident, since: Since) -> Message:
    """What `healthy` becomes once it is true no more, or asks nothing any more."""
    text = f"🟢 {outside(incident.target or 'It')} looked well when this was said. {since}"
    return Message(text, (section(text),))


def unchecked(incident: Incident) -> Message:
    """The source says resolved, and there is nothing that Pong could ask."""
    source = _source(incident)
    text = (
        f"🟡 {source[:1].upper()}{source[1:]} says resolved. Pong did not check it: no target is known that "
        "it could ask. Updates and escalation go on; resolve it when it is over."
    )
    return Message(text, (section(text), actions([resolve_button(incident)])))


def still_sick(incident: Incident, seen: str) -> Message:
    """The source says resolved, and Pong does not see it healthy."""
    source = _source(incident)
    text = (
        f"🟠 {source[:1].upper()}{source[1:]} says resolved, but {outside(seen)}. "
        "Updates and escalation go on; Pong looks again every minute."
    )
    return Message(text, (section(text), actions([triage_button(incident)])))


def fires_again(
    incident: Incident, escalation: EscalationTable, *, name: str, at_ms: int, reopened: bool
) -> Message:
    """It was over, or looked so, and is not. Where no target is known, `name` says which server it is."""
    what = "REOPENED" if reopened else "FIRING AGAIN"
    who = called_in(incident, [incident.owner] if incident.owner else escalation.on_call)
    target = outside(incident.target or "an unknown target")
    text = f"🔁 {what}: {outside(name)} on {target} since {date(at_ms)}. {who}"
    buttons = ack_buttons(incident)
    return Message(text.strip(), (section(text.strip()), actions([*buttons, triage_button(incident)])))


def also_fires(
    name: str, at_ms: int, *, source: str = "", is_warning: bool = False, is_first: bool = False
) -> Message:
    """`source` is who says so, where that is another than whoever said it first; with `is_first` no alert had
    told of it."""
    what = "🟡 Warning" if is_warning else "Firing" if is_first else "Also firing"
    text = f"{what}: {outside(name)} since {date(at_ms)}" + (f", says {source}." if source else ".")
    text += " Nobody is called for it." if is_warning else ""
    return Message(text, (section(text),))


def still_fires(ended: str, at_ms: int, *, still: Sequence[str]) -> Message:
    """One of several has ended; `still` are the names of those that have not."""
    named = ", ".join(outside(name) for name in still[:3])
    more = f" and {len(still) - 3:,} more" if len(still) > 3 else ""
    text = f"{outside(ended)} has ended ({date(at_ms)}). Still firing: {named}{more}."
    return Message(text, (section(text),))


def digest(count: int, *, all_in_all: int) -> Message:
    """What came too quickly to be said one by one."""
    more = "1 more alert" if count == 1 else f"{count:,} more alerts"
    text = f"Also firing: {more} within the last minutes, {all_in_all:,} in all."
    return Message(text, (section(text),))


def flapping(incident: Incident, escalation: EscalationTable, *, times: int, minutes: int) -> Message:
    """It comes and goes: said once."""
    who = called_in(incident, [incident.owner] if incident.owner else escalation.on_call)
    text = (
        f"🔁 FLAPPING: {outside(incident.alert_name)} on {where(incident)} fired again {times} times within "
        f"{minutes} min. {who}\nFrom now on it is counted on the incident's message and not said each time. "
        f"Updates and escalation go on until it has been quiet for {minutes} min."
    )
    buttons = ack_buttons(incident)
    return Message(text, (section(text), actions([*buttons, triage_button(incident)])))


def warnings(name: str, target: str | None, *, count: int) -> Message:
    """The newest of an hour, and how many there were."""
    newest = f"{outside(name)} on {outside(target or 'an unknown target')}"
    if count < 2:
        text = f"🟡 Warning: {newest}. No incident was opened."
    else:
        text = f"🟡 {count:,} warnings this hour, the newest: {newest}. No incident was opened."
    return Message(text, (section(text),))


def unread(told: Unread) -> Message:
    """Nobody can read some alerts of a group; the others count."""
    source, count = outside(titled(told.source)), len(told.alerts)
    alerts = "an alert" if count == 1 else f"{count:,} alerts"
    named = [(outside(name, 60) or "one without a name", outside(why)) for name, why in told.alerts[:3]]
    which = ", ".join(f"{name} ({why})" for name, why in named)
    more = f" and {count - len(named):,} more" if count > len(named) else ""
    text = (
        f"🟠 {source} sent {alerts} that Pong cannot read, of {told.of:,} in a group: {which}{more}. "
        f"The others count. Look at {source} itself whether these fire."
    )
    return Message(text, (section(text),))


def picture(alert_name: str, picture_url: str) -> Message:
    """What the alert's source drew of it."""
    text = f"How {plain(alert_name) or 'it'} looked when it was sent"
    return Message(outside(text, 300), (image(picture_url, text),))


def _source(incident: Incident) -> str:
    """Who said that it has ended."""
    # Opened by a person, and an alert joined it: in older incidents whose that was is not kept.
    ended_by = incident.alert_ended_by or incident.source
    return "its alert" if ended_by == "a person" else titled(ended_by)


def _not_over(incident: Incident) -> Button:
    return Button("not_over", str(incident.id), "Not over")
