"""How do the key figures of a target read while somebody watches them? Pure.

https://docs.slack.dev/reference/block-kit/blocks
"""

from bot.diagnostics.units import in_bytes, percent
from bot.slack.render.blocks import Button, Message, actions, context, date, mention, section
from bot.text import outside
from bot.watching.sample import Sample


def watch_message(
    target: str, samples: tuple[Sample, ...], *, until_ms: int, ref: str, is_over: bool = False, by: str = ""
) -> Message:
    """The newest of `samples`, with what grew since the one before; `by` is who stopped it when it is over.

    `ref` is the watch's number, for the button that ends it.
    """
    name, figures = outside(target), _figures(samples)
    state = _over(by) if is_over else f", every 15 s until {date(until_ms)}"
    blocks = [section("\n".join([f"👁 *{name}*{state}", *figures]))]
    if samples:
        blocks.append(context(f"measured {date(samples[-1].at_ms, '{time_secs}')}"))
    if not is_over:
        blocks.append(actions([Button("stop_watching", ref, "Stop watching")]))
    said = " ".join(f"{figure.replace('*', '')}." for figure in figures)
    return Message(f"👁 {name}{state if is_over else ''}: {said}", tuple(blocks))


def _over(by: str) -> str:
    return f" was watched until {mention(by)} stopped it" if by else " was watched until the time was over"


def _figures(samples: tuple[Sample, ...]) -> list[str]:
    if not samples:
        return ["Nothing was measured yet"]
    now = samples[-1]
    if now.is_gap:
        return ["🔴 It cannot be reached"]
    memory = in_bytes(now.used_bytes)
    if now.limit_bytes:
        memory = f"{percent(now.used_bytes / now.limit_bytes)} of {in_bytes(now.limit_bytes)}"
    lines = [f"*Memory* {memory}", f"*Commands* {now.ops_per_s:,.0f} a second", f"*Clients* {now.clients:,}"]
    if now.ping_ms is not None:
        lines.append(f"*Answers a PING in* {_ms(now.ping_ms)}")
    return [*lines, *_growth(samples[-2], now)] if len(samples) > 1 else lines


def _ms(length_ms: float) -> str:
    return f"{length_ms:,.0f} ms" if length_ms >= 1 else "under 1 ms"


def _growth(before: Sample, now: Sample) -> list[str]:
    """What two looks at one server tell; nothing when it restarted in between."""
    if before.is_gap or before.run_id != now.run_id or now.at_ms <= before.at_ms:
        return ["It restarted, or was away, since the look before"]
    seconds = (now.at_ms - before.at_ms) / 1000
    hits, misses = now.hits - before.hits, now.misses - before.misses
    evicted, refused = now.evicted - before.evicted, now.refused - before.refused
    if min(hits, misses, evicted, refused) < 0:
        return ["Its counters were reset since the look before"]
    rate = percent(hits / (hits + misses)) if hits + misses else "no look-up"
    lines = [f"*Hit rate* {rate}", f"*Evicted keys* {evicted / seconds:,.0f} a second"]
    return [*lines, f"🔴 *Refused writes* {refused:,} in {seconds:.0f} s"] if refused > 0 else lines
