"""Is the one core that Redis answers on used up?

The main thread's own time where the server tells it, else the whole process's.
https://redis.io/docs/latest/commands/info/
"""

from bot.config.tables import ThresholdsTable
from bot.diagnostics.finding import Finding, NextStep, Severity
from bot.diagnostics.question import Measured, NotSupported, Subject
from bot.diagnostics.samples import Samples
from bot.diagnostics.units import percent, seconds

CHECK = "CPU"
CRITICAL_PERCENT = 90
COUNTERS = (
    ("used_cpu_sys_main_thread", "used_cpu_user_main_thread"),
    ("used_cpu_sys", "used_cpu_user"),
)


async def read(subject: Subject) -> Measured:
    """core_share: of one core, 0 to 1, within window_s; None when the server restarted meanwhile."""
    samples = await subject.samples()
    if not any(name in samples.second for pair in COUNTERS for name in pair):
        raise NotSupported("not supported by this server: INFO has no section on the CPU")
    return {"core_share": _core_share(samples), "window_s": samples.window_s}


def judge(measured: Measured, thresholds: ThresholdsTable) -> list[Finding]:
    share = measured["core_share"]
    if share is None:
        return [Finding(check=CHECK, severity=Severity.UNKNOWN, title="the server restarted meanwhile")]
    is_used_up = 100 * share > CRITICAL_PERCENT
    figure = percent(share)
    return [
        Finding(
            check=CHECK,
            severity=Severity.WARNING if is_used_up else Severity.OK,
            title=f"Redis uses {figure} of its core, over {seconds(measured['window_s'])}",
            meaning="It answers one command after another on this core: all wait in line."
            if is_used_up
            else "",
            figure=figure,
            threshold=f"warning over {CRITICAL_PERCENT} %",
            next_step=NextStep(label="Look for slow commands and for who sends the most (step 5).")
            if is_used_up
            else None,
            figures={"core_percent": round(100 * share, 1)},
        )
    ]


def _core_share(samples: Samples) -> float | None:
    for names in COUNTERS:
        grown = [samples.growth(name) for name in names]
        if None not in grown:
            return sum(each or 0 for each in grown) / samples.window_s
    return None
