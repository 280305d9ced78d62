"""Which picture goes with a triage: how the target did since the incident began?"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from bot.charts.trend import SAMPLES_LEAST, Chart, Mark, draw
from bot.clock import iso
from bot.incident import Incident
from bot.outbox.files import picture
from bot.pong import Pong
from bot.request import Request
from bot.slack.render.blocks import Message, section
from bot.store.records import Records
from bot.text import outside, plain
from bot.thread import thread_of
from bot.timeline import Event
from bot.watching.sample import Sample

LABEL_MOST = 28
DRAWN_WITHIN_S = 5.0
log = logging.getLogger(__name__)

# What of the timeline stands in the picture, and as what.
MARKED = {
    "incident.acknowledged": "acknowledged",
    "execution.started": "action",
    "incident.resolved": "resolved",
}


@dataclass(frozen=True)
class Drawn:
    """A chart of an incident's target, and when it ends."""

    incident: Incident
    chart: Chart
    at_ms: int


@dataclass(frozen=True)
class Drawable:
    """What the chart of an incident is drawn from: enough of it for a picture."""

    incident: Incident
    samples: Sequence[Sample]
    events: Sequence[Event]


async def drawable(pong: Pong, target: str) -> Drawable | None:
    """What there is of the open incident on `target`; None without one, or with too few figures."""

    async def kept(records: Records) -> Drawable | None:
        incident = await records.incidents.open_on(target)
        if incident is None:
            return None
        samples, events = await records.samples.of(incident.id), await records.timeline.of(incident.id)
        return Drawable(incident, samples, events)

    found = await pong.store.read(kept)
    is_enough = found and sum(not one.is_gap for one in found.samples) >= SAMPLES_LEAST
    return found if is_enough else None


async def charted(pong: Pong, kept: Drawable) -> Drawn | None:
    """The chart; None when it cannot be drawn, or not in time. Raises nothing: the answer matters more."""
    target, zone = kept.incident.target or "", pong.settings.slack.time_zone
    marks = marks_of(kept.incident, kept.events)
    try:
        async with asyncio.timeout(DRAWN_WITHIN_S):  # the very first has to find its fonts
            chart = await asyncio.to_thread(draw, target, kept.samples, marks, zone)
    except TimeoutError:
        log.warning("the chart of %s was not drawn within %s s", target, DRAWN_WITHIN_S)
        return None
    except Exception:
        log.exception("the chart of %s could not be drawn", target)
        return None
    return Drawn(kept.incident, chart, kept.samples[-1].at_ms)


def marks_of(incident: Incident, events: Sequence[Event]) -> list[Mark]:
    """The alert, and what people did. Pure."""
    began = [Mark(incident.alert_started_ms, "alert", is_alert=True)] if incident.alert_started_ms else []
    return [*began, *(Mark(event.at_ms, _label(event)) for event in events if event.kind in MARKED)]


def _label(event: Event) -> str:
    """An action by its own title."""
    return plain(event.data.get("title") or MARKED[event.kind], LABEL_MOST)


async def post(records: Records, pong: Pong, request: Request, drawn: Drawn) -> None:
    """The picture, in the incident's thread."""
    place = thread_of(drawn.incident)
    target = outside(drawn.incident.target or "")
    line = f"📈 {target} since the incident began: {{file}}"
    name = f"trend-{iso(drawn.at_ms)}.png".replace(":", "")
    await records.outbox.post(
        f"chart:{request.id}",
        Message(line, (section(line),)).payload()
        | {"file": picture(name, drawn.chart.png, alt=drawn.chart.alt)},
        lane=place.lane,
        parent_id=place.parent_id,
        at_ms=pong.clock.now_ms(),
    )
