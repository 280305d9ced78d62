"""How are all questions asked of a target: what concerns no server once, the rest of each of its servers?

One server has one set of answers; of a cluster's nodes they come to one, see answers.py.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import httpx

from bot.clock import Clock
from bot.diagnostics.answering import Answering
from bot.diagnostics.answers import Answers, merged
from bot.diagnostics.question import Question, Subject
from bot.targets.address import Address
from bot.targets.endpoint import Server
from bot.targets.outcome import Outcome
from bot.targets.ping import PING_WITHIN_S
from bot.targets.probe import Probed, probe
from bot.targets.reach import Located, as_meant, whole
from bot.targets.read_only import reading
from bot.targets.target import Target
from bot.tasks import end_tasks

REDIS_WITHIN_S = 1.5  # for one answer of Redis
NOWHERE = Address(scheme="unix", path="/nowhere")  # for a target whose servers nobody knows: never asked

ByCheck = dict[str, Answers]


@dataclass(frozen=True)
class Means:
    """What a target is examined with. The questions are in the order of their answers."""

    target: Target
    clock: Clock
    http: httpx.AsyncClient
    questions: Sequence[Question]


class Examination:
    """Build it with `examining`. Ask with `first`, then `all`."""

    def __init__(
        self, probing: "asyncio.Task[Probed]", once: Answering, nodes: Mapping[str, Answering]
    ) -> None:
        self._probing = probing
        self._once = once
        self._nodes = nodes

    @property
    def goes_on(self) -> bool:
        return any(one.goes_on for one in (self._once, *self._nodes.values()))

    async def outcome(self) -> Outcome:
        return (await self._probing).outcome

    async def first(self) -> ByCheck:
        """The answers of all that take no second, by check."""
        answers = await asyncio.gather(self._once.first(), *(one.first() for one in self._nodes.values()))
        return self._as_one(answers)

    def awaited(self) -> ByCheck:
        """What stands in for those that come later."""
        return self._as_one([self._once.awaited(), *(one.awaited() for one in self._nodes.values())])

    async def all(self) -> ByCheck:
        """Every answer, by check."""
        answers = await asyncio.gather(self._once.all(), *(one.all() for one in self._nodes.values()))
        return self._as_one(answers)

    async def close(self) -> None:
        await asyncio.gather(self._once.close(), *(one.close() for one in self._nodes.values()))

    def _as_one(self, answers: Sequence[ByCheck]) -> ByCheck:
        once, *of_nodes = answers
        named = list(zip(self._nodes, of_nodes, strict=True))
        checks = [check for check in (of_nodes[0] if of_nodes else ())]
        return once | {check: merged({node: answers[check] for node, answers in named}) for check in checks}


@asynccontextmanager
async def examining(means: Means, located: Located) -> AsyncIterator[Examination]:
    """The ping of every server has begun, and the connections that the questions will need are being made."""
    probings = [asyncio.create_task(_probe(means, node)) for node in located.nodes]
    probing = asyncio.create_task(_together(means.target, located, probings))
    async with AsyncExitStack() as stack:
        stack.push_async_callback(end_tasks, probing, *probings)
        about_redis = [one for one in means.questions if one.needs_redis]
        nodes = {}
        for node, its_probing in zip(located.nodes, probings, strict=True):
            subject = await _subject(stack, means, located, its_probing, node)
            nodes[str(node)] = Answering(subject, about_redis)
        asked_once = [one for one in means.questions if not nodes or not one.needs_redis]
        once = await _subject(stack, means, located, probing, NOWHERE)
        examination = Examination(probing, Answering(once, asked_once), nodes)
        stack.push_async_callback(examination.close)
        yield examination


async def _probe(means: Means, node: Server) -> Probed:
    return await probe(means.target.name, node, means.clock, budget_s=PING_WITHIN_S)


async def _together(target: Target, located: Located, probings: Sequence["asyncio.Task[Probed]"]) -> Probed:
    probed = await asyncio.gather(*(asyncio.shield(one) for one in probings))
    said = whole(target.name, located, probed)
    return Probed(as_meant(said, probed, is_replica=target.is_replica))


async def _subject(
    stack: AsyncExitStack, means: Means, located: Located, probing: "asyncio.Task[Probed]", node: Server
) -> Subject:
    redis = await stack.enter_async_context(reading(node, budget_s=REDIS_WITHIN_S))
    if node is not NOWHERE:
        redis.warm()  # beside the ping, which alone says whether anything is asked
    return Subject(means.target, redis, means.http, means.clock, probing, located)
