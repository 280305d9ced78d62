"""How many look-ups find their key?

Over the window between two looks where enough was looked up in it, else over the server's life, and it says
which. https://redis.io/docs/latest/commands/info/
"""

from bot.config.tables import ThresholdsTable
from bot.diagnostics.finding import Finding, NextStep, Severity
from bot.diagnostics.question import Measured, Subject
from bot.diagnostics.samples import number
from bot.diagnostics.units import percent, seconds

CHECK = "hit rate"
LEAST_LOOKUPS = 100


async def read(subject: Subject) -> Measured:
    """hits and misses within window_s (None when void), and hits_ever and misses_ever."""
    samples = await subject.samples()
    return {
        "hits": samples.growth("keyspace_hits"),
        "misses": samples.growth("keyspace_misses"),
        "hits_ever": number(samples.second, "keyspace_hits") or 0,
        "misses_ever": number(samples.second, "keyspace_misses") or 0,
        "window_s": samples.window_s,
    }


def judge(measured: Measured, thresholds: ThresholdsTable) -> list[Finding]:
    hits, lookups, over = _volume(measured)
    if lookups < LEAST_LOOKUPS:
        title = f"{lookups:,.0f} look-ups are too few"
        return [Finding(check=CHECK, severity=Severity.UNKNOWN, title=title)]
    rate = hits / lookups
    is_low = 100 * rate < thresholds.hit_rate_percent
    return [
        Finding(
            check=CHECK,
            # Never more than a notice: a cache that was just cleared has a low rate for hours.
            severity=Severity.NOTICE if is_low else Severity.OK,
            title=f"Hit rate {percent(rate)} over {over}",
            meaning="Most answers are made anew: slower, and more load on the database." if is_low else "",
            figure=percent(rate),
            threshold=f"under {thresholds.hit_rate_percent:g} %",
            next_step=NextStep(label="It recovers over hours once the cause is gone.") if is_low else None,
            figures={"hit_rate_percent": round(100 * rate, 1), "lookups": lookups},
        )
    ]


def _volume(measured: Measured) -> tuple[float, float, str]:
    """Hits, look-ups, and over what: the window, or the server's life."""
    hits, misses = measured["hits"], measured["misses"]
    if hits is not None and misses is not None and hits + misses >= LEAST_LOOKUPS:
        return hits, hits + misses, f"the last {seconds(measured['window_s'])}"
    ever: float = measured["hits_ever"]
    return ever, ever + measured["misses_ever"], "the server's lifetime"
