"""Does a plan of several steps go on where it was broken off, and do nothing twice that must not be?"""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from bot.execution import hands
from bot.execution.effects.effect import Effect, Outcome
from bot.execution.engine import Engine
from bot.execution.hands import Hands
from bot.execution.running import Running
from bot.remediations.plan import ConfiguredCommand, HttpCall, Repeat
from bot.tasks import end_tasks
from tests.commands.redis.test_restart import SICK, incident
from tests.fixtures.answering import answering
from tests.fixtures.asking import asked
from tests.fixtures.carrying_out import carried_out, confirmed, outcome, the_offer
from tests.fixtures.redis_server import RedisServer
from tests.fixtures.small_pong import DEV, MARIA, SmallPong, asks

CALLS = "cmdstat_config|set"


async def dies_once(small: SmallPong, is_so: Callable[[], Awaitable[bool]], *, within_s: float = 20) -> None:
    """An engine that dies as soon as `is_so`, in the middle of whatever it does then."""
    runs = asyncio.create_task(Engine(small.pong).run())
    try:
        async with asyncio.timeout(within_s):
            while not await is_so():  # noqa: ASYNC110 - the store is another thread's
                await asyncio.sleep(0.01)
    finally:
        await end_tasks(runs)


def step_is(small: SmallPong, number: int, state: str) -> Callable[[], Awaitable[bool]]:
    async def is_so() -> bool:
        steps = await small.pong.store.read(lambda records: records.approvals.steps(1))
        return any((step["n"], step["state"]) == (number, state) for step in steps)

    return is_so


def appender(path: Path) -> list[str]:
    """A command that leaves one line each time it runs."""
    return [sys.executable, "-c", f"open({str(path)!r}, 'a').write('ran\\n')"]


def runs(path: Path) -> int:
    return len(path.read_text().splitlines()) if path.exists() else 0


@pytest.fixture
def configured(tmp_path: Path) -> Any:
    """A server that has a configuration file."""
    server = RedisServer("--maxmemory", "24mb")
    file = tmp_path / "redis.conf"
    file.write_text("# kept\n")
    server.begins_with = (str(file),)
    with server:
        yield server, file


async def test_every_step_runs_in_order_and_is_kept(tmp_path: Path, configured: Any) -> None:
    server, file = configured
    async with incident(tmp_path, server) as small:
        await asked(small, asks("scale", words=("48mb",)))
        await confirmed(small, [MARIA])
        assert (await carried_out(small))["state"] == "succeeded"
        steps = await small.pong.store.read(lambda records: records.approvals.steps(1))
        assert [step["state"] for step in steps] == ["done", "done", "done"]
        assert "maxmemory 48mb" in file.read_text()
        assert [event.data["step"] for event in small.noted if event.kind == "execution.step"] == [0, 1]


