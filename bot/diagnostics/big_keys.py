"""Is one key so big that reading or deleting it keeps everybody waiting?

The limits are RedisInsight's: 5,000 elements, 1 MB for a string.
https://redis.io/docs/latest/develop/tools/insight/
"""

from bot.config.tables import ThresholdsTable
from bot.diagnostics.finding import Finding, NextStep, Severity
from bot.diagnostics.key_sample import SampledKey
from bot.diagnostics.question import Measured, NotSupported, Subject
from bot.diagnostics.units import in_bytes

CHECK = "big keys"
ELEMENTS_MOST = 5_000
STRING_BYTES_MOST = 2**20
NAMED_MOST = 3
ELEMENTS = {"hash": "fields", "list": "elements", "set": "members", "zset": "members", "stream": "entries"}


async def read(subject: Subject) -> Measured:
    """sampled: how many keys were looked at; big: [{class, kind, length}] of them, the longest first."""
    sample = await subject.key_sample()
    if sample.closer and all(key.length is None for key in sample.closer):
        raise NotSupported("not supported by this server: it does not tell the length of a key")
    big = sorted((key for key in sample.closer if _is_big(key)), key=lambda key: -(key.length or 0))
    told = [{"class": key.key_class, "kind": key.kind, "length": key.length} for key in big]
    return {"sampled": len(sample.closer), "big": told}


def judge(measured: Measured, thresholds: ThresholdsTable) -> list[Finding]:
    big, sampled = measured["big"], measured["sampled"]
    if not big:
        title = f"No big key among {sampled:,} that were looked at"
        return [Finding(check=CHECK, severity=Severity.OK, title=title)]
    named = "; ".join(_named(**{**one, "key_class": one["class"]}) for one in big[:NAMED_MOST])
    return [
        Finding(
            check=CHECK,
            severity=Severity.NOTICE,
            title=f"{len(big)} of {sampled:,} sampled keys {'is' if len(big) == 1 else 'are'} big: {named}",
            meaning="Reading or deleting one of these whole keeps all others waiting.",
            figure=named,
            threshold=f"over {ELEMENTS_MOST:,} elements or {in_bytes(STRING_BYTES_MOST)}",
            next_step=NextStep(label="Read them in parts (HSCAN, SSCAN), delete with UNLINK, split them."),
            figures={"big_keys_sampled": len(big)},
        )
    ]


def _is_big(key: SampledKey) -> bool:
    most = STRING_BYTES_MOST if key.kind == "string" else ELEMENTS_MOST
    return key.length is not None and key.length > most


def _named(*, key_class: str, kind: str, length: int, **rest: object) -> str:
    if kind == "string":
        return f"a string of {in_bytes(length)} ({key_class})"
    return f"a {kind} of {length:,} {ELEMENTS.get(kind, 'elements')} ({key_class})"
