"""Does the process hold much more memory than its data need?

Over 1.4 counts only from a floor on: an empty server shows 13.7.
https://redis.io/docs/latest/commands/memory-doctor/
"""

from bot.config.tables import ThresholdsTable
from bot.diagnostics.finding import Finding, NextStep, Severity
from bot.diagnostics.question import Measured, NotSupported, Subject
from bot.diagnostics.samples import number
from bot.diagnostics.units import in_bytes

CHECK = "fragmentation"
RATIO_MOST = 1.4
FLOOR_BYTES = 100 * 2**20


async def read(subject: Subject) -> Measured:
    """ratio of what the system sees to what the data need, and wasted_bytes between them."""
    info = await subject.info()
    ratio, wasted_bytes = number(info, "mem_fragmentation_ratio"), number(info, "mem_fragmentation_bytes")
    if ratio is None or wasted_bytes is None:
        raise NotSupported("not supported by this server: INFO has no mem_fragmentation_ratio")
    return {"ratio": ratio, "wasted_bytes": wasted_bytes}


def judge(measured: Measured, thresholds: ThresholdsTable) -> list[Finding]:
    ratio, wasted_bytes = measured["ratio"], measured["wasted_bytes"]
    is_high = ratio > RATIO_MOST and wasted_bytes > FLOOR_BYTES
    figures = {"fragmentation_ratio": ratio, "fragmentation_bytes": wasted_bytes}
    if not is_high:
        return [Finding(check=CHECK, severity=Severity.OK, title="Memory is not fragmented", figures=figures)]
    return [
        Finding(
            check=CHECK,
            severity=Severity.NOTICE,
            title=f"Fragmentation {ratio:.1f}: {in_bytes(wasted_bytes)} held and not used",
            meaning="The host's memory fills sooner than maxmemory says.",
            figure=f"{ratio:.1f}",
            threshold=f"over {RATIO_MOST} and {in_bytes(FLOOR_BYTES)}",
            next_step=NextStep(label="Turn activedefrag on, or restart in a quiet hour."),
            figures=figures,
        )
    ]
