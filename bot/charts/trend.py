"""How do a target's figures look over an incident, as a picture that a phone shows?

Five panels on one time axis, with the alert, the actions and the gaps marked; a light ground that reads in
Slack's light and dark. https://matplotlib.org/stable/api/figure_api.html
"""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle, pairwise
from statistics import median
from typing import Any, Literal
from zoneinfo import ZoneInfo

from bot.diagnostics.units import in_bytes, percent
from bot.watching.sample import Sample

Value = float | None
Stroke = Literal["solid", "dashed", "dotted", "dashdot"]

SAMPLES_LEAST = 4
WIDTH_IN, HEIGHT_IN, DPI = 4.2, 6.0, 200  # few inches: the type stays legible when a phone shrinks it
GROUND, INK, FAINT, LIMIT, ALERT, ACTION = "#FFFFFF", "#1D1C1D", "#D9D9DE", "#B3261E", "#B3261E", "#0B5CAD"
LINE, GAP = "#1264A3", "#E4E4EA"
MARKS_MOST = 6
SHORT = timedelta(minutes=5)
BEFORE_MS = 600_000
ABSENT_MS, ABSENT_TIMES = 60_000, 3
LABELS_BESIDE_MOST = 22  # longer ones do not fit beside each other
NAME_FITS = 350  # points of type times letters in one line
STROKES: tuple[Stroke, ...] = ("solid", "dashed", "dotted", "dashdot")


@dataclass(frozen=True)
class Mark:
    """Something that happened at `at_ms`: `label` is short, as "alert"."""

    at_ms: int
    label: str
    is_alert: bool = False


@dataclass(frozen=True)
class Panel:
    """One figure over time: its value at each sample, None in a gap, and how a value is written."""

    title: str
    values: Sequence[Value]
    written: Callable[[float], str]


@dataclass(frozen=True)
class Chart:
    """A PNG and the text for those who do not see it."""

    png: bytes
    alt: str


def draw(target: str, samples: Sequence[Sample], marks: Sequence[Mark], zone: str) -> Chart:
    """The chart of at least 4 samples, oldest first. It takes about a second: draw it off the event loop."""
    said = alternative(target, samples, panels(samples), zone)
    drawn = with_absences(samples)
    return Chart(_png(target, drawn, panels(drawn), marks, zone), said)


def absences(samples: Sequence[Sample]) -> list[tuple[Sample, Sample]]:
    """Between which two nobody looked for long, as while Pong was stopped. Pure."""
    pairs = list(pairwise(samples))
    most_ms = ABSENT_TIMES * median([after.at_ms - before.at_ms for before, after in pairs] or [0])
    return [
        (before, after) for before, after in pairs if after.at_ms - before.at_ms > max(ABSENT_MS, most_ms)
        and not before.is_gap and not after.is_gap
    ]  # fmt: skip


def with_absences(samples: Sequence[Sample]) -> list[Sample]:
    """`samples` with a gap in each absence, so that no line crosses it. Pure."""
    within = [Sample(at_ms=(before.at_ms + after.at_ms) // 2) for before, after in absences(samples)]
    return sorted([*samples, *within], key=lambda one: one.at_ms)


def panels(samples: Sequence[Sample]) -> tuple[Panel, ...]:
    """What is drawn, top to bottom. Pure."""
    return (
        Panel("Memory", [None if one.is_gap else float(one.used_bytes) for one in samples], in_bytes),
        Panel("Commands a second", [None if one.is_gap else one.ops_per_s for one in samples], _number),
        Panel("Clients", [None if one.is_gap else float(one.clients) for one in samples], _number),
        Panel("Hit rate", _hit_rates(samples), percent),
        Panel("Evicted keys a second", _rates(samples, lambda one: one.evicted), _number),
    )


def alternative(target: str, samples: Sequence[Sample], shown: Sequence[Panel], zone: str) -> str:
    """The same in words: where each figure began, how high it was, where it is. Pure."""
    begin, end = _time(samples[0].at_ms, zone), _time(samples[-1].at_ms, zone)
    said = [f"{target} from {begin} to {end}."]
    for panel in shown:
        values = [value for value in panel.values if value is not None]
        if not values:
            said.append(f"{panel.title}: not known.")
            continue
        first, high, last = (panel.written(value) for value in (values[0], max(values), values[-1]))
        said.append(f"{panel.title}: {first} at first, {high} at most, {last} at last.")
    if gaps := sum(one.is_gap for one in samples):
        said.append(f"It could not be reached at {gaps} of {len(samples)} looks.")
    for before, after in absences(samples):
        said.append(f"Nobody looked between {_time(before.at_ms, zone)} and {_time(after.at_ms, zone)}.")
    return " ".join(said)


def _rates(samples: Sequence[Sample], counter: Callable[[Sample], int]) -> list[Value]:
    """How much `counter` grew a second since the sample before, within one life of the server."""
    rates: list[Value] = [None]
    for before, now in pairwise(samples):
        is_one_life = before.run_id == now.run_id and not now.is_gap and now.at_ms > before.at_ms
        grown = counter(now) - counter(before)
        rates.append(1000 * grown / (now.at_ms - before.at_ms) if is_one_life and grown >= 0 else None)
    return rates


def _hit_rates(samples: Sequence[Sample]) -> list[Value]:
    hits = _rates(samples, lambda one: one.hits)
    misses = _rates(samples, lambda one: one.misses)
    return [
        hit / (hit + miss) if hit is not None and miss is not None and hit + miss > 0 else None
        for hit, miss in zip(hits, misses, strict=True)
    ]


def _png(
    target: str, samples: Sequence[Sample], shown: Sequence[Panel], marks: Sequence[Mark], zone: str
) -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # half a second that only a chart needs
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH_IN, HEIGHT_IN), dpi=DPI, facecolor=GROUND, layout="constrained")
    FigureCanvasAgg(figure)
    figure.suptitle(
        target, fontsize=min(13.0, NAME_FITS / len(target)), fontweight="bold", color=INK, x=0.02, ha="left"
    )
    times = [_moment(one.at_ms, zone) for one in samples]
    within = _within(marks, samples)
    for axes, panel in zip(figure.subplots(len(shown), 1, sharex=True), shown, strict=True):
        _draw_panel(axes, panel, times)
        if panel.title == "Memory":
            _draw_limit(axes, samples)
        _draw_gaps(axes, samples, times)
        _draw_marks(axes, within, zone)
    _draw_times(axes, times, zone)
    _draw_legend(figure, within, zone, has_gaps=any(one.is_gap for one in samples))
    out = io.BytesIO()
    figure.savefig(out, format="png")
    return out.getvalue()


