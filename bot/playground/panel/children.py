"""How does a child process end when we end, however we end?

On Linux the kernel kills it with us: https://man7.org/linux/man-pages/man2/PR_SET_PDEATHSIG.2const.html
"""

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

ENDS_WITHIN_S = 5.0
_PR_SET_PDEATHSIG = 1


async def spawn(
    command: Sequence[str | Path],
    *,
    log: Path,
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> Process:
    """Start `command`, its output appended to `log`, in a process group of its own.

    Ctrl-C in the terminal reaches us alone, so that we end the children in order.
    """
    with log.open("ab") as output:
        return await asyncio.create_subprocess_exec(
            *command,
            stdin=DEVNULL,
            stdout=output,
            stderr=output,
            cwd=cwd,
            env=environment,
            start_new_session=True,
            preexec_fn=_dies_with_us(),
        )


async def end(process: Process) -> None:
    """End `process`: politely, then, when it does not listen, for certain."""
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(signal.SIGCONT)  # a frozen process hears nothing until it is thawed
        # Last: each send first looks whether it has ended, and what that look finds asyncio never learns.
        process.send_signal(signal.SIGTERM)
    try:
        await asyncio.wait_for(process.wait(), ENDS_WITHIN_S)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def _dies_with_us() -> Callable[[], None] | None:
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl  # looked up here: between fork and exec it may deadlock
    parent = os.getpid()

    def ask() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # we died in between: the kernel will not tell
            os._exit(1)

    return ask
