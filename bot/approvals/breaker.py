"""How often may data be lost on one target before people have to look for the cause?

A circuit breaker: https://martinfowler.com/bliki/CircuitBreaker.html
"""

from bot.clock import clock_time
from bot.errors import Refused
from bot.pong import Pong
from bot.remediations.plan import Plan, Tier
from bot.store.records import Records

WINDOW_MS = 60 * 60_000


async def check_breaker(records: Records, pong: Pong, plan: Plan) -> None:
    """Raises Refused, with when the next may run, once as many data-losing plans as pong.toml allows have
    begun on the plan's target within the last hour, however they ended."""
    if plan.tier is not Tier.DATA_LOSING:
        return
    most = pong.settings.approval.data_losing_per_hour
    since_ms = pong.clock.now_ms() - WINDOW_MS
    begun = await records.approvals.begun_since(plan.target, plan.tier, since_ms=since_ms)
    if len(begun) < most:
        return
    raise Refused(
        f"{len(begun)} data-losing plan{'s' if len(begun) > 1 else ''} ran on {plan.target} within an hour, "
        f"and approval.data_losing_per_hour allows {most}: triage for the cause. "
        f"The next may run at {clock_time(begun[-most] + WINDOW_MS)}."
    )
