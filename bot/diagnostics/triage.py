"""What is wrong with this Redis, found within 8 s whatever state it is in?

Which servers it is, then the ping, then all questions of catalog.py at once, each within 3 s. What has no
answer by then is "not checked". The thresholds: the runbook, steps 3, 5 and 6.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import httpx

from bot import catalog
from bot.clock import Clock
from bot.diagnostics.answers import highest
from bot.diagnostics.diagnosis import Diagnosis, diagnosis_to_json, outcome_to_json
from bot.diagnostics.examination import ByCheck, Means, examining
from bot.diagnostics.likeliest import Evidence, likeliest
from bot.targets.outcome import Outcome
from bot.targets.reach import locate
from bot.targets.target import Target

__all__ = ["Diagnosis", "diagnosis_to_json", "outcome_to_json", "triage"]

OnFirst = Callable[[Diagnosis], Awaitable[None]]


async def triage(
    target: Target, clock: Clock, http: httpx.AsyncClient, *, on_first: OnFirst | None = None
) -> Diagnosis:
    """All that is wrong with `target` as far as it answers, within 8 s. Raises nothing that Redis causes.

    `on_first` is given what is known before what takes a second, such as the counters' second look.
    """
    began_s = clock.monotonic_s()

    def diagnosed(outcome: Outcome, answers: ByCheck) -> Diagnosis:
        took_ms = round(1000 * (clock.monotonic_s() - began_s))
        return replace(_diagnosis(outcome, answers), took_ms=took_ms, measured_at_ms=clock.now_ms())

    means = Means(target, clock, http, catalog.DIAGNOSTICS)
    async with examining(means, await locate(target.address, clock)) as examination:
        first = await examination.first()
        if on_first and examination.goes_on:
            await on_first(diagnosed(await examination.outcome(), first | examination.awaited()))
        return diagnosed(await examination.outcome(), await examination.all())


def _diagnosis(outcome: Outcome, by_check: ByCheck) -> Diagnosis:
    answers = [by_check[one.check] for one in catalog.DIAGNOSTICS if one.check in by_check]
    found = [finding for answer in answers for finding in answer.findings]
    findings = sorted(found, key=lambda finding: finding.severity.rank)
    figures = highest(findings)
    return Diagnosis(
        target=outcome.target,
        outcome=outcome,
        findings=tuple(findings),
        likeliest=likeliest(Evidence(outcome, findings, figures)),
        not_checked=tuple(missing for answer in answers for missing in answer.not_checked),
        took_ms=0,
        measured_at_ms=0,
        figures=figures,
    )