async def test_engine_that_died_between_steps_goes_on_with_the_next(
    tmp_path: Path, configured: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, file = configured
    never = asyncio.Event()

    async def stands_still(*_: object, **__: object) -> Effect:
        await never.wait()
        raise AssertionError

    async with incident(tmp_path, server) as small:
        await asked(small, asks("scale", words=("48mb",)))
        await confirmed(small, [MARIA])
        with monkeypatch.context() as patched:
            patched.setattr(hands, "wait", stands_still)
            await dies_once(small, step_is(small, 1, "intended"))
        assert "maxmemory 48mb" not in file.read_text()
        assert (await carried_out(small))["state"] == "succeeded"
        assert "maxmemory 48mb" in file.read_text()
        assert server.command("INFO", "commandstats")[CALLS]["calls"] == 1


async def test_a_command_that_may_have_run_is_unknown_and_not_run_again(
    tmp_path: Path, server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = tmp_path / "ran"
    async with incident(tmp_path, server, application={"restart_command": appender(ran)}) as small:
        await asked(small, asks("restart", words=("app",)))
        await confirmed(small, [MARIA])
        with monkeypatch.context() as patched:
            patched.setattr(hands.command, "run", then_stands_still())
            await dies_once(small, lambda: _is(runs(ran) == 1))
        assert (await carried_out(small))["state"] == "unknown"
        assert runs(ran) == 1
        text = await outcome(small)
        assert "Unknown outcome" in text
        assert "It will not be run again by itself" in text


async def test_a_restart_that_came_about_is_seen_outside_and_not_done_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = tmp_path / "ran"
    with RedisServer() as own:
        own.command("SET", "job:1", "x")
        async with incident(tmp_path, own, restart_command=appender(ran)) as small:
            await asked(small, asks("restart", words=("redis",)))
            await confirmed(small, [MARIA, DEV])
            with monkeypatch.context() as patched:
                patched.setattr(hands.command, "run", then_stands_still())
                await dies_once(small, lambda: _is(runs(ran) == 1))
            own.kill()
            own.start()
            assert (await carried_out(small))["state"] == "succeeded"
            assert runs(ran) == 1


async def test_a_restart_that_cannot_be_seen_is_unknown(
    tmp_path: Path, server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = tmp_path / "ran"
    server.command("SET", "job:1", "x")
    async with incident(tmp_path, server, restart_command=appender(ran)) as small:
        await asked(small, asks("restart", words=("redis",)))
        await confirmed(small, [MARIA, DEV])
        with monkeypatch.context() as patched:
            patched.setattr(hands.command, "run", then_stands_still())
            await dies_once(small, lambda: _is(runs(ran) == 1))
        monkeypatch.setattr(hands, "wait", not_in_time)
        assert (await carried_out(small))["state"] == "unknown"
        assert runs(ran) == 1


async def test_stop_is_heard_between_steps_and_says_what_is_done(
    tmp_path: Path, configured: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, file = configured

    async def stopped_meanwhile(*_: object, **__: object) -> Effect:
        ref = (await the_offer(small)).approval.ref
        await asked(small, asks("stop", by=DEV, via="button", ref=ref))
        return Effect(Outcome.DONE, "it holds")

    async with incident(tmp_path, server) as small:
        await asked(small, asks("scale", words=("48mb",)))
        await confirmed(small, [MARIA])
        monkeypatch.setattr(hands, "wait", stopped_meanwhile)
        assert (await carried_out(small))["state"] == "failed"
        assert "maxmemory 48mb" not in file.read_text()
        text = await outcome(small)
        assert f"was stopped by <@{DEV}> before CONFIG REWRITE" in text
        assert [event.actor for event in small.noted if event.kind == "execution.failed"] == [DEV]
        assert "Undo: CONFIG SET maxmemory 25165824" in text


async def test_goal_that_is_not_reached_is_no_success(
    tmp_path: Path, server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.remediations.restart.APPLICATION_WITHIN_S", 1)
    with answering(lambda: SICK) as url:
        application = {"health_url": url, "restart_command": [sys.executable, "-c", ""]}
        async with incident(tmp_path, server, application=application) as small:
            await asked(small, asks("restart", words=("app",)))
            await confirmed(small, [MARIA])
            assert (await carried_out(small))["state"] == "failed"
            text = await outcome(small)
            assert "was carried out, and its goal is not reached" in text
            assert "shop says redis disconnected" in text


async def _is(value: bool) -> bool:
    return value


async def not_in_time(*_: object, **__: object) -> Effect:
    return Effect(Outcome.FAILED, "not within 120 s")


def then_stands_still() -> Callable[..., Awaitable[Effect]]:
    """The command itself, and then an engine that dies before it can keep that."""
    really = hands.command.run

    async def run(step: ConfiguredCommand, **how: Any) -> Effect:
        await really(step, **how)
        await asyncio.Event().wait()
        raise AssertionError

    return run


async def test_what_lacks_a_token_was_not_sent_and_is_not_unknown(tmp_path: Path, configured: Any) -> None:
    server, _ = configured
    call = HttpCall(service="Cloudflare", method="POST", path="/rules", undo="", repeat=Repeat.NEVER)
    async with incident(tmp_path, server, application={"restart_command": ["true"]}) as small:
        await asked(small, asks("restart", words=("app",)))
        offer = await the_offer(small)
        effect = await Hands(small.pong, offer, Running(small.pong, 1, 1, offer)).do(0, call, None)
    assert effect.outcome is Outcome.NOT_SENT
    assert "CLOUDFLARE_API_TOKEN is not set" in effect.detail
