import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.clock import DrivenClock
from bot.playground.panel.pong import PongCommand, PongProcess
from tests.bot.playground.conftest import Eventually


@pytest.fixture
def clock() -> DrivenClock:
    return DrivenClock()


@pytest.fixture
async def pong(tmp_path: Path, clock: DrivenClock) -> AsyncIterator[PongProcess]:
    command = PongCommand(
        words=["sh", "-c", 'echo "$SECRET_OF_MINE" && exec sleep 600'],
        environment={"PATH": os.environ["PATH"]},
        log=tmp_path / "pong.log",
        directory=tmp_path,
    )
    process = PongProcess(command, clock)
    task = asyncio.create_task(process.run())
    yield process
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    await process.close()
    assert process.pid is None


async def test_while_all_is_well_there_is_nothing_to_say(pong: PongProcess, eventually: Eventually) -> None:
    async def runs() -> object:
        return pong.pid

    await eventually(runs)
    assert pong.notes() == []


async def test_pong_is_started_again_and_the_panel_says_so(
    pong: PongProcess, clock: DrivenClock, eventually: Eventually
) -> None:
    async def runs() -> object:
        return pong.pid

    async def runs_again() -> object:
        clock.advance(1)
        return pong.pid

    await eventually(runs)
    assert pong.pid
    os.kill(pong.pid, signal.SIGKILL)

    async def has_ended() -> object:
        return pong.notes()

    await eventually(has_ended)
    assert "ended with code -9 and starts again" in pong.notes()[0]
    await eventually(runs_again)
    assert pong.notes() == ["Pong ended and was started again (once). Why: pong.log."]


async def test_pong_inherits_nothing_that_it_was_not_given(
    pong: PongProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, eventually: Eventually
) -> None:
    monkeypatch.setenv("SECRET_OF_MINE", "xoxb-real")

    async def has_written() -> object:
        log = tmp_path / "pong.log"
        return log.exists() and log.read_text("utf-8")

    await eventually(has_written)
    assert (tmp_path / "pong.log").read_text("utf-8") == "\n"
