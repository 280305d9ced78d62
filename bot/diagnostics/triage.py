"""What is wrong with this Redis, found within 8 s whatever state it is in?

The ping first; then all questions of catalog.py at once, each within 3 s. What has no answer by then is "not
checked". The thresholds: the runbook, steps 3, 5 and 6.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

import httpx
from redis.exceptions import RedisError

from bot import catalog
from bot.clock import Clock
from bot.diagnostics.diagnosis import Diagnosis, NotChecked, diagnosis_to_json, outcome_to_json
from bot.diagnostics.finding import Finding, Severity
from bot.diagnostics.likeliest import Evidence, likeliest
from bot.diagnostics.question import NotSet, NotSupported, Question, Subject
from bot.targets.meanings import MEANINGS
from bot.targets.outcome import Outcome
from bot.targets.outcomes import kind_of
from bot.targets.probe import probe
from bot.targets.read_only import reading
from bot.targets.target import Target

__all__ = ["Diagnosis", "diagnosis_to_json", "outcome_to_json", "ping", "triage"]

log = logging.getLogger(__name__)

PING_WITHIN_S = 3.0
ANSWER_WITHIN_S = 3.0
ALONE_WITHIN_S = 1.5
REDIS_WITHIN_S = 1.5  # for one answer of Redis


@dataclass(frozen=True)
class Answers:
    """What questions brought: findings, and those that have no answer."""

    findings: tuple[Finding, ...] = ()
    not_checked: tuple[NotChecked, ...] = ()


async def ping(target: Target, clock: Clock) -> Outcome:
    """Where the way to `target` ends, within 3 s. Raises nothing."""
    return await probe(target.name, target.address, clock, budget_s=PING_WITHIN_S)


async def triage(target: Target, clock: Clock, http: httpx.AsyncClient) -> Diagnosis:
    """All that is wrong with `target` as far as it answers, within 8 s. Raises nothing that Redis causes."""
    began_s = clock.monotonic_s()
    probing = asyncio.ensure_future(ping(target, clock))
    async with reading(target.address, budget_s=REDIS_WITHIN_S) as redis:
        subject = Subject(target, redis, http, clock, probing)
        try:
            answers = await _all_answers(subject, catalog.DIAGNOSTICS)
        finally:
            await subject.close()
    took_ms = round(1000 * (clock.monotonic_s() - began_s))
    return _diagnosis(await probing, answers, took_ms=took_ms, measured_at_ms=clock.now_ms())


async def _all_answers(subject: Subject, questions: Sequence[Question]) -> Answers:
    """Those about the application at once, those about Redis as soon as it turns out to be reachable."""
    about_application = asyncio.gather(*(_answer(one, subject) for one in questions if not one.needs_redis))
    about_redis = [one for one in questions if one.needs_redis]
    outcome = await subject.outcome()
    if outcome.is_reachable:
        answers = [await _answer(one, subject, within_s=ALONE_WITHIN_S) for one in about_redis if one.alone]
        answers += await asyncio.gather(*(_answer(one, subject) for one in about_redis if not one.alone))
    else:
        answers = [_without_answer(one.check, "Redis cannot be reached") for one in about_redis]
    answers += await about_application
    return Answers(
        tuple(finding for answer in answers for finding in answer.findings),
        tuple(missing for answer in answers for missing in answer.not_checked),
    )


async def _answer(question: Question, subject: Subject, *, within_s: float = ANSWER_WITHIN_S) -> Answers:
    try:
        async with asyncio.timeout(within_s):
            findings = question.judge(await question.read(subject), subject.target.thresholds)
    except NotSupported as error:
        return _without_answer(question.check, str(error), is_unset=isinstance(error, NotSet))
    except TimeoutError:
        return _without_answer(question.check, f"no answer within {within_s:.0f} s")
    except (RedisError, OSError) as error:
        return _without_answer(question.check, f"Redis {MEANINGS[kind_of(error)].says}")
    except Exception:  # one question that trips over a strange answer must not take the others along
        log.exception("the question %r failed", question.check)
        return _without_answer(question.check, "Pong could not read the answer; its log says why")
    unknown = [
        NotChecked(check=one.check, why=one.title) for one in findings if one.severity is Severity.UNKNOWN
    ]
    return Answers(tuple(one for one in findings if one.severity is not Severity.UNKNOWN), tuple(unknown))


def _without_answer(check: str, why: str, *, is_unset: bool = False) -> Answers:
    return Answers(not_checked=(NotChecked(check=check, why=why, is_unset=is_unset),))


def _diagnosis(outcome: Outcome, answers: Answers, *, took_ms: int, measured_at_ms: int) -> Diagnosis:
    findings = sorted(answers.findings, key=lambda finding: finding.severity.rank)
    figures = {name: value for finding in findings for name, value in (finding.figures or {}).items()}
    return Diagnosis(
        target=outcome.target,
        outcome=outcome,
        findings=tuple(findings),
        likeliest=likeliest(Evidence(outcome, findings, figures)),
        not_checked=answers.not_checked,
        took_ms=took_ms,
        measured_at_ms=measured_at_ms,
        figures=figures,
    )
