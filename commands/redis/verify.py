"""`/redis verify [target]`: is it whole again?"""

from bot.people import Role
from bot.pong import Pong
from bot.request import Request, Verb, Work
from bot.slack.render.verification import verification_message
from bot.store.records import Records
from bot.watching.examine import verified
from commands.answering import Answer, asked

USAGE = "/redis verify [target]"


async def run(request: Request, pong: Pong) -> Work:
    question = await asked(request, pong, "Verifying", usage=USAGE)
    verification, _ = await verified(pong, question.target)

    async def answer(records: Records) -> None:
        await question.answered(
            records,
            Answer(
                message=lambda ref: verification_message(verification),
                event="redis.verified",
                noted={"verdict": verification.verdict},
                kind="verify",
                facts=verification.facts(),
            ),
        )

    return answer


VERB = Verb(
    name="verify",
    role=Role.VIEWER,
    run=run,
    command="/redis",
    usage=USAGE,
    example="/redis verify redis-prod",
    explains="is it whole again",
)
