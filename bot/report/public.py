"""What was the public told, as the report has it?"""

from collections.abc import Callable

from bot.clock import iso
from bot.public.known import told
from bot.report.markdown import heading, table, text
from bot.timeline import Event

TITLE = "External communication"
NONE = "None: nobody was asked, and nobody said that users see it."


def external(events: list[Event], who: Callable[[str], str]) -> str:
    """The section. Pure."""
    public = told(events)
    if public is None:
        lines = _comms(events, who)
        said = [event.data.get("external") for event in events if event.kind == "incident.resolved"]
        return heading(TITLE, " ".join([*lines, text(said[-1]) if said and said[-1] else NONE]))
    lines = _comms(events, who)
    if public.marked_by:
        lines.append(f"User-visible, says {text(who(public.marked_by))}.")
    if public.asked_ms:
        lines.append(f"Asked at {iso(public.asked_ms)}.")
    if public.declined_by:
        lines.append(f"Not needed, says {text(who(public.declined_by))}.")
    if public.done_by:
        over = ", the end too" if public.is_done_at_end else ""
        lines.append(f"Told by hand{over}, says {text(who(public.done_by))}, {iso(public.done_ms or 0)}.")
    rows = [
        (iso(one.settled_ms or one.at_ms), one.status, one.name, one.body, who(one.by), one.outcome)
        for one in public.publications
    ]
    columns = ("at (UTC)", "status", "title", "text", "by", "outcome")
    parts = [" ".join(lines), table(columns, rows) if rows else ""]
    return heading(TITLE, "\n\n".join(part for part in parts if part))


def _comms(events: list[Event], who: Callable[[str], str]) -> list[str]:
    """Who had the communication from when to when."""
    lines = []
    for event in events:
        if event.kind == "comms.given_back":
            lines.append(f"Given back by {text(who(event.actor))}, {iso(event.at_ms)}.")
        elif event.kind.startswith("comms."):
            has = str(event.data.get("comms") or event.actor)
            lines.append(f"Communication by {text(who(has))} from {iso(event.at_ms)}.")
    return lines
