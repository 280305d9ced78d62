"""How many jobs wait? Of the keys that pong.toml names as queues.

https://redis.io/docs/latest/develop/data-types/lists/
"""

from bot.config.tables import ThresholdsTable
from bot.diagnostics.finding import Finding, NextStep, Severity
from bot.diagnostics.question import Measured, NotSet, Subject

CHECK = "queues"
LENGTHS = {"list": "LLEN", "stream": "XLEN", "zset": "ZCARD", "set": "SCARD"}


async def read(subject: Subject) -> Measured:
    """depths: {the key as pong.toml names it: jobs}, the deepest first."""
    names = subject.target.queues
    if not names:
        raise NotSet("no queues in pong.toml")
    kinds = await subject.redis.ask_each([("TYPE", name) for name in names])
    if failed := next((kind for kind in kinds if isinstance(kind, Exception)), None):
        raise failed
    depths = {name: 0 for name in names}
    asked = [
        (LENGTHS[_word(kind)], name)
        for name, kind in zip(names, kinds, strict=True)
        if _word(kind) in LENGTHS
    ]
    replies = await subject.redis.ask_each(asked)
    for (_, name), depth in zip(asked, replies, strict=True):
        depths[name] = depth if isinstance(depth, int) else 0
    return {"depths": dict(sorted(depths.items(), key=lambda one: -one[1]))}


def judge(measured: Measured, thresholds: ThresholdsTable) -> list[Finding]:
    depths: dict[str, int] = measured["depths"]
    told = ", ".join(f"{name} {depth:,}" for name, depth in depths.items())
    deepest = max(depths.values())
    is_deep = deepest > thresholds.queue_depth
    return [
        Finding(
            check=CHECK,
            severity=Severity.WARNING if is_deep else Severity.OK,
            title=f"Jobs that wait: {told}",
            meaning="They are worked off more slowly than they come." if is_deep else "",
            figure=told,
            threshold=f"warning over {thresholds.queue_depth:,}",
            next_step=NextStep(label="Look at the workers: do they run, and reach Redis?")
            if is_deep
            else None,
            figures={"deepest_queue_jobs": deepest},
        )
    ]


def _word(raw: object) -> str:
    return raw.decode(errors="replace") if isinstance(raw, bytes) else str(raw)
