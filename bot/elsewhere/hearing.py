"""Has what is silenced ended meanwhile?

A silenced Alertmanager does not tell that either, not even afterwards: so it is asked while it is silent.
https://prometheus.io/docs/alerting/latest/alertmanager/#silences
"""

from dataclasses import replace

from bot.alerts.alert import Alert
from bot.alerts.alertmanager import ALERTMANAGER
from bot.elsewhere import errands
from bot.elsewhere.errands import Came, Kind
from bot.errors import PongError
from bot.incident import AlertState, Incident
from bot.intake import opening
from bot.pong import Pong
from bot.providers.alertmanager import alertmanager
from bot.slack.render import silences as draw
from bot.store.errands import Errand, State
from bot.store.inbox import Kept
from bot.store.records import Records
from bot.thread import say, thread_of

HEAR = "hear"
EVERY_S = 60
# One that has just started knows no alert until Prometheus has told it all again.
MISSED_TO_END = 3
LOOKED = "look at alertmanager"


async def begin(records: Records, pong: Pong, incident: Incident) -> None:
    """Ask from now on until no silence of `incident` stands; once is enough."""
    waiting = [one.kind for one in await records.errands.of(incident.id) if one.state is State.WAITING]
    if HEAR not in waiting:
        await errands.send(records, pong, incident.id, HEAR, {"missed": {}})


async def _hear(pong: Pong, incident: Incident, errand: Errand) -> Came:
    is_silent = incident.silenced_until_ms is not None
    service = alertmanager(pong.settings)
    if service is None or not incident.is_open:
        return Came()
    try:
        firing = await service.firing(pong.http)
    except PongError:
        return Came(is_done=not is_silent, again_after_s=EVERY_S)
    kept = await pong.store.read(lambda records: records.inbox.alerts_of(incident.id, ALERTMANAGER.name))
    was_missed = errand.facts["missed"]
    missed = {
        one.key: was_missed.get(one.key, 0) + 1
        for one in kept
        if one.status == AlertState.FIRING and one.labels and dict(one.labels) not in firing
    }
    ended = [one for one in kept if missed.get(one.key, 0) >= MISSED_TO_END]
    left = {key: times for key, times in missed.items() if times < MISSED_TO_END}
    return Came(
        facts={"missed": left},
        is_done=not is_silent and not left,
        again_after_s=EVERY_S,
        also=lambda records: _take(records, pong, incident, ended),
    )


async def _take(records: Records, pong: Pong, incident: Incident, ended: list[Kept]) -> None:
    """As if Alertmanager had said so; people read that it has not."""
    for one in ended:
        alert = Alert(
            source=ALERTMANAGER.name,
            key=one.key,
            name=one.labels.get("alertname", ""),
            state=AlertState.RESOLVED,
            ends_ms=pong.clock.now_ms(),
            labels=one.labels,
        )
        await opening.take(records, pong, alert)
        message = draw.not_known(alert.name, looks=MISSED_TO_END)
        await say(records, pong, thread_of(incident), f"unknown:{one.key}:{alert.ends_ms}", message)
    after = await records.incidents.get(incident.id)
    if ended and after and after.alert is AlertState.RESOLVED:
        await records.incidents.save(replace(after, alert_ended_by=LOOKED))


async def _nothing(*_: object) -> None:
    """Nobody is told that it was asked."""


KINDS = {HEAR: Kind(effect=_hear, done=_nothing, failed=_nothing)}
