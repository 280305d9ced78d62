"""How long does the server take to answer?

The ping's own PING, alone on its connection; where that was slow, the median with two more, so that one
hiccup is no finding.
https://redis.io/docs/latest/operate/oss_and_stack/management/optimization/latency/
"""

import statistics

from bot.config.tables import ThresholdsTable
from bot.diagnostics.finding import Finding, NextStep, Severity
from bot.diagnostics.question import Measured, Subject
from bot.targets.outcome import Stage

CHECK = "response time"
PINGS = 3


async def read(subject: Subject) -> Measured:
    """ping_ms: of one PING, or the median of three."""
    lengths_ms = [stage.ms for stage in (await subject.outcome()).stages if _was_answered(stage)]
    if lengths_ms and lengths_ms[0] <= subject.target.thresholds.response_ms:
        return {"ping_ms": lengths_ms[0]}
    while len(lengths_ms) < PINGS:
        began_s = subject.clock.monotonic_s()
        await subject.redis.ask("PING")
        lengths_ms.append(1000 * (subject.clock.monotonic_s() - began_s))
    return {"ping_ms": statistics.median(lengths_ms)}


def _was_answered(stage: Stage) -> bool:
    return stage.name == "PING" and stage.state == "ok"


def judge(measured: Measured, thresholds: ThresholdsTable) -> list[Finding]:
    ping_ms = measured["ping_ms"]
    is_slow = ping_ms > thresholds.response_ms
    figure = f"{ping_ms:.0f} ms" if ping_ms >= 1 else f"{ping_ms:.1f} ms"
    return [
        Finding(
            check=CHECK,
            severity=Severity.WARNING if is_slow else Severity.OK,
            title=f"PING takes {figure}",
            meaning="Every request waits as long: a slow command, a busy host, or a slow network."
            if is_slow
            else "",
            figure=figure,
            threshold=f"warning over {thresholds.response_ms:g} ms",
            next_step=NextStep(label="Look at the host's CPU and the slow log (step 5).")
            if is_slow
            else None,
            figures={"ping_ms": round(ping_ms, 2)},
        )
    ]
