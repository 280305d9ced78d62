"""Do the keys that should end have an expiry?

A rate limit without one keeps its visitor out for ever; a cache without one only grows.
https://redis.io/docs/latest/commands/expire/
"""

from bot.config.tables import ThresholdsTable
from bot.diagnostics.finding import Finding, NextStep, Severity
from bot.diagnostics.key_sample import SampledKey
from bot.diagnostics.question import Measured, NotSupported, Subject
from bot.diagnostics.units import percent

CHECK = "expiry"
LIMITS = ("ratelimit", "rate_limit", "rate-limit", "rl")
SHORT_LIVED = ("cache", "session", "sessions", "lock")
LEAST_KEYS = 5  # fewer in the sample say nothing of a class
COVERED_LEAST = 0.5


async def read(subject: Subject) -> Measured:
    """classes: {name: {keys, with_expiry}} of the sampled keys whose expiry the server tells."""
    sample = await subject.key_sample()
    if sample.closer and all(key.has_expiry is None for key in sample.closer):
        raise NotSupported("not supported by this server: it does not tell when a key ends")
    classes = {name: _counted(keys) for name, keys in sample.by_class().items()}
    return {"classes": {name: counts for name, counts in classes.items() if counts["keys"]}}


def judge(measured: Measured, thresholds: ThresholdsTable) -> list[Finding]:
    classes: dict[str, dict[str, int]] = measured["classes"]
    judged = [_judged(name, **counts) for name, counts in classes.items()]
    if found := [finding for finding in judged if finding]:
        return sorted(found, key=lambda finding: finding.severity.rank)
    told = ", ".join(f"{name} {_share(**counts)}" for name, counts in list(classes.items())[:3])
    title = f"Keys with an expiry: {told}" if told else "No key to look at"
    return [Finding(check=CHECK, severity=Severity.OK, title=title, figure=told)]


def _judged(name: str, *, keys: int, with_expiry: int) -> Finding | None:
    without = keys - with_expiry
    if name in LIMITS and without:
        return Finding(
            check=CHECK,
            severity=Severity.WARNING,
            title=f"{without} of {keys} sampled {name} keys never {'ends' if without == 1 else 'end'}",
            meaning="Whoever they count stays limited: a crash between INCR and EXPIRE leaves such a key.",
            figure=f"{without} of {keys}",
            threshold="none",
            next_step=NextStep(label="Set value and expiry in one step (SET … EX … NX, then INCR)."),
            figures={"ratelimits_without_expiry": without},
        )
    if name in SHORT_LIVED and keys >= LEAST_KEYS and with_expiry < COVERED_LEAST * keys:
        return Finding(
            check=CHECK,
            severity=Severity.NOTICE,
            title=f"{percent(without / keys)} of {name} keys never end",
            meaning="They only grow, and a policy of volatile-* cannot evict them.",
            figure=percent(without / keys),
            threshold=f"under {percent(1 - COVERED_LEAST)}",
            next_step=NextStep(label=f"Give {name} keys an expiry where they are written."),
            figures={f"{name}_without_expiry_percent": round(100 * without / keys, 1)},
        )
    return None


def _counted(keys: list[SampledKey]) -> dict[str, int]:
    told = [key.has_expiry for key in keys if key.has_expiry is not None]
    return {"keys": len(told), "with_expiry": sum(told)}


def _share(*, keys: int, with_expiry: int) -> str:
    return percent(with_expiry / keys)
