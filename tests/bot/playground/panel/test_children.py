import asyncio
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from bot.playground.panel.children import end, spawn

PARENT = """
    import asyncio, pathlib, sys
    from bot.playground.panel.children import spawn

    async def main() -> None:
        child = await spawn(["sleep", "600"], log=pathlib.Path(sys.argv[1]))
        print(child.pid, flush=True)
        await asyncio.sleep(600)

    asyncio.run(main())
"""


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def _gone(pid: int) -> None:
    async with asyncio.timeout(10):
        while _is_alive(pid):  # noqa: ASYNC110 - a process that is not ours to wait for
            await asyncio.sleep(0.02)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux's kernel ends children with their parent")
async def test_a_child_dies_with_a_killed_parent(tmp_path: Path) -> None:
    program = [sys.executable, "-c", textwrap.dedent(PARENT), str(tmp_path / "log")]
    parent = subprocess.Popen(program, stdout=subprocess.PIPE, text=True)  # noqa: ASYNC220
    assert parent.stdout
    child = int(parent.stdout.readline())
    assert _is_alive(child)
    parent.kill()
    parent.communicate()
    await _gone(child)


async def test_ending_is_polite_first(tmp_path: Path) -> None:
    child = await spawn(["sleep", "600"], log=tmp_path / "log")
    await end(child)
    assert child.returncode == -signal.SIGTERM


async def test_a_frozen_child_ends_too(tmp_path: Path) -> None:
    child = await spawn(["sleep", "600"], log=tmp_path / "log")
    child.send_signal(signal.SIGSTOP)
    await end(child)
    assert child.returncode is not None


async def test_a_child_that_does_not_listen_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.playground.panel.children.ENDS_WITHIN_S", 0.2)
    log = tmp_path / "log"
    child = await spawn(["sh", "-c", "trap '' TERM; echo ready; while :; do sleep 0.1; done"], log=log)
    async with asyncio.timeout(10):
        while "ready" not in log.read_text("utf-8"):  # noqa: ASYNC110 - a file, not an event
            await asyncio.sleep(0.02)
    await end(child)
    assert child.returncode == -signal.SIGKILL


async def test_a_child_has_a_process_group_of_its_own(tmp_path: Path) -> None:
    child = await spawn(["sleep", "600"], log=tmp_path / "log")
    assert os.getpgid(child.pid) != os.getpgrp()
    await end(child)
