"""How does the Home tab read? Pure.

https://docs.slack.dev/surfaces/app-home
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.clock import length
from bot.config.tables import EscalationTable
from bot.incident import Incident
from bot.means import Means
from bot.slack.render.blocks import Block, context, date, divider, header, mention, section
from bot.slack.render.incident import called_in, next_called, what_fires
from bot.text import outside

OPEN_SHOWN, WAITING_SHOWN = 20, 10
BARS = "▁▂▃▄▅▆▇█"
NO_BAR = "·"


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A plan that waits for whoever looks."""

    title: str
    target: str
    incident_id: int
    requester: str
    approve_by_ms: int


@dataclass(frozen=True, kw_only=True)
class Home:
    """All that the tab tells. `to_close` looks well, and nobody has said what it was; `weeks` are mean times
    to resolve in ms, the oldest first; `unsent` is how many messages wait for Slack, None where the store
    does not tell."""

    open_now: tuple[Incident, ...]
    waiting: tuple[Waiting, ...]
    to_close: tuple[Incident, ...]
    is_well: bool
    store: str
    unsent: int | None
    slack_answered_ms: int | None
    means: tuple[Means, ...]
    weeks: tuple[int | None, ...]
    at_ms: int


def home(told: Home, escalation: EscalationTable) -> dict[str, Any]:
    blocks: list[Block] = [header("Open incidents")]
    blocks += [section(_line(one, told.at_ms)) for one in told.open_now[:OPEN_SHOWN]]
    if not told.open_now:
        blocks.append(section("None. 🟢"))
    elif len(told.open_now) > OPEN_SHOWN:
        blocks.append(context(f"{len(told.open_now) - OPEN_SHOWN} more: /incident list"))
    blocks += [divider(), header("Waits for you"), section(_waits(told))]
    blocks += [divider(), header("Due next"), section(_due(told.open_now, escalation))]
    blocks += [divider(), header("How quick we are"), section(_means(told))]
    blocks += [divider(), header("Pong itself"), section(_health(told))]
    blocks.append(context(f"As of {date(told.at_ms)}. Open this tab again for a newer one."))
    return {"type": "home", "blocks": blocks}


def closed(why: str) -> dict[str, Any]:
    """For whoever may not look."""
    return {"type": "home", "blocks": [section(outside(why, 400))]}


def _line(incident: Incident, now_ms: int) -> str:
    elsewhere = outside(incident.acknowledged_as or "nobody has it yet", 80)
    who = mention(incident.owner) if incident.owner else elsewhere
    drill = "drill, " if incident.is_drill else ""
    since = length(incident.lasted_ms(now_ms))
    what = f"{drill}{incident.severity} {what_fires(incident)}"
    return f"*#{incident.id}* {what}: {incident.status}, {since}, {who}"


def _waits(told: Home) -> str:
    lines = [
        f"*{outside(one.title)}* on {outside(one.target)}, asked by {mention(one.requester)}, "
        f"until {date(one.approve_by_ms)}: decide in the thread of #{one.incident_id}"
        for one in told.waiting[:WAITING_SHOWN]
    ]
    lines += [
        f"*#{one.id}* {what_fires(one)} looks well: say what it was in its thread, with *Resolve…*"
        for one in told.to_close[:WAITING_SHOWN]
    ]
    return "\n".join(lines) or "Nothing."


def _due(open_now: Sequence[Incident], escalation: EscalationTable) -> str:
    """The promises of all that is open, the earliest first."""
    dues = []
    for one in open_now:
        if one.next_update_ms:
            dues.append((one.next_update_ms, f"#{one.id}: an update"))
        if one.next_rung_ms:
            called = called_in(one, next_called(one, escalation)) or "nobody"
            dues.append((one.next_rung_ms, f"#{one.id}: {called} called"))
    lines = [f"{date(at_ms)} · {what}" for at_ms, what in sorted(dues)[:OPEN_SHOWN]]
    return "\n".join(lines) or "Nothing."


def _means(told: Home) -> str:
    lines = [_of(means) for means in told.means]
    longest_span = max(told.means, key=lambda means: means.days, default=None)
    if longest_span and longest_span.drills and not longest_span.opened:
        return _only_drills(longest_span)
    if any(week is not None for week in told.weeks):
        longest = max(week for week in told.weeks if week is not None)
        bars = "".join(_bar(week, longest) for week in told.weeks)
        lines.append(
            f"Mean time to resolve by week, {len(told.weeks)} weeks: {bars} (longest {length(longest)})"
        )
    return "\n".join(lines) or "No figures yet."


def _only_drills(means: Means) -> str:
    count = "The 1 incident" if means.drills == 1 else f"All {means.drills:,} incidents"
    was = "was a drill" if means.drills == 1 else "were drills"
    return f"No MTTA or MTTR yet. {count} of the last {means.days} days {was}, and drills are left out."


def _of(means: Means) -> str:
    if not means.opened:
        return f"*{means.days} days:* no incident"
    count = "1 incident" if means.opened == 1 else f"{means.opened:,} incidents"
    taken = _mean("acknowledged", means.acknowledge_ms)
    return f"*{means.days} days:* {count}, {taken}, {_mean('resolved', means.resolve_ms)}"


def _mean(what: str, ms: int | None) -> str:
    return f"none {what} yet" if ms is None else f"{what} after {length(ms)} in the mean"


def _bar(week: int | None, longest: int) -> str:
    if week is None or longest <= 0:
        return NO_BAR
    return BARS[min(len(BARS) - 1, int(max(0.0, week) / longest * len(BARS)))]


def _unsent(count: int) -> str:
    return "1 message waits for Slack" if count == 1 else f"{count:,} messages wait for Slack"


def _health(told: Home) -> str:
    mark = "🟢" if told.is_well else "🔴"
    unsent = "not known" if told.unsent is None else _unsent(told.unsent)
    slack = (
        f"Slack answered {date(told.slack_answered_ms)}" if told.slack_answered_ms else "Slack not asked yet"
    )
    return f"{mark} store {outside(told.store)} · {unsent} · {slack}"
