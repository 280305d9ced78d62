"""Which class of keys holds the memory?

https://redis.io/docs/latest/commands/memory-usage/
"""

from collections import Counter

from bot.config.tables import ThresholdsTable
from bot.diagnostics.finding import Finding, Severity
from bot.diagnostics.key_sample import KeySample
from bot.diagnostics.question import Measured, NotSupported, Subject
from bot.diagnostics.units import percent

CHECK = "keys"


async def read(subject: Subject) -> Measured:
    """sampled: how many keys; shares: of the bytes, by class, 0 to 1, biggest first."""
    sample = await subject.key_sample()
    held = shares(sample)
    if sample.closer and not held:
        raise NotSupported("not supported by this server: it does not tell the size of a key")
    return {"sampled": sample.seen, "shares": held}


def judge(measured: Measured, thresholds: ThresholdsTable) -> list[Finding]:
    if not measured["sampled"]:
        return [Finding(check=CHECK, severity=Severity.OK, title="The database is empty")]
    held: dict[str, float] = measured["shares"]
    words = ", ".join(f"{name} {percent(share)}" for name, share in list(held.items())[:3])
    return [
        Finding(
            check=CHECK,
            severity=Severity.OK,
            title=f"Memory by class of key: {words} (a sample of {measured['sampled']:,})",
            figure=words,
            figures={f"memory_share_{name}_percent": round(100 * share, 1) for name, share in held.items()},
        )
    ]


def shares(sample: KeySample) -> dict[str, float]:
    """Each class's part of the sampled bytes; empty when no size is known."""
    held: Counter[str] = Counter()
    for key in sample.closer:
        held[key.key_class] += key.bytes or 0
    total = held.total()
    return {name: size / total for name, size in held.most_common()} if total else {}
