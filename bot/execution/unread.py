"""How does an execution end whose plan another version of Pong kept, and this one cannot read?

What may have happened is not told as if it had not: invariant I4 of the design.
"""

from collections.abc import Sequence

from bot.approvals.unread import name_of, plan_of, ref_of, take_back, tell, title_of
from bot.pong import Pong
from bot.remediations.repeat import Repeat
from bot.slack.render.plan import settles
from bot.slack.render.plan_unread import WHY, State, unread_line
from bot.store.protocol import Row
from bot.store.records import Records
from bot.timeline import PONG


async def end_unread(pong: Pong, id: int, fence: int, *, approval_id: int) -> None:
    """Keep how execution `id` ended, in the store, the timeline and the thread."""

    async def keep(records: Records) -> None:
        row = await records.approvals.get(approval_id)
        state = _state(row, await records.approvals.steps(id))
        kept = "unknown" if state == "unknown" else "failed"
        result = {"stopped_because": WHY}
        if not await records.approvals.finish_execution(id, fence, state=kept, result=result) or row is None:
            return
        if state == "refused":
            await take_back(records, row)
        name = name_of(row)
        await records.timeline.note(
            row["incident_id"],
            f"execution.{state}",
            actor=PONG,
            at_ms=pong.clock.now_ms(),
            approval=approval_id,
            title=title_of(row),
            why=WHY,
        )
        buttons = settles(ref_of(row), name) if state == "unknown" else ()
        await tell(records, pong, row, "outcome", unread_line(name, state), buttons=buttons)

    await pong.store.write(keep)


def _state(row: Row | None, kept: Sequence[Row]) -> State:
    """What is known without its steps: none was begun, or all that was may be repeated, or nobody knows."""
    if not kept:
        return "refused"
    steps = plan_of(row).get("steps", []) if row else []
    left = [one["n"] for one in kept if one["state"] != "done"]
    harmless = all(n < len(steps) and steps[n].get("repeat") == Repeat.HARMLESS for n in left)
    return "failed" if harmless else "unknown"
