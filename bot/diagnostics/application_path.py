"""Does the application's own host reach the target's port? Step 7, by a command that pong.toml fixes.

Its arguments stand in pong.toml; there is no shell, and nothing that anybody types gets into it.
https://docs.python.org/3/library/asyncio-subprocess.html
"""

import asyncio
import contextlib

from bot.config.tables import ThresholdsTable
from bot.diagnostics.finding import Finding, NextStep, Severity
from bot.diagnostics.question import Measured, NotSet, Subject

CHECK = "application's path"
ENDS_WITHIN_S = 2.5
NO_SUCH_COMMAND = 127
# What ssh and shells end with when the command itself did not run: that tells nothing of the port.
DID_NOT_RUN = (126, NO_SUCH_COMMAND, 255)


async def read(subject: Subject) -> Measured:
    """application; code: what the command ended with, None when it did not end in time; took_ms."""
    application = subject.target.application
    if application is None or not application.path_command:
        raise NotSet("no path_command in pong.toml")
    began_s = subject.clock.monotonic_s()
    code = await _run(application.path_command)
    took_ms = 1000 * (subject.clock.monotonic_s() - began_s)
    return {"application": application.name, "code": code, "took_ms": took_ms}


def judge(measured: Measured, thresholds: ThresholdsTable) -> list[Finding]:
    name, code = measured["application"], measured["code"]
    if code == 0:
        title = f"The host of {name} reaches the port ({measured['took_ms']:.0f} ms, the command included)"
        return [Finding(check=CHECK, severity=Severity.OK, title=title)]
    if code is None or code in DID_NOT_RUN:
        why = f"did not run (it ended with {code})" if code is not None else f"took over {ENDS_WITHIN_S:g} s"
        return [Finding(check=CHECK, severity=Severity.UNKNOWN, title=f"path_command {why}")]
    return [
        Finding(
            check=CHECK,
            severity=Severity.CRITICAL,
            title=f"The host of {name} does not reach the port: its command ended with {code}",
            meaning="The network or a firewall stands between the application and Redis.",
            figure=f"ended with {code}",
            threshold="it ends with 0",
            next_step=NextStep(label="Run the command by hand; look at the firewall (step 7)."),
        )
    ]


async def _run(command: tuple[str, ...]) -> int | None:
    silent = asyncio.subprocess.DEVNULL
    try:
        process = await asyncio.create_subprocess_exec(*command, stdin=silent, stdout=silent, stderr=silent)
    except OSError:
        return NO_SUCH_COMMAND
    try:
        async with asyncio.timeout(ENDS_WITHIN_S):
            return await process.wait()
    except TimeoutError:
        return None
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
