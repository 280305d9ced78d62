"""Which of the usual complaints about Redis stand in the application's log, and how often? Step 6.

Counted and dated, never quoted: what stands in a log is people's data.
"""

import asyncio
import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.applications.logs import time_of
from bot.clock import clock_time
from bot.config.tables import ThresholdsTable
from bot.diagnostics.finding import Finding, NextStep, Severity
from bot.diagnostics.question import Measured, NotSet, Subject
from bot.diagnostics.units import count
from bot.targets.endpoint import port_of

CHECK = "logs"
RECENT_MS = 600_000


@dataclass(frozen=True)
class Complaint:
    """What a client writes, by what it means. `name` is how it is told.

    One that is `common` may be about any service: it counts only in a line that names Redis or its port.
    """

    name: str
    pattern: bytes
    next: str
    common: bytes = rb"(?!)"  # nothing


# The runbook's four first, then what the usual clients write. The first that fits a line counts it.
COMPLAINTS = (
    Complaint(
        "connection timed out",
        rb"redis connection timeout",
        "Look at the way to Redis and at slow commands (steps 5, 7).",
        common=rb"ETIMEDOUT|timeout (?:reading|connecting)",
    ),
    Complaint(
        "connection refused",
        rb"redis connection refused",
        "Is Redis running (step 2)?",
        common=rb"ECONNREFUSED|error 111 connecting",
    ),
    Complaint(
        "too many clients",
        rb"max number of clients reached",
        "Restart the application that leaks connections (step 8).",
        common=rb"too many clients",
    ),
    Complaint(
        "out of memory",
        rb"OOM command not allowed",
        "Clear cache, or give Redis more memory (steps 9, 10).",
    ),
    Complaint(
        "wrong password",
        rb"WRONGPASS|NOAUTH Authentication|invalid username-password",
        "Fix the application's credentials (step 11).",
        common=rb"authentication required",
    ),
    Complaint(
        "read-only replica",
        rb"READONLY You can't write",
        "Point the application at the primary.",
        common=rb"READONLY",
    ),
    Complaint(
        "loading",
        rb"LOADING Redis",
        "Wait; do not restart Redis.",
    ),
    Complaint(
        "cannot save",
        rb"MISCONF",
        "Look at the server's disk.",
    ),
    Complaint(
        "cluster down",
        rb"CLUSTERDOWN",
        "Bring back the cluster's nodes.",
    ),
    Complaint(
        "name not found",
        rb"(?!)",
        "Check DNS (step 7).",
        common=rb"ENOTFOUND|EAI_AGAIN|name or service not known",
    ),
    Complaint(
        "gave up retrying",
        rb"MaxRetriesPerRequest|reached the max retries",
        "Restart the application once Redis answers (step 8).",
    ),
    Complaint(
        "connection lost",
        rb"(?!)",
        "Was Redis restarted? Else look at the network (step 7).",
        common=rb"ECONNRESET|connection is closed|closed by server|socket closed|connection lost|broken pipe",
    ),
)
_SURE = re.compile(b"|".join(b"(%s)" % one.pattern for one in COMPLAINTS), re.IGNORECASE)
_COMMON = re.compile(b"|".join(b"(%s)" % one.common for one in COMPLAINTS), re.IGNORECASE)


async def read(subject: Subject) -> Measured:
    """now_ms; complaints: {name: {count, first_ms, last_ms}}, times None in undated lines; lines; faults."""
    application = subject.target.application
    if application is None or not application.logs:
        raise NotSet("no log of the application in pong.toml")
    tails = await asyncio.gather(*(source.tail(subject.http) for source in application.logs))
    lines = [line for tail in tails for line in tail.lines]
    return {
        "application": application.name,
        "now_ms": subject.clock.now_ms(),
        "lines": len(lines),
        "complaints": await asyncio.to_thread(counted, lines, naming(port_of(subject.target.address))),
        "faults": [tail.fault for tail in tails if tail.fault],
    }


def judge(measured: Measured, thresholds: ThresholdsTable) -> list[Finding]:
    if measured["faults"] and not measured["lines"]:
        title = f"the log of {measured['application']}: {measured['faults'][0]}"
        return [Finding(check=CHECK, severity=Severity.UNKNOWN, title=title)]
    since_ms = measured["now_ms"] - RECENT_MS
    complaints = measured["complaints"].items()
    recent = [(name, one) for name, one in complaints if one["last_ms"] is None or one["last_ms"] >= since_ms]
    if not recent:
        title = f"No complaint about Redis in the last 10 min, {count(measured['lines'], 'line', 'lines')}"
        return [Finding(check=CHECK, severity=Severity.OK, title=title)]
    recent.sort(key=lambda pair: -pair[1]["count"])
    told = ", ".join(_told(name, one) for name, one in recent[:3])
    worst = next(one for one in COMPLAINTS if one.name == recent[0][0])
    return [
        Finding(
            check=CHECK,
            severity=Severity.WARNING,
            title=f"The log of {measured['application']}: {told}",
            meaning="What the application itself wrote of Redis, counted in its last lines.",
            figure=told,
            threshold="none in 10 min",
            next_step=NextStep(label=worst.next),
            figures={f"log_{name.replace(' ', '_')}": one["count"] for name, one in recent},
        )
    ]


def complaint_in(line: bytes, about: re.Pattern[bytes]) -> Complaint | None:
    """What `line` complains of; `about` finds what names the Redis."""
    fits = _SURE.search(line) or (_COMMON.search(line) if about.search(line) else None)
    return COMPLAINTS[(fits.lastindex or 1) - 1] if fits else None


def naming(port: int | None) -> re.Pattern[bytes]:
    """What names a Redis in a line: its name, or its port."""
    named = rb"redis|valkey" + (rb"|:%d\b" % port if port else b"")
    return re.compile(named, re.IGNORECASE)


def counted(lines: Iterable[bytes], about: re.Pattern[bytes]) -> dict[str, dict[str, int | None]]:
    """{complaint: {count, first_ms, last_ms}} of `lines`."""
    found: dict[str, dict[str, int | None]] = {}
    for line in lines:
        if complaint := complaint_in(line, about):
            name = complaint.name
            one = found.setdefault(name, {"count": 0, "first_ms": None, "last_ms": None})
            one["count"] = (one["count"] or 0) + 1
            if (at_ms := time_of(line)) is not None:
                one["first_ms"] = min(at_ms, one["first_ms"] or at_ms)
                one["last_ms"] = max(at_ms, one["last_ms"] or at_ms)
    return found


def _told(name: str, one: dict[str, int | None]) -> str:
    when = f", last {clock_time(one['last_ms'])}" if one["last_ms"] is not None else ""
    return f"{one['count']:,} × {name}{when}"
