"""What made the server itself pause: a fork, the disk, an expiry cycle?

https://redis.io/docs/latest/operate/oss_and_stack/management/optimization/latency-monitor/
"""

from typing import Any

from bot.config.tables import ThresholdsTable
from bot.diagnostics.finding import Finding, NextStep, Severity
from bot.diagnostics.question import Measured, NotSupported, Subject
from bot.diagnostics.samples import number

CHECK = "pauses"
RECENT_S = 600
MEANS = {
    "fork": "copying its memory map for a snapshot",
    "aof-fsync-always": "waiting for the disk",
    "aof-write": "writing to the disk",
    "aof-write-pending-fsync": "waiting for the disk",
    "rdb-unlink-temp-file": "deleting a snapshot",
    "expire-cycle": "ending many keys at once",
    "eviction-cycle": "evicting keys",
    "eviction-del": "evicting a big key",
    "command": "one slow command",
    "fast-command": "a busy host",
    "active-defrag-cycle": "defragmenting",
}


async def read(subject: Subject) -> Measured:
    """pauses: {event: milliseconds} of the last ten minutes, the longest first."""
    asked = ("LATENCY", "LATEST"), ("CONFIG", "GET", "latency-monitor-threshold")
    reply, threshold = await subject.redis.ask_each(asked)
    if isinstance(reply, Exception):
        raise reply
    if not isinstance(reply, list):
        raise NotSupported("not supported by this server: it does not watch its latency")
    if not reply and _value(threshold) in (b"0", "0", 0):
        raise NotSupported("the server's latency monitor is off: latency-monitor-threshold is 0")
    now_us = number(await subject.info(), "server_time_usec")
    since_s = (now_us or 1000 * subject.clock.now_ms()) / 1_000_000 - RECENT_S
    pauses = {_name(entry[0]): float(entry[2]) for entry in reply if entry[1] >= since_s}
    return {"pauses": dict(sorted(pauses.items(), key=lambda one: -one[1]))}


def judge(measured: Measured, thresholds: ThresholdsTable) -> list[Finding]:
    pauses: dict[str, float] = measured["pauses"]
    if not pauses:
        return [Finding(check=CHECK, severity=Severity.OK, title="No pause in the last 10 min")]
    name, longest_ms = next(iter(pauses.items()))
    is_long = longest_ms > thresholds.response_ms
    return [
        Finding(
            check=CHECK,
            severity=Severity.WARNING if is_long else Severity.OK,
            title=f"The server paused for {longest_ms:,.0f} ms: {MEANS.get(name, name)}",
            meaning="Nobody was answered meanwhile." if is_long else "",
            figure=f"{longest_ms:,.0f} ms",
            threshold=f"warning over {thresholds.response_ms:g} ms",
            next_step=NextStep(label="Look at the host's disk, memory and CPU (step 5).")
            if is_long
            else None,
            figures={"pause_ms": longest_ms},
        )
    ]


def _name(raw: object) -> str:
    word = raw.decode(errors="replace") if isinstance(raw, bytes) else str(raw)
    return word if word in MEANS else "another cause"


def _value(reply: Any) -> object:
    """The one value of a CONFIG GET, as either protocol gives it."""
    if isinstance(reply, dict):
        return next(iter(reply.values()), None)
    return reply[1] if isinstance(reply, list) and len(reply) > 1 else None
