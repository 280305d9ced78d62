"""How are people called: who is on call at first, then rung by rung? Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.alerts.alert import titled
from bot.config.tables import EscalationTable
from bot.incident import Incident
from bot.slack.render.blocks import Block, Message, actions, context, fenced, late, section
from bot.slack.render.incident import (
    SAID_MOST,
    ack_button,
    ack_buttons,
    called_in,
    hold_buttons,
    names,
    on_call_there,
    triage_button,
    what_fires,
)
from bot.text import clean, clip, escape, outside, plain


def on_call_ping(incident: Incident, escalation: EscalationTable, *, is_asked: bool = False) -> Message:
    """Who is on call is told, by a message that notifies; with `is_asked` PagerDuty is asked for more."""
    who = called_in(incident, escalation.on_call) or _nobody(incident, _nobody_named(is_asked))
    text = f"{who}: {what_fires(incident)}. Please acknowledge."
    return Message(text, (section(text), actions([ack_button(incident), triage_button(incident)])))


def taken_before(incident: Incident) -> Message:
    """In place of that ping, where somebody had it before Pong heard of it."""
    line = f"{what_fires(incident)}. It was acknowledged in {titled(incident.source)} already."
    return Message(line, (section(line), actions([triage_button(incident)])))


@dataclass(frozen=True, kw_only=True)
class Support:
    """Where the target's provider wants mail, and by which id it knows the database ("" where not known)."""

    provider: str
    email: str
    database_id: str = ""


def escalated(
    incident: Incident,
    people: Sequence[str],
    *,
    why: str,
    late_ms: int = 0,
    support: Support | None = None,
) -> Message:
    """`why` is safe already. With `support` a mail to the provider is drafted: a person sends it."""
    nobody = "The provider's support" if support else "Nobody is configured for this rung"
    who = called_in(incident, people) or _nobody(incident, nobody)
    text = f"🔺 {who}: {why}{late(late_ms)}. {what_fires(incident)}."
    blocks: list[Block] = [section(text)]
    if known := on_call_there(incident):
        known = f"{known[:1].upper()}{known[1:]}"
        blocks.append(context(known))
        text += f" {known}."
    if support:
        blocks += [
            section(_mail_to(support)),
            section(fenced(_mail(incident, support))),
            section(_post(support)),
        ]
        text += f" {_mail_to(support)}"
    buttons = ack_buttons(incident)
    blocks.append(actions([*buttons, triage_button(incident), *hold_buttons(incident)]))
    return Message(text, tuple(blocks))


def _nobody(incident: Incident, why: str) -> str:
    return "A drill calls nobody" if incident.is_drill else why


def _nobody_named(is_asked: bool) -> str:
    return "PagerDuty is asked who is on call" if is_asked else "Nobody is configured as on call"


def no_drill(incident: Incident, escalation: EscalationTable, *, is_asked: bool = False) -> Message:
    """A real alert came while people practised: whoever is on call is told now."""
    who = names(escalation.on_call) or _nobody_named(is_asked)
    text = f"🚨 This is no drill any more. {who}: {what_fires(incident)}. Please acknowledge."
    return Message(text, (section(text), actions([ack_button(incident), triage_button(incident)])))


def _mail_to(support: Support) -> str:
    address = escape(clip(clean(support.email), 250))
    return f"✉️ Send this to {outside(support.provider)}'s support, {address}; Pong sends nothing:"


def _mail(incident: Incident, support: Support) -> str:
    """What support asks for first: which database, since when, what was seen, what was tried."""
    database = f" (database {plain(support.database_id, 80)})" if support.database_id else ""
    seen = plain(incident.outcome or "not measured yet", SAID_MOST)
    checked = f", checked {_utc(incident.outcome_checked_ms)}" if incident.outcome_checked_ms else ""
    lines = [
        f"Subject: {plain(incident.target or 'Our Redis', 80)}{database}: {plain(incident.alert_name, 80)}",
        "",
        f"Since {_utc(incident.started_ms)} we see: {seen}{checked}.",
        f"What we did: {plain(incident.action or 'nothing that changes it', SAID_MOST)}.",
        "Is something known on your side, and what do you advise?",
    ]
    return "\n".join(lines)


def _post(support: Support) -> str:
    return (
        "Beside the mail, to post where they read it: "
        f"“@{outside(support.provider)} our database does not answer as it should, details by mail. Known?”"
    )


def _utc(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")
