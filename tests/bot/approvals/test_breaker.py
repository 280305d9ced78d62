"""Does it break after as many data-losing plans as pong.toml allows, on that target, for that hour?"""

from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.approvals.breaker import WINDOW_MS, check_breaker
from bot.errors import Refused
from bot.remediations.plan import Plan, Tier
from tests.fixtures.small_pong import MARIA, SmallPong, small_pong

MINUTE_MS = 60_000
EARLIER = 99  # an incident from before


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


async def began(
    small: SmallPong, *, ago_ms: int, target: str = "redis-prod", kind: str = "redis-sweep", ended: Any = None
) -> None:
    """A plan that loses data began so long ago, and has `ended` (its state and result) or runs still."""
    at_ms = small.pong.clock.now_ms() - ago_ms
    facts = {"plan": {"target": target, "tier": "data-losing", "steps": [{"kind": kind}]}}
    store = small.pong.store
    id = await store.write(
        lambda r: r.approvals.ask(EARLIER, facts, requester=MARIA, digest="d", at_ms=at_ms)
    )
    await store.write(lambda r: r.approvals.make_ready(id))
    execution = await store.read(lambda r: r.approvals.execution_of(id))
    assert execution is not None
    await store.write(lambda r: r.approvals.begin_execution(execution["id"], at_ms=at_ms))
    if ended:
        state, result = ended
        claim = await store.write(
            lambda r: r.approvals.claim_execution(owner="a", now_ms=at_ms, lease_ms=30_000)
        )
        await store.write(
            lambda r: r.approvals.finish_execution(claim["id"], claim["fence"], state=state, result=result)
        )


async def check(small: SmallPong, one: Plan) -> str:
    return await small.pong.store.read(lambda records: check_breaker(records, small.pong, one))


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


@pytest.mark.parametrize(
    ("kind", "ended", "counts"),
    [
        ("redis-sweep", ("failed", {"deleted": 0}), False),
        ("redis-sweep", ("succeeded", {"deleted": 0}), False),
        ("redis-sweep", ("failed", {"deleted": 1}), True),
        ("redis-sweep", ("failed", {}), True),
        ("redis-sweep", ("unknown", {"deleted": 0}), True),
        ("redis-command", ("failed", {"deleted": 0}), True),
        ("redis-sweep", None, True),
    ],
)
async def test_what_is_known_to_have_deleted_nothing_costs_nothing(
    tmp_path: Path, kind: str, ended: Any, counts: bool
) -> None:
    async with small_pong(tmp_path, tables={"approval": {"data_losing_per_hour": 1}}) as small:
        await began(small, ago_ms=MINUTE_MS, kind=kind, ended=ended)
        with pytest.raises(Refused) if counts else nullcontext():
            await check(small, plan())


async def test_a_redis_that_does_not_answer_is_restarted_all_the_same(tmp_path: Path) -> None:
    async with small_pong(tmp_path, tables={"approval": {"data_losing_per_hour": 1}}) as small:
        assert await check(small, replace(plan(), for_silent=True)) == ""
        await began(small, ago_ms=MINUTE_MS)
        says = await check(small, replace(plan(), for_silent=True))
        assert "this one may run all the same, for the Redis does not answer" in says
        with pytest.raises(Refused, match="/redis restart redis, once it does not answer at all"):
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
