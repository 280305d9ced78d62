"""Is a configured command run once, without a shell and without secrets, and is its end told truly?"""

import asyncio
import os
import shutil
import sys
from pathlib import Path

from bot.errors import StoreBusy
from bot.execution.effects.command import run
from bot.execution.effects.effect import Outcome
from bot.remediations.plan import ConfiguredCommand, Repeat
from tests.fixtures.alive import is_alive

PYTHON = sys.executable


def command(*arguments: str, at_most_s: float = 20) -> ConfiguredCommand:
    return ConfiguredCommand(arguments=arguments, undo="", repeat=Repeat.NEVER, at_most_s=at_most_s)


async def test_success_and_failure_are_told_apart() -> None:
    assert (await run(command(PYTHON, "-c", ""), environment={})).outcome is Outcome.DONE
    failed = await run(command(PYTHON, "-c", "raise SystemExit(3)"), environment={})
    assert (failed.outcome, failed.detail) == (Outcome.FAILED, "the command ended with 3")


async def test_program_that_is_not_there_did_nothing() -> None:
    effect = await run(command("/nowhere/restart"), environment={})
    assert effect.outcome is Outcome.NOT_SENT
    assert "No such file" in effect.detail


async def test_there_is_no_shell(tmp_path: Path) -> None:
    wanted = tmp_path / "a; touch b $(touch c)"
    await run(command(shutil.which("touch") or "touch", str(wanted)), environment={})
    assert os.listdir(tmp_path) == [wanted.name]


async def test_it_sees_the_given_environment_alone(tmp_path: Path) -> None:
    script = f"import os; open({str(tmp_path / 'seen')!r}, 'w').write(' '.join(sorted(os.environ)))"
    await run(command(PYTHON, "-c", script), environment={"HOME": "/h"})
    assert set((tmp_path / "seen").read_text().split()) <= {"HOME", "LC_CTYPE"}


async def test_one_that_does_not_end_is_killed_with_all_it_started(tmp_path: Path) -> None:
    child = tmp_path / "child"
    script = (
        "import subprocess, sys, time; "
        "p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']); "
        f"open({str(child)!r}, 'w').write(str(p.pid)); time.sleep(600)"
    )
    effect = await run(command(PYTHON, "-c", script, at_most_s=2), environment={})
    assert effect.outcome is Outcome.UNKNOWN
    assert "was killed" in effect.detail
    pid = int(child.read_text())
    async with asyncio.timeout(10):
        while is_alive(pid):  # noqa: ASYNC110 - another process gives no sign
            await asyncio.sleep(0.02)


async def test_while_it_runs_somebody_is_told_that_it_lives() -> None:
    told = 0

    async def on_wait() -> None:
        nonlocal told
        told += 1

    await run(command(PYTHON, "-c", "import time; time.sleep(1.6)"), environment={}, on_wait=on_wait)
    assert told >= 1


async def test_a_store_that_is_busy_for_a_moment_neither_kills_it_nor_hides_its_end(tmp_path: Path) -> None:
    ended = tmp_path / "ended"

    async def on_wait() -> None:
        raise StoreBusy("The store is busy.")

    script = f"import time; time.sleep(1.3); open({str(ended)!r}, 'w').close()"
    effect = await run(command(PYTHON, "-c", script), environment={}, on_wait=on_wait)
    assert effect.outcome is Outcome.DONE
    assert ended.exists()
