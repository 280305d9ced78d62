"""How is every question asked, each within its own time, so that none waits for another?

Those that need no Redis are asked at once; the others as soon as the ping says that it is reachable.
"""

import asyncio
import logging
from collections.abc import Iterable, Sequence

from redis.exceptions import RedisError

from bot.diagnostics.answers import Answers
from bot.diagnostics.question import NotSet, NotSupported, Question, Subject
from bot.targets.meanings import MEANINGS
from bot.targets.outcomes import NotRedis, kind_of
from bot.tasks import end_tasks

log = logging.getLogger(__name__)

ANSWER_WITHIN_S = 3.0
ALONE_WITHIN_S = 1.5
LATER = "it takes a second: in a moment"


class Answering:
    """`questions` about one `subject`. Ask with `first`, then `all`; end with `close`."""

    def __init__(self, subject: Subject, questions: Sequence[Question]) -> None:
        self._subject = subject
        self._questions = questions
        self._tasks: dict[str, asyncio.Task[Answers]] = {}
        self._answers: dict[str, Answers] = {}

    @property
    def goes_on(self) -> bool:
        return any(not task.done() for task in self._tasks.values())

    async def first(self) -> dict[str, Answers]:
        """The answers of all that take no second, by check."""
        self._begin(one for one in self._questions if not one.needs_redis)
        about_redis = [one for one in self._questions if one.needs_redis]
        if about_redis and not (await self._subject.outcome()).is_reachable:
            for one in about_redis:
                self._answers[one.check] = Answers.without(one.check, "Redis cannot be reached")
            about_redis = []
        for one in about_redis:
            if one.alone:
                self._answers[one.check] = await _answer(one, self._subject, within_s=ALONE_WITHIN_S)
        self._begin(one for one in about_redis if not one.alone and not one.later)
        answers = await self._gathered(one for one in self._questions if not one.later)
        # Only now: on the one connection the others would wait behind a sample of the keys.
        self._begin(one for one in about_redis if one.later)
        return answers

    def awaited(self) -> dict[str, Answers]:
        """What stands in for those that come later."""
        later = (one for one in self._questions if one.later)
        return {one.check: self._answers.get(one.check) or Answers.without(one.check, LATER) for one in later}

    async def all(self) -> dict[str, Answers]:
        """Every answer, by check."""
        return await self._gathered(self._questions)

    async def close(self) -> None:
        await end_tasks(*self._tasks.values())
        await self._subject.close()

    def _begin(self, questions: Iterable[Question]) -> None:
        for one in questions:
            self._tasks[one.check] = asyncio.create_task(_answer(one, self._subject))

    async def _gathered(self, questions: Iterable[Question]) -> dict[str, Answers]:
        return {one.check: self._answers.get(one.check) or await self._tasks[one.check] for one in questions}


async def _answer(question: Question, subject: Subject, *, within_s: float = ANSWER_WITHIN_S) -> Answers:
    check = question.check
    try:
        async with asyncio.timeout(within_s):
            return Answers.of(question.judge(await question.read(subject), subject.target.thresholds))
    except NotSupported as error:
        return Answers.without(check, str(error), is_unset=isinstance(error, NotSet))
    except TimeoutError:
        return Answers.without(check, f"no answer within {within_s:.0f} s")
    except (RedisError, NotRedis, OSError) as error:
        return Answers.without(check, f"Redis {MEANINGS[kind_of(error)].says}")
    except Exception:  # one question that trips over a strange answer must not take the others along
        log.exception("the question %r failed", check)
        return Answers.without(check, "Pong could not read the answer; its log says why")
