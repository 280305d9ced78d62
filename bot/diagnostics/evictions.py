"""Are keys thrown away right now to make room?

https://redis.io/docs/latest/develop/reference/eviction/
"""

from bot.config.tables import ThresholdsTable
from bot.diagnostics.finding import Finding, NextStep, Severity
from bot.diagnostics.question import Measured, Subject
from bot.diagnostics.units import count, seconds

CHECK = "evictions"


async def read(subject: Subject) -> Measured:
    """evicted: keys within window_s, None when void."""
    samples = await subject.samples()
    return {"evicted": samples.growth("evicted_keys"), "window_s": samples.window_s}


def judge(measured: Measured, thresholds: ThresholdsTable) -> list[Finding]:
    evicted, within = measured["evicted"], seconds(measured["window_s"])
    if evicted is None:
        return [Finding(check=CHECK, severity=Severity.UNKNOWN, title="the server restarted meanwhile")]
    figures = {"evicted_keys": evicted, "window_s": measured["window_s"]}
    if evicted == 0:
        title = f"No key evicted in {within}"
        return [Finding(check=CHECK, severity=Severity.OK, title=title, figures=figures)]
    return [
        Finding(
            check=CHECK,
            severity=Severity.WARNING,
            title=f"{count(evicted, 'key', 'keys')} evicted in {within}",
            meaning="The memory is at its limit: entries are thrown away before they are used.",
            figure=f"{evicted:,.0f} in {within}",
            threshold="any is too many",
            next_step=NextStep(label="Clear what is not needed, or give Redis more memory (steps 9, 10)."),
            figures=figures,
        )
    ]
