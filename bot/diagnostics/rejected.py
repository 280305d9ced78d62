"""Are clients turned away right now?

rejected_connections counts those over maxclients, and nothing else. https://redis.io/docs/latest/commands/info/
"""

from bot.config.tables import ThresholdsTable
from bot.diagnostics.finding import Finding, NextStep, Severity
from bot.diagnostics.question import Measured, Subject
from bot.diagnostics.units import count, seconds

CHECK = "rejected clients"


async def read(subject: Subject) -> Measured:
    """rejected: connections within window_s, None when void."""
    samples = await subject.samples()
    return {"rejected": samples.growth("rejected_connections"), "window_s": samples.window_s}


def judge(measured: Measured, thresholds: ThresholdsTable) -> list[Finding]:
    rejected, within = measured["rejected"], seconds(measured["window_s"])
    if rejected is None:
        return [Finding(check=CHECK, severity=Severity.UNKNOWN, title="the server restarted meanwhile")]
    figures = {"rejected_connections": rejected, "window_s": measured["window_s"]}
    if rejected == 0:
        title = f"No client turned away in {within}"
        return [Finding(check=CHECK, severity=Severity.OK, title=title, figures=figures)]
    return [
        Finding(
            check=CHECK,
            severity=Severity.CRITICAL,
            title=f"{count(rejected, 'client', 'clients')} turned away in {within}",
            meaning="All of maxclients are taken: somebody keeps too many connections open.",
            figure=f"{rejected:,.0f} in {within}",
            threshold="any is too many",
            next_step=NextStep(label="Restart the application that leaks connections (step 8)."),
            figures=figures,
        )
    ]
