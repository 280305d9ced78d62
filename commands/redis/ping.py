"""`/redis ping [target]`: does it answer, and if not, where does the way end?"""

from bot.diagnostics.triage import outcome_to_json
from bot.people import Role
from bot.pong import Pong
from bot.request import Request, Verb, Work
from bot.slack.render.diagnosis import ping_message
from bot.store.records import Records
from bot.targets.ping import ping
from commands.answering import Answer, asked

USAGE = "/redis ping [target]"


async def run(request: Request, pong: Pong) -> Work:
    question = await asked(request, pong, "Asking", usage=USAGE)
    outcome = await ping(question.target, pong.clock)

    async def answer(records: Records) -> None:
        await question.answered(
            records,
            Answer(
                message=lambda ref: ping_message(outcome),
                event="redis.pinged",
                noted={"outcome": outcome.kind, "says": outcome.says},
                kind="ping",
                facts=outcome_to_json(outcome),
            ),
        )

    return answer


VERB = Verb(
    name="ping",
    role=Role.VIEWER,
    run=run,
    command="/redis",
    usage=USAGE,
    example="/redis ping redis-prod",
    explains="does it answer, and if not, why",
)
