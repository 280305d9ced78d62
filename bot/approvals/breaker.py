"""How often may data be lost on one target before people have to look for the cause?

A circuit breaker: https://martinfowler.com/bliki/CircuitBreaker.html
"""

from bot.clock import clock_time
from bot.errors import Refused
from bot.pong import Pong
from bot.remediations.plan import Plan, Tier
from bot.store.records import Records

WINDOW_MS = 60 * 60_000


async def check_breaker(records: Records, pong: Pong, plan: Plan) -> str:
    """Raises Refused, with when the next may run, once as many plans as pong.toml allows have begun to lose
    data on the plan's target within the last hour, however they ended. Gives a sentence for people where one
    is let through all the same: a Redis that does not answer serves nobody, and has to be brought back."""
    if plan.tier is not Tier.DATA_LOSING:
        return ""
    most = pong.settings.approval.data_losing_per_hour
    since_ms = pong.clock.now_ms() - WINDOW_MS
    begun = await records.approvals.begun_since(plan.target, plan.tier, since_ms=since_ms)
    if len(begun) < most:
        return ""
    ran = (
        f"{len(begun)} data-losing plan{'s' if len(begun) > 1 else ''} ran on {plan.target} within an hour, "
        f"and approval.data_losing_per_hour allows {most}"
    )
    if plan.for_silent:
        return f"{ran}: this one may run all the same, for the Redis does not answer"
    next_ms = begun[-most] + WINDOW_MS
    raise Refused(
        f"{ran}: triage for the cause. The next may run at {clock_time(next_ms)}. Before that: "
        "/redis restart redis, once it does not answer at all; a higher data_losing_per_hour in pong.toml; "
        "or by hand, with what pong plan prints in a terminal."
    )
