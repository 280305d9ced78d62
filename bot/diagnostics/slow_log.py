"""Which commands kept everybody waiting lately?

Their names and times; what they were about is never read out of here: arguments are people's data.
https://redis.io/docs/latest/commands/slowlog-get/
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from bot.config.tables import ThresholdsTable
from bot.diagnostics.finding import Finding, NextStep, Severity
from bot.diagnostics.question import Measured, NotSupported, Subject
from bot.diagnostics.samples import number
from bot.diagnostics.units import count

CHECK = "slow commands"
ENTRIES_MOST = 32
RECENT_S = 600
NAMED_MOST = 3
_COMMAND = re.compile(rb"[A-Za-z._|-]{1,30}")


async def read(subject: Subject) -> Measured:
    """commands: {name: [milliseconds, …]} of the last ten minutes, the slowest first."""
    entries = await subject.redis.ask("SLOWLOG", "GET", ENTRIES_MOST)
    if not isinstance(entries, Sequence):
        raise NotSupported("not supported by this server: it keeps no slow log")
    now_us = number(await subject.info(), "server_time_usec")
    since_s = (now_us or 1000 * subject.clock.now_ms()) / 1_000_000 - RECENT_S
    commands: dict[str, list[float]] = {}
    for began_s, took_ms, name in _read(entries):
        if began_s >= since_s:
            commands.setdefault(name, []).append(took_ms)
    return {"commands": dict(sorted(commands.items(), key=lambda one: -max(one[1])))}


def judge(measured: Measured, thresholds: ThresholdsTable) -> list[Finding]:
    commands: dict[str, list[float]] = measured["commands"]
    if not commands:
        return [Finding(check=CHECK, severity=Severity.OK, title="No slow command in the last 10 min")]
    slowest_ms = max(max(times) for times in commands.values())
    is_slow = slowest_ms > thresholds.response_ms
    named = ", ".join(_named(name, times) for name, times in list(commands.items())[:NAMED_MOST])
    number = sum(len(times) for times in commands.values())
    return [
        Finding(
            check=CHECK,
            severity=Severity.WARNING if is_slow else Severity.OK,
            title=f"{count(number, 'slow command', 'slow commands')} in the last 10 min: {named}",
            meaning="While one runs, nobody else is answered." if is_slow else "",
            figure=named,
            threshold=f"warning over {thresholds.response_ms:g} ms",
            next_step=NextStep(label="Find who sends it (SLOWLOG GET on the server shows the client).")
            if is_slow
            else None,
            figures={"slowest_ms": round(slowest_ms, 1)},
        )
    ]


def _read(entries: Sequence[Any]) -> Iterator[tuple[float, float, str]]:
    """(when it began in s, how long in ms, the command) of each entry, in either form of the reply."""
    for entry in entries:
        if isinstance(entry, dict):  # as redis-py reads it
            began_s, took_us, words = entry.get("start_time"), entry.get("duration"), entry.get("command")
            name = words.split(b" ")[0] if isinstance(words, bytes) else b""
        else:
            _, began_s, took_us, arguments, *_ = entry
            name = arguments[0] if arguments else b""
        if isinstance(began_s, int) and isinstance(took_us, int):
            yield float(began_s), took_us / 1000, _command(name)


def _command(name: object) -> str:
    found = _COMMAND.fullmatch(name) if isinstance(name, bytes) else None
    return found[0].decode().upper() if found else "another command"


def _named(name: str, times_ms: list[float]) -> str:
    longest = f"{max(times_ms):,.0f} ms" if max(times_ms) >= 1 else f"{max(times_ms):.1f} ms"
    return f"{name} {longest}" if len(times_ms) == 1 else f"{len(times_ms)} × {name}, up to {longest}"
