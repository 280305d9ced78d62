"""Does the end of a plan tell who ended it, and whoever pressed Stop too late that it was too late?"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.execution import hands
from bot.execution.effects.effect import Effect, Outcome
from bot.timeline import PONG
from tests.bot.execution.test_ends import RESTARTS
from tests.commands.redis.test_restart import incident
from tests.fixtures.asking import asked
from tests.fixtures.carrying_out import carried_out, confirmed, outcome, the_offer
from tests.fixtures.redis_server import RedisServer
from tests.fixtures.small_pong import DEV, MARIA, SmallPong, asks


@asynccontextmanager
async def stopped_in_the_last_command(
    path: Path, monkeypatch: pytest.MonkeyPatch, ends: Effect
) -> AsyncIterator[SmallPong]:
    """Somebody presses Stop while it runs, and it ends by itself."""

    async def stopped_meanwhile(*_: object, **__: object) -> Effect:
        ref = (await the_offer(small)).approval.ref
        assert "asked to stop" in await asked(small, asks("stop", by=DEV, via="button", ref=ref))
        return ends

    monkeypatch.setattr(hands.command, "run", stopped_meanwhile)
    with RedisServer() as server:
        async with incident(path, server, application=RESTARTS) as small:
            await asked(small, asks("restart", words=("app",)))
            await confirmed(small, [MARIA])
            await carried_out(small)
            yield small


def ends_of(small: SmallPong) -> list[tuple[str, str]]:
    ends = ("execution.succeeded", "execution.failed", "execution.unknown")
    return [(event.kind, event.actor) for event in small.noted if event.kind in ends]


async def test_stop_that_came_too_late_did_not_do_it_and_is_told_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    done = Effect(Outcome.DONE, "the command ended with 0")
    async with stopped_in_the_last_command(tmp_path, monkeypatch, done) as small:
        assert ends_of(small) == [("execution.succeeded", PONG)]
        assert f"Stop by <@{DEV}> came too late." in await outcome(small)


async def test_what_failed_by_itself_was_not_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    failed = Effect(Outcome.FAILED, "the command ended with 7")
    async with stopped_in_the_last_command(tmp_path, monkeypatch, failed) as small:
        assert ends_of(small) == [("execution.failed", PONG)]
        said = await outcome(small)
        assert "broke off at restart-shop: the command ended with 7" in said
        assert f"Stop by <@{DEV}> did not end it." in said
