"""How is something done at an outside service without anybody here waiting for it?

Its intent is kept in the transaction that asks for it, with a timer that is due at once; the timer does it
outside of any transaction, and then keeps what came of it. What fails passingly is tried again.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bot import timers
from bot.errors import Permanent, PongError, ServiceUnavailable
from bot.incident import Incident
from bot.pong import Pong
from bot.store.errands import Errand, State
from bot.store.records import Records
from bot.store.timers import Due

AGAIN_AFTER_S = (2, 10, 30, 60)  # after that it has failed
AGAIN_MOST_S = 120


@dataclass(frozen=True, kw_only=True)
class Came:
    """What came of it: `facts` are added to the errand's, and `also` happens with that. Without `is_done` it
    goes on after a while, once these are kept."""

    facts: Mapping[str, Any] = field(default_factory=dict)
    is_done: bool = True
    again_after_s: float = 0
    also: Callable[[Records], Awaitable[None]] | None = None


@dataclass(frozen=True, kw_only=True)
class Kind:
    """`effect` does it: it looks first whether it was done before, for its answer may have been lost. It
    raises ServiceUnavailable or ServiceRefused. `done` and `failed` say so here."""

    effect: Callable[[Pong, Incident, Errand], Awaitable[Came]]
    done: Callable[[Records, Pong, Incident, Errand], Awaitable[None]]
    failed: Callable[[Records, Pong, Incident, Errand, PongError], Awaitable[None]]


async def send(records: Records, pong: Pong, incident_id: int, kind: str, facts: Mapping[str, Any]) -> int:
    """Have it done, right after this transaction; its number."""
    now_ms = pong.clock.now_ms()
    id = await records.errands.add(incident_id, kind, facts, at_ms=now_ms)
    await records.timers.schedule(incident_id, timers.ERRAND, id, due_ms=now_ms)
    return id


async def run(pong: Pong, due: Due, kinds: Mapping[str, Kind]) -> None:
    """Do what the timer is for, and keep what came of it."""
    came = await _came(pong, due, kinds)

    async def settle(records: Records) -> None:
        if not await records.timers.fire(due):
            return
        now, incident = await _of(records, due)
        if now is None or incident is None or now.state is not State.WAITING:
            return
        after, due_ms = _after(now, came, now_ms=pong.clock.now_ms())
        await records.errands.save(after)
        if isinstance(came, Came) and came.also:
            await came.also(records)
        if due_ms is not None:
            await records.timers.again(due, due_ms=due_ms)
        elif isinstance(came, PongError):
            await kinds[now.kind].failed(records, pong, incident, after, came)
        else:
            await kinds[now.kind].done(records, pong, incident, after)

    await pong.store.write(settle)


async def _came(pong: Pong, due: Due, kinds: Mapping[str, Kind]) -> Came | PongError:
    errand, incident = await pong.store.read(lambda records: _of(records, due))
    if errand is None or incident is None or errand.state is not State.WAITING:
        return Came()
    try:
        return await kinds[errand.kind].effect(pong, incident, errand)
    except (ServiceUnavailable, Permanent) as error:
        return error


async def _of(records: Records, due: Due) -> tuple[Errand | None, Incident | None]:
    return await records.errands.get(due.slot), await records.incidents.get(due.incident_id)


def _after(errand: Errand, came: Came | PongError, *, now_ms: int) -> tuple[Errand, int | None]:
    """What becomes of it, and when it goes on, if it does."""
    if isinstance(came, Came):
        changed = replace(errand, facts={**errand.facts, **came.facts})
        again_ms = now_ms + round(came.again_after_s * 1000)
        return (replace(changed, state=State.DONE), None) if came.is_done else (changed, again_ms)
    if isinstance(came, ServiceUnavailable) and errand.tries < len(AGAIN_AFTER_S):
        wait_s = max(AGAIN_AFTER_S[errand.tries], min(came.retry_after_s or 0, AGAIN_MOST_S))
        return replace(errand, tries=errand.tries + 1), now_ms + round(wait_s * 1000)
    return replace(errand, state=State.FAILED), None
