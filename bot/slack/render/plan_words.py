"""How are a plan's figures, people and steps written? Pure.

https://docs.slack.dev/messaging/formatting-message-text
"""

from collections.abc import Sequence

from bot.diagnostics.units import in_bytes, percent
from bot.remediations.app_variable import AppVariable
from bot.remediations.compared import is_rare, most_keys
from bot.remediations.plan import HttpCall, Plan, Preview, RedisCommand, RedisKill
from bot.slack.render.blocks import mention
from bot.text import outside

LINE_MOST = 300
STEP_MOST = 160
FENCED_MOST = 2_800


def people(ids: Sequence[str]) -> str:
    return ", ".join(mention(id) for id in dict.fromkeys(ids))


def with_missed_stop(told: str, by: str | None, *, is_done: bool) -> str:
    """Whoever pressed Stop reads when it ended otherwise, before what is next."""
    if by is None:
        return told
    line, newline, following = told.partition("\n")
    what = "came too late" if is_done else "did not end it"
    return f"{line} Stop by {mention(by)} {what}.{newline}{following}"


def code(line: str) -> str:
    """A step as code; of a long one the beginning and the end, which says where it runs."""
    if len(line) > LINE_MOST:
        size = STEP_MOST * 2 // 3
        head, tail = line[:size], line[size + 3 - STEP_MOST :]
        line = f"{head.rpartition(' ')[0] or head} … {tail.partition(' ')[2] or tail}"
    return f"`{_safe(line)}`"


def whole(line: str) -> list[str]:
    """A step as code, however long it is: nobody approves what is not shown. A long one is a block, to be
    copied in one piece."""
    if len(line) <= LINE_MOST:
        return [f"`{_safe(line)}`"]
    if len(_safe(line)) <= FENCED_MOST:
        return [f"```{_safe(line)}```"]
    middle = len(line) // 2
    # Between two words, where there are some.
    cut = line.rfind(" ", 0, middle) + 1 or middle
    return [*whole(line[:cut]), *whole(line[cut:])]


def _safe(line: str) -> str:
    """Letter by letter: inside code only &, < and > mean something, and the backtick."""
    escaped = line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped.replace("`", "ˋ")


def rounded(number: int) -> str:
    """`811873` as 812,000: three digits are as much as a sample knows."""
    return f"{int(float(f'{number:.3g}')):,}"


def keys(preview: Preview) -> str:
    if is_rare(preview):
        return f"0 to {rounded(most_keys(preview))} keys (the sample met {_few(preview.keys)})"
    margin = f" (± {int(float(f'{preview.keys_margin:.1g}')):,})" if preview.keys_margin else ""
    return f"about {rounded(preview.keys)} {'key' if preview.keys == 1 else 'keys'}{margin}"


def _few(number: int) -> str:
    return "hardly any" if number else "none"


def frees(preview: Preview) -> str:
    if preview.freed_bytes is None:
        return "how much that frees was not measured"
    before, after = preview.memory_before_percent, preview.memory_after_percent
    if before is None or after is None:
        return f"frees about {in_bytes(preview.freed_bytes)}"
    memory = f"memory {percent(before / 100)} → about {percent(after / 100)}"
    return f"frees about {in_bytes(preview.freed_bytes)} ({memory})"


def expiring(preview: Preview) -> str:
    return "" if preview.ttl_share is None else f"; {percent(preview.ttl_share)} would expire by themselves"


def untouched(preview: Preview) -> str:
    return (
        f" Untouched: {', '.join(outside(name) for name in preview.untouched)}." if preview.untouched else ""
    )


# What shows on the server itself whether a command was done.
_SHOWS = {
    "ACL": "by ACL LIST",
    "CONFIG": "by CONFIG GET",
    "FLUSHALL": "by DBSIZE",
    "FLUSHDB": "by DBSIZE",
    "FAILOVER": "by ROLE",
    "SENTINEL": "by ROLE",
}


def where_to_look(plan: Plan, number: int) -> str:
    """Where a person sees whether step `number` was done."""
    step = plan.steps[number] if number < len(plan.steps) else None
    target = outside(plan.target)
    if isinstance(step, RedisCommand):
        shows = _SHOWS.get(str(step.arguments[0]).upper(), "by /redis ping")
        return f"on {outside(step.at) or target} {shows}"
    if isinstance(step, RedisKill):
        return f"on {target} by CLIENT LIST"
    if isinstance(step, HttpCall):
        return f"at {outside(step.service)}, in its console or log"
    if isinstance(step, AppVariable):
        return "at DigitalOcean, in the app's settings and deployments"
    return "where that command works: since when does what it starts or switches run so"
