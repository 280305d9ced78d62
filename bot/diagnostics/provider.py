"""Does the provider itself report an incident? The runbook's step 4.

A page that cannot be read is "not checked", never "all is well".
"""

from bot.config.tables import ThresholdsTable
from bot.diagnostics.finding import Finding, NextStep, Severity
from bot.diagnostics.question import Measured, NotSet, Subject
from bot.providers.status_page import status_of

CHECK = "provider"
SEVERITIES = {
    "minor": Severity.NOTICE,
    "maintenance": Severity.NOTICE,
    "major": Severity.WARNING,
    "critical": Severity.CRITICAL,
}


async def read(subject: Subject) -> Measured:
    """provider; indicator and description as its status page says them; fault when it does not."""
    provider = subject.target.provider
    if provider is None or provider.status_url is None:
        raise NotSet("no provider with a status_url in pong.toml")
    status = await status_of(subject.http, provider.status_url)
    said = {"indicator": status.indicator, "description": status.description, "fault": status.fault}
    return {"provider": provider.name, **said}


def judge(measured: Measured, thresholds: ThresholdsTable) -> list[Finding]:
    name, description = measured["provider"], measured["description"]
    if measured["fault"]:
        return [Finding(check=CHECK, severity=Severity.UNKNOWN, title=f"{name}: {measured['fault']}")]
    severity = SEVERITIES.get(measured["indicator"])
    if severity is None:
        return [Finding(check=CHECK, severity=Severity.OK, title=f"{name} reports no incident")]
    return [
        Finding(
            check=CHECK,
            severity=severity,
            title=f"{name} reports: {description or measured['indicator']}",
            meaning="If it is theirs, nothing here mends it: it passes when they have mended it.",
            figure=measured["indicator"],
            threshold="no incident",
            next_step=NextStep(label="Read its status page, tell people, write to its support (step 4)."),
        )
    ]
