"""Has what no engine can go on with an end that says no more, and no less, than is known?"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.errors import StoreBusy
from bot.execution import engine, hands
from bot.execution.running import Running
from bot.targets.target import Targets
from tests.bot.execution.test_hands import appender, dies_once, runs, step_is
from tests.commands.redis.test_restart import incident
from tests.fixtures.asking import asked
from tests.fixtures.carrying_out import carried_out, confirmed, outcome
from tests.fixtures.redis_server import RedisServer
from tests.fixtures.small_pong import MARIA, SmallPong, asks, settings

RESTARTS: dict[str, Any] = {"restart_command": ["restart-shop"]}


@asynccontextmanager
async def broken_off(path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SmallPong]:
    """An engine died in the middle of a program that must not run twice."""

    async def hangs(*_: object, **__: object) -> None:
        await asyncio.Event().wait()

    with RedisServer() as server:
        async with incident(path, server, application=RESTARTS) as small:
            await asked(small, asks("restart", words=("app",)))
            await confirmed(small, [MARIA])
            with monkeypatch.context() as patched:
                patched.setattr(hands.command, "run", hangs)
                await dies_once(small, step_is(small, 0, "intended"))
            yield small


def without_its_target(small: SmallPong, path: Path) -> SmallPong:
    """The same Pong after a restart, with a pong.toml in which the target is missing."""
    others = Targets.from_settings(settings(path, targets={"other": {}}))
    return replace(small, pong=replace(small.pong, targets=others))


async def test_what_may_have_run_is_unknown_also_when_its_target_has_left_pong_toml(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    async with broken_off(tmp_path, monkeypatch) as small:
        assert (await carried_out(without_its_target(small, tmp_path)))["state"] == "unknown"
        said = await outcome(small)
        assert "Unknown outcome" in said
        assert 'There is no target "redis-prod"' in said
        assert "ask again" not in said
        assert "is not known yet" in await asked(small, asks("restart", words=("app",)))


async def test_what_was_done_and_could_not_be_kept_is_unknown_and_not_done_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: RedisServer
):
    kept = Running.finish
    ran = tmp_path / "ran"
    left = [StoreBusy("The store cannot take a write now.")]

    async def busy_once(self: Running, *given: Any, **more: Any) -> None:
        if left:
            raise left.pop()
        await kept(self, *given, **more)

    monkeypatch.setattr(Running, "finish", busy_once)
    monkeypatch.setattr(engine, "LEASE_MS", 1_500)
    async with incident(tmp_path, server, application={"restart_command": appender(ran)}) as small:
        await asked(small, asks("restart", words=("app",)))
        await confirmed(small, [MARIA])
        assert (await carried_out(small))["state"] == "unknown"
        assert "what became of it could not be kept" in await outcome(small)
    assert runs(ran) == 1
