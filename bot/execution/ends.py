"""How does an execution end that no engine can go on with, as when its target has left pong.toml?

What may have happened is not told as if it had not: invariant I4 of the design.
"""

from bot.execution.kept import Kept, begun_step, facts_of, may_have_happened
from bot.execution.running import End, Running


async def no_way_on(running: Running, kept: Kept, *, why: str) -> None:
    """End it where it stands, with a clause that says why."""
    plan = running.offer.plan
    number = begun_step(plan, kept)
    facts = facts_of(plan, kept) | {
        "stopped_because": why,
        "at_step": len(kept) if number is None else number,
    }
    state: End = "unknown" if may_have_happened(plan, kept) else "failed"
    await running.finish(state, facts, step=number)
