"""Where does the way to a target end? The first thing that anybody asks, and the runbook's step 1."""

from bot.clock import Clock
from bot.targets.outcome import Outcome
from bot.targets.reach import as_meant, locate, probe_all, whole
from bot.targets.target import Target

PING_WITHIN_S = 3.0


async def ping(target: Target, clock: Clock) -> Outcome:
    """Where the way to `target` ends, within 4 s. Raises nothing."""
    located = await locate(target.address, clock)
    probed = await probe_all(target.name, located, clock, budget_s=PING_WITHIN_S)
    return as_meant(whole(target.name, located, probed), probed, is_replica=target.is_replica)
