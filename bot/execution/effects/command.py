"""How is a program run that pong.toml fixes, and did it succeed?

No shell, no input but a new secret, none of Pong's secrets in its environment; of its output nothing is kept.
https://docs.python.org/3/library/asyncio-subprocess.html
"""

import asyncio
import contextlib
import logging
import os
import signal
from collections.abc import Awaitable, Callable, Mapping

from bot.execution.effects.effect import Effect, Outcome
from bot.remediations.plan import ConfiguredCommand

LOOK_EVERY_S = 1.0

log = logging.getLogger(__name__)


async def run(
    step: ConfiguredCommand,
    *,
    environment: Mapping[str, str],
    given: str | None = None,
    on_wait: Callable[[], Awaitable[object]] | None = None,
) -> Effect:
    """Run it to its end, with `environment` alone and `given` on its standard input; `on_wait` is called once
    a second while it runs. Raises nothing: where `on_wait` fails the command goes on all the same."""
    silent = asyncio.subprocess.DEVNULL
    try:
        process = await asyncio.create_subprocess_exec(
            *step.arguments,
            stdin=silent if given is None else asyncio.subprocess.PIPE,
            stdout=silent,
            stderr=silent,
            env=dict(environment),
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "its arguments cannot be passed"
        return Effect(Outcome.NOT_SENT, f"the command could not be started: {why}")
    try:
        async with asyncio.timeout(step.at_most_s):
            await _hand_over(process, given)
            code = await _ended(process, on_wait)
    except TimeoutError:
        return Effect(Outcome.UNKNOWN, f"the command did not end within {step.at_most_s:g} s and was killed")
    finally:
        _kill(process)
        await process.wait()
    if code == 0:
        return Effect(Outcome.DONE, "the command ended with 0")
    return Effect(Outcome.FAILED, f"the command ended with {code}")


async def _hand_over(process: asyncio.subprocess.Process, given: str | None) -> None:
    if process.stdin is None or given is None:
        return
    with contextlib.suppress(OSError):  # one that does not read it ends by its own code
        process.stdin.write(given.encode())
        await process.stdin.drain()
    process.stdin.close()


async def _ended(process: asyncio.subprocess.Process, on_wait: Callable[[], Awaitable[object]] | None) -> int:
    ending = asyncio.ensure_future(process.wait())
    while True:
        done, _ = await asyncio.wait({ending}, timeout=LOOK_EVERY_S)
        if done:
            return ending.result()
        if on_wait:
            await _called(on_wait)


async def _called(on_wait: Callable[[], Awaitable[object]]) -> None:
    # A store that is busy for a moment is no reason to kill a command in the middle of its work.
    try:
        await on_wait()
    except Exception as error:
        log.warning("while a command runs: %s", error)


def _kill(process: asyncio.subprocess.Process) -> None:
    """The command and what it started: it leads a session of its own."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
