"""Does it break after as many data-losing plans as pong.toml allows, on that target, for that hour?"""

from pathlib import Path

import pytest

from bot.approvals.breaker import WINDOW_MS, check_breaker
from bot.errors import Refused
from bot.remediations.plan import Plan, Tier
from tests.fixtures.small_pong import MARIA, SmallPong, small_pong

MINUTE_MS = 60_000


def plan(target: str = "redis-prod", tier: Tier = Tier.DATA_LOSING) -> Plan:
    return Plan(
        remediation="clear",
        title="Clear cache",
        target=target,
        address="127.0.0.1:6379",
        tier=tier,
        steps=(),
        lost="cached answers",
        undo="Cannot be undone",
        preconditions=(),
        goal="memory under 70 %",
    )


async def began(small: SmallPong, *, ago_ms: int, target: str = "redis-prod") -> None:
    """A plan that loses data began so long ago."""
    at_ms = small.clock.now_ms() - ago_ms
    facts = {"plan": {"target": target, "tier": "data-losing"}}
    store = small.pong.store
    id = await store.write(lambda r: r.approvals.ask(1, facts, requester=MARIA, digest="d", at_ms=at_ms))
    await store.write(lambda r: r.approvals.make_ready(id))
    execution = await store.read(lambda r: r.approvals.execution_of(id))
    assert execution is not None
    await store.write(lambda r: r.approvals.begin_execution(execution["id"], at_ms=at_ms))


async def check(small: SmallPong, one: Plan) -> None:
    await small.pong.store.read(lambda records: check_breaker(records, small.pong, one))


async def test_one_more_than_is_allowed_is_refused(tmp_path: Path) -> None:
    async with small_pong(tmp_path) as small:
        for ago_ms in (50 * MINUTE_MS, 20 * MINUTE_MS):
            await began(small, ago_ms=ago_ms)
        await check(small, plan())
        await began(small, ago_ms=MINUTE_MS)
        with pytest.raises(Refused, match="3 data-losing plans ran on redis-prod within an hour"):
            await check(small, plan())


async def test_it_closes_when_the_first_is_an_hour_old(tmp_path: Path) -> None:
    async with small_pong(tmp_path) as small:
        for ago_ms in (WINDOW_MS, 20 * MINUTE_MS, MINUTE_MS):
            await began(small, ago_ms=ago_ms)
        await check(small, plan())


async def test_another_target_and_what_can_be_undone_run(tmp_path: Path) -> None:
    async with small_pong(tmp_path) as small:
        for _ in range(3):
            await began(small, ago_ms=MINUTE_MS)
        await check(small, plan(target="redis-test"))
        await check(small, plan(tier=Tier.REVERSIBLE))


async def test_pong_toml_says_how_many(tmp_path: Path) -> None:
    async with small_pong(tmp_path, tables={"approval": {"data_losing_per_hour": 1}}) as small:
        await began(small, ago_ms=MINUTE_MS)
        with pytest.raises(Refused, match="data_losing_per_hour allows 1: triage for the cause"):
            await check(small, plan())
