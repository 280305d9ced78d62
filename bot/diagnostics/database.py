"""What does the provider say of this database: does it run, and is it near its plan's limits? Step 4."""

from bot.config.tables import ThresholdsTable
from bot.diagnostics.finding import Finding, NextStep, Severity
from bot.diagnostics.question import Measured, NotSet, Subject
from bot.diagnostics.units import in_bytes, percent
from bot.providers.database import Usage

CHECK = "database"


async def read(subject: Subject) -> Measured:
    """provider; status and is_well as it says; usages: [Usage]; notes; fault when it says nothing."""
    database = subject.target.database
    if database is None:
        raise NotSet("no database at a provider in pong.toml")
    state = await database.state(subject.http)
    return {"provider": database.provider, **vars(state)}


def judge(measured: Measured, thresholds: ThresholdsTable) -> list[Finding]:
    provider, status = measured["provider"], measured["status"]
    if measured["fault"]:
        return [Finding(check=CHECK, severity=Severity.UNKNOWN, title=measured["fault"])]
    if not measured["is_well"]:
        return [_unwell(provider, status)]
    near = [_near(provider, usage, thresholds) for usage in measured["usages"]]
    found = [
        *(finding for finding in near if finding),
        *(_note(provider, note) for note in measured["notes"]),
    ]
    if found:
        return found
    title = f"{provider} says it is {status}{_told(measured['usages'])}"
    return [Finding(check=CHECK, severity=Severity.OK, title=title, figure=status)]


def _unwell(provider: str, status: str) -> Finding:
    return Finding(
        check=CHECK,
        severity=Severity.CRITICAL,
        title=f"{provider} says this database is {status}",
        meaning="The provider itself does not run it as usual.",
        figure=status,
        threshold="active or online",
        next_step=NextStep(label="Look at the provider's console, and write to its support (step 4)."),
    )


def _near(provider: str, usage: Usage, thresholds: ThresholdsTable) -> Finding | None:
    share = 100 * usage.used / usage.limit
    if share <= thresholds.memory_warning_percent:
        return None
    figure = f"{percent(share / 100)} of {_amount(usage.name, usage.limit)}"
    return Finding(
        check=CHECK,
        severity=Severity.CRITICAL if share > thresholds.memory_critical_percent else Severity.WARNING,
        title=f"{usage.name}: {figure} that the plan allows",
        meaning=f"Over the limit {provider} refuses what comes.",
        figure=figure,
        threshold=f"warning over {thresholds.memory_warning_percent:g} %",
        next_step=NextStep(label="Change the plan (step 10), or use less."),
        figures={f"plan_{usage.name.replace(' ', '_')}_percent": round(share, 1)},
    )


def _note(provider: str, note: str) -> Finding:
    return Finding(
        check=CHECK,
        severity=Severity.NOTICE,
        title=f"{provider}: {note}",
        next_step=NextStep(label="Look at the provider's console (step 4)."),
    )


def _told(usages: tuple[Usage, ...]) -> str:
    said = (f"{usage.name} {percent(usage.used / usage.limit)}" for usage in usages)
    return f": {', '.join(said)}" if usages else ""


def _amount(name: str, limit: float) -> str:
    return in_bytes(limit) if "bytes" in name else f"{limit:,.0f}"
