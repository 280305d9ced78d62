"""What is wrong with this Redis, found within 8 s whatever state it is in?

The ping first; then all questions of catalog.py at once, each within 3 s. What has no answer by then is "not
checked". The thresholds: the runbook, steps 3, 5 and 6.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
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
from bot.targets.probe import Probed, probe
from bot.targets.read_only import reading
from bot.targets.target import Target
from bot.tasks import end_tasks

__all__ = ["Diagnosis", "diagnosis_to_json", "outcome_to_json", "ping", "triage"]

log = logging.getLogger(__name__)

PING_WITHIN_S = 3.0
ANSWER_WITHIN_S = 3.0
ALONE_WITHIN_S = 1.5
LATER = "it takes a second: in a moment"

OnFirst = Callable[[Diagnosis], Awaitable[None]]
REDIS_WITHIN_S = 1.5  # for one answer of Redis


@dataclass(frozen=True)
class Answers:
    """What questions brought: findings, and those that have no answer."""

    findings: tuple[Finding, ...] = ()
    not_checked: tuple[NotChecked, ...] = ()


async def ping(target: Target, clock: Clock) -> Outcome:
    """Where the way to `target` ends, within 3 s. Raises nothing."""
    return (await _probed(target, clock)).outcome


async def _probed(target: Target, clock: Clock) -> Probed:
    return await probe(target.name, target.address, clock, budget_s=PING_WITHIN_S)


async def triage(
    target: Target, clock: Clock, http: httpx.AsyncClient, *, on_first: OnFirst | None = None
) -> Diagnosis:
    """All that is wrong with `target` as far as it answers, within 8 s. Raises nothing that Redis causes.

    `on_first` is given what is known before what takes a second, such as the counters' second look.
    """
    began_s = clock.monotonic_s()
    probing = asyncio.ensure_future(_probed(target, clock))

    def diagnosed(outcome: Outcome, answers: Sequence[Answers]) -> Diagnosis:
        took_ms = round(1000 * (clock.monotonic_s() - began_s))
        return _diagnosis(outcome, answers, took_ms=took_ms, measured_at_ms=clock.now_ms())

    async with reading(target.address, budget_s=REDIS_WITHIN_S) as redis:
        redis.warm()  # beside the ping, which alone says whether anything is asked
        subject = Subject(target, redis, http, clock, probing)
        answering = _Answering(subject, catalog.DIAGNOSTICS)
        try:
            first = await answering.first()
            if on_first and answering.goes_on:
                await on_first(diagnosed((await probing).outcome, [*first, *answering.awaited()]))
            answers = await answering.all()
        finally:
            await answering.close()
            await subject.close()
    return diagnosed((await probing).outcome, answers)


class _Answering:
    """All questions at once: those about the application, and about Redis as soon as it is reachable."""

    def __init__(self, subject: Subject, questions: Sequence[Question]) -> None:
        self._subject = subject
        self._questions = questions
        self._tasks: dict[str, asyncio.Task[Answers]] = {}
        self._answers: dict[str, Answers] = {}

    @property
    def goes_on(self) -> bool:
        return any(not task.done() for task in self._tasks.values())

    async def first(self) -> list[Answers]:
        """The answers of all that take no second."""
        self._begin(one for one in self._questions if not one.needs_redis)
        about_redis = [one for one in self._questions if one.needs_redis]
        if (await self._subject.outcome()).is_reachable:
            for one in about_redis:
                if one.alone:
                    self._answers[one.check] = await _answer(one, self._subject, within_s=ALONE_WITHIN_S)
            self._begin(one for one in about_redis if not one.alone and not one.later)
        else:
            for one in about_redis:
                self._answers[one.check] = _without_answer(one.check, "Redis cannot be reached")
        answers = await self._gathered(one for one in self._questions if not one.later)
        # Only now: on the one connection the others would wait behind a sample of the keys.
        self._begin(one for one in self._questions if one.later and one.check not in self._answers)
        return answers

    def awaited(self) -> list[Answers]:
        """What stands in for those that come later."""
        return [_without_answer(one.check, LATER) for one in self._questions if one.later]

    async def all(self) -> list[Answers]:
        """In the questions' order."""
        return await self._gathered(self._questions)

    async def close(self) -> None:
        await end_tasks(*self._tasks.values())

    def _begin(self, questions: Iterable[Question]) -> None:
        for one in questions:
            self._tasks[one.check] = asyncio.create_task(_answer(one, self._subject))

    async def _gathered(self, questions: Iterable[Question]) -> list[Answers]:
        return [self._answers.get(one.check) or await self._tasks[one.check] for one in questions]


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


def _diagnosis(
    outcome: Outcome, answers: Sequence[Answers], *, took_ms: int, measured_at_ms: int
) -> Diagnosis:
    found = [finding for answer in answers for finding in answer.findings]
    findings = sorted(found, key=lambda finding: finding.severity.rank)
    figures = {name: value for finding in findings for name, value in (finding.figures or {}).items()}
    return Diagnosis(
        target=outcome.target,
        outcome=outcome,
        findings=tuple(findings),
        likeliest=likeliest(Evidence(outcome, findings, figures)),
        not_checked=tuple(missing for answer in answers for missing in answer.not_checked),
        took_ms=took_ms,
        measured_at_ms=measured_at_ms,
        figures=figures,
    )