def _draw_panel(axes: Any, panel: Panel, times: Sequence[datetime]) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    values = [float("nan") if value is None else value for value in panel.values]
    axes.plot(times, values, color=LINE, linewidth=1.8, marker="o", markersize=2.6, markeredgewidth=0)
    known = [value for value in panel.values if value is not None]
    last = f"  {panel.written(known[-1])}" if known else "  not known"
    axes.set_title(panel.title + last, loc="left", fontsize=10.5, color=INK)
    axes.set_ylim(0, 1.05 if panel.title == "Hit rate" else (1.15 * max(known) or 1) if known else 1)
    axes.yaxis.set_major_locator(MaxNLocator(3, integer=panel.title != "Hit rate"))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: panel.written(value)))
    axes.tick_params(labelsize=9, colors=INK, length=0)
    axes.grid(axis="y", color=FAINT, linewidth=0.7)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(FAINT)


def _draw_limit(axes: Any, samples: Sequence[Sample]) -> None:
    limit = next((one.limit_bytes for one in reversed(samples) if one.limit_bytes), 0)
    if not limit:
        return
    axes.axhline(limit, color=LIMIT, linewidth=1.2, linestyle=(0, (4, 3)))
    axes.set_ylim(0, max(1.15 * limit, axes.get_ylim()[1]))
    axes.set_yticks([0, limit / 2, limit])
    axes.annotate(
        f"limit {in_bytes(limit)}", (1, limit), xycoords=("axes fraction", "data"), ha="right", va="bottom",
        fontsize=8.5, color=LIMIT,
    )  # fmt: skip


def _draw_gaps(axes: Any, samples: Sequence[Sample], times: Sequence[datetime]) -> None:
    """Where it could not be reached, from the last sample before to the first one after."""
    for number, one in enumerate(samples):
        if one.is_gap:
            begin, end = times[max(0, number - 1)], times[min(len(times) - 1, number + 1)]
            axes.axvspan(begin, end, color=GAP, linewidth=0, zorder=0)


def _draw_marks(axes: Any, marks: Sequence[Mark], zone: str) -> None:
    for mark, stroke in zip(marks, cycle(STROKES)):
        axes.axvline(_moment(mark.at_ms, zone), color=_color(mark), linewidth=1.3, linestyle=stroke)


def _draw_legend(figure: Any, marks: Sequence[Mark], zone: str, *, has_gaps: bool) -> None:
    """What the marks are, below the panels: beside their lines they would hide the figures."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    signs: list[Any] = [
        Line2D([], [], color=_color(mark), linewidth=1.6, linestyle=stroke)
        for mark, stroke in zip(marks, cycle(STROKES))
    ]
    labels = [f"{_time(mark.at_ms, zone)} {mark.label}" for mark in marks]
    if has_gaps:
        signs.append(Patch(facecolor=GAP))
        labels.append("no figures")
    if not labels:
        return
    is_short = max(len(label) for label in labels) <= LABELS_BESIDE_MOST
    figure.legend(
        signs, labels, loc="outside lower left", ncols=2 if is_short else 1, fontsize=8.5, frameon=False,
        labelcolor=INK,
    )  # fmt: skip


def _color(mark: Mark) -> str:
    return ALERT if mark.is_alert else ACTION


def _within(marks: Sequence[Mark], samples: Sequence[Sample]) -> list[Mark]:
    """What began it stands before the first sample."""
    begin_ms, end_ms = samples[0].at_ms - BEFORE_MS, samples[-1].at_ms
    return [mark for mark in marks if begin_ms <= mark.at_ms <= end_ms][:MARKS_MOST]


def _draw_times(axes: Any, times: Sequence[datetime], zone: str) -> None:
    from matplotlib.dates import AutoDateLocator, DateFormatter

    form = "%H:%M:%S" if times[-1] - times[0] < SHORT else "%H:%M"
    axes.xaxis.set_major_locator(AutoDateLocator(minticks=2, maxticks=4))  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_formatter(DateFormatter(form, tz=ZoneInfo(zone)))  # type: ignore[no-untyped-call]
    axes.set_xlabel(zone, fontsize=8.5, color=INK, loc="right")


def _moment(at_ms: int, zone: str) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, ZoneInfo(zone))


def _time(at_ms: int, zone: str) -> str:
    return _moment(at_ms, zone).strftime("%H:%M")


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 or value == int(value) else f"{value:.1f}"
