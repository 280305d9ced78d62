"""What has Pong put on at Cloudflare for a target, and not taken back?

Told by the steps that Pong carried out, in this incident and in earlier ones: what people change at
Cloudflare by hand does not show here.
"""

from collections.abc import Iterable

from bot.remediations.change import Change, Standing
from bot.store.records import Records

REMEDIATION = "protect"


def standing(changes: Iterable[Change]) -> tuple[Standing, ...]:
    """What is left of `changes`, oldest first: not what is again as it was before the first. Pure."""
    left: dict[str, Standing] = {}
    for change in changes:
        first = left.pop(change.of, None)
        now = Standing(change.of, first.before if first else change.before, change.after)
        if now.is_on:
            left[now.of] = now
    return tuple(left.values())


async def stands(records: Records, target: str | None) -> tuple[Standing, ...]:
    """What stands of it now. Asks the store alone."""
    if target is None:
        return ()
    steps = await records.approvals.steps_done_on(target, REMEDIATION)
    return standing(Change(**step["changes"]) for step in steps if step.get("changes"))
