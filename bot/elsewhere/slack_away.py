"""Who is told of an open incident while Slack is away? PagerDuty, and Slack hears of it afterwards.

Pong looks once a minute for as long as an incident is open.
"""

from bot.elsewhere import errands
from bot.elsewhere.errands import Came, Kind
from bot.errors import PongError
from bot.incident import Incident
from bot.pong import Pong
from bot.providers.pagerduty import OWN_KEYS
from bot.providers.pagerduty_events import Events, events
from bot.slack.render.slack_away import was_away
from bot.store.errands import Errand, State
from bot.store.outbox import Class
from bot.store.records import Records
from bot.text import plain
from bot.thread import say, thread_of
from bot.timeline import PONG

WATCH = "slack-away"
EVERY_S = 60


async def begin(records: Records, pong: Pong, incident: Incident) -> None:
    """Watch from now on until `incident` is over; once is enough."""
    if events(pong.settings) is None or incident.is_drill:
        return
    mine = await records.errands.of(incident.id)
    if not any(one.kind == WATCH and one.state is State.WAITING for one in mine):
        await errands.send(records, pong, incident.id, WATCH, {"since_ms": None, "called_ms": None})


async def _watch(pong: Pong, incident: Incident, errand: Errand) -> Came:
    service, facts = events(pong.settings), errand.facts
    if service is None or incident.is_drill or not incident.is_open:
        return await _over(pong, incident, errand, service)
    if incident.is_paused or await _is_there(pong):  # what looks healthy wakes nobody
        called_ms = facts["called_ms"]
        kept = {"since_ms": None, "called_ms": None, "was_called": bool(called_ms or facts.get("was_called"))}
        tells = (lambda records: _tell(records, pong, incident, errand)) if called_ms else None
        return Came(facts=kept, is_done=False, again_after_s=EVERY_S, also=tells)
    now_ms = pong.clock.now_ms()
    since_ms = facts["since_ms"] or now_ms
    away_min = (now_ms - since_ms) / 60_000
    if facts["called_ms"] or away_min < pong.settings.pagerduty.slack_away_min:
        return Came(facts={"since_ms": since_ms}, is_done=False, again_after_s=EVERY_S)
    try:
        await service.trigger(
            pong.http, key=key_of(incident), summary=_summary(incident), source=_on(incident)
        )
    except PongError as error:
        # Nobody can be told now; it is tried again for as long as this lasts.
        faults = {"since_ms": since_ms, "fault": str(error)}
        return Came(facts=faults, is_done=False, again_after_s=EVERY_S)
    called = {"since_ms": since_ms, "called_ms": now_ms, "fault": None}
    return Came(facts=called, is_done=False, again_after_s=EVERY_S)


async def _over(pong: Pong, incident: Incident, errand: Errand, service: Events | None) -> Came:
    """What was opened there by Pong is closed with it."""
    if service and (errand.facts["called_ms"] or errand.facts.get("was_called")):
        await service.resolve(pong.http, key=key_of(incident))
    return Came()


async def _is_there(pong: Pong) -> bool:
    answered_ms = pong.slack.answered_ms
    if answered_ms is not None and pong.clock.now_ms() - answered_ms < 1000 * EVERY_S:
        return True
    return await pong.slack.ask()


def key_of(incident: Incident) -> str:
    """It begins as all that Pong opens there, so that its webhook opens nothing here."""
    return f"{OWN_KEYS}away-{incident.id}-{incident.opened_ms}"


def _summary(incident: Incident) -> str:
    what = f"{plain(incident.alert_name, 80)} on {_on(incident)}"
    return f"{what}: Slack is away, so Pong calls you here (incident #{incident.id}, {incident.status})"


def _on(incident: Incident) -> str:
    return plain(incident.target or "an unknown target", 80)


async def _tell(records: Records, pong: Pong, incident: Incident, errand: Errand) -> None:
    since_ms, called_ms, now_ms = errand.facts["since_ms"], errand.facts["called_ms"], pong.clock.now_ms()
    facts = {"since_ms": since_ms, "called_ms": called_ms}
    await records.timeline.note(incident.id, "slack.was_away", actor=PONG, at_ms=now_ms, **facts)
    message = was_away(since_ms=since_ms, called_ms=called_ms, back_ms=now_ms)
    await say(records, pong, thread_of(incident), f"away:{called_ms}", message, klass=Class.URGENT)


async def _nothing(*_: object) -> None:
    """There is nobody to tell."""


KINDS = {WATCH: Kind(effect=_watch, done=_nothing, failed=_nothing)}
