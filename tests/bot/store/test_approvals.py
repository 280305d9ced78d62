"""Does one person have one vote, and one approval one execution?"""

import asyncio
from typing import Any

from bot.store.protocol import Store

LEASE_MS = 10_000


async def ask(store: Store) -> int:
    return await store.write(
        lambda r: r.approvals.ask(1, {"need": 2}, requester="U0MARIA", digest="d", at_ms=5)
    )


async def test_an_approval_comes_back_with_its_votes(store: Store) -> None:
    id = await ask(store)
    for at_ms, voter in ((8, "U0SAM"), (7, "U0DEV")):
        await store.write(
            lambda r, a=at_ms, v=voter: r.approvals.vote(id, voter=v, vote="approve", digest="d", at_ms=a)
        )
    row = await store.read(lambda r: r.approvals.get(id))
    assert row is not None
    assert (row["state"], row["facts"], row["requester"]) == ("pending", {"need": 2}, "U0MARIA")
    assert [vote["voter"] for vote in row["votes"]] == ["U0DEV", "U0SAM"]
    assert [one["id"] for one in await store.read(lambda r: r.approvals.of_incident(1))] == [id]
    assert await store.read(lambda r: r.approvals.get(404)) is None


async def test_a_second_vote_of_the_same_person_is_ignored(store: Store) -> None:
    id = await ask(store)
    votes = await asyncio.gather(
        *(
            store.write(lambda r, v=vote: r.approvals.vote(id, voter="U0DEV", vote=v, digest="d", at_ms=6))
            for vote in ("approve", "deny", "approve")
        )
    )
    assert votes == [True, False, False]
    row = await store.read(lambda r: r.approvals.get(id))
    assert row is not None
    assert [vote["vote"] for vote in row["votes"]] == ["approve"]


async def test_an_approval_is_executed_once(store: Store) -> None:
    id = await ask(store)
    ready = await asyncio.gather(*(store.write(lambda r: r.approvals.make_ready(id)) for _ in range(5)))
    assert sorted(ready) == [False] * 4 + [True]
    claims = await asyncio.gather(
        *(
            store.write(lambda r, o=str(n): r.approvals.claim_execution(owner=o, now_ms=0, lease_ms=LEASE_MS))
            for n in range(5)
        )
    )
    (claim,) = [one for one in claims if one]
    assert claim["was"] == "ready"
    assert await store.write(
        lambda r: r.approvals.finish_execution(claim["id"], claim["fence"], state="succeeded", result={})
    )
    late = await store.write(
        lambda r: r.approvals.claim_execution(owner="x", now_ms=10**9, lease_ms=LEASE_MS)
    )
    assert late is None


async def test_an_engine_that_lost_its_lease_cannot_finish(store: Store) -> None:
    id = await ask(store)
    await store.write(lambda r: r.approvals.make_ready(id))
    first = await store.write(lambda r: r.approvals.claim_execution(owner="a", now_ms=0, lease_ms=LEASE_MS))
    second = await store.write(
        lambda r: r.approvals.claim_execution(owner="b", now_ms=LEASE_MS, lease_ms=LEASE_MS)
    )
    assert first is not None
    assert second is not None
    assert second["was"] == "executing"
    assert not await store.write(
        lambda r: r.approvals.renew_execution(first["id"], first["fence"], until_ms=10**9)
    )
    assert not await store.write(
        lambda r: r.approvals.finish_execution(first["id"], first["fence"], state="succeeded", result={})
    )
    assert await store.write(
        lambda r: r.approvals.finish_execution(second["id"], second["fence"], state="unknown", result={})
    )


async def test_a_stop_is_asked_for_once_and_only_while_it_runs(store: Store) -> None:
    id = await ask(store)
    assert not await store.write(lambda r: r.approvals.ask_to_stop(id, "U0SAM"))
    await store.write(lambda r: r.approvals.make_ready(id))
    assert await store.write(lambda r: r.approvals.ask_to_stop(id, "U0SAM"))
    assert not await store.write(lambda r: r.approvals.ask_to_stop(id, "U0DEV"))
    execution = await store.read(lambda r: r.approvals.execution_of(id))
    assert execution is not None
    assert await store.read(lambda r: r.approvals.stop_asked_by(execution["id"])) == "U0SAM"


async def test_a_step_keeps_its_cursor_and_evidence_until_newer_ones_come(store: Store) -> None:
    approval = await ask(store)
    await store.write(lambda r: r.approvals.make_ready(approval))
    await store.write(lambda r: r.approvals.keep_step(1, 0, state="intended", cursor="7", evidence="e"))
    await store.write(lambda r: r.approvals.keep_step(1, 0, state="done", detail="it went well"))
    await store.write(lambda r: r.approvals.keep_step(1, 1, state="intended", cursor="9"))
    assert await store.read(lambda r: r.approvals.steps(1)) == [
        {"n": 0, "state": "done", "cursor": "7", "evidence": "e", "detail": "it went well"},
        {"n": 1, "state": "intended", "cursor": "9", "evidence": None, "detail": None},
    ]


async def begun(store: Store, plan: dict[str, Any], *, at_ms: int) -> int:
    """A plan whose execution began; the execution's number."""
    id = await store.write(
        lambda r: r.approvals.ask(1, {"plan": plan}, requester="U0MARIA", digest="d", at_ms=at_ms)
    )
    await store.write(lambda r: r.approvals.make_ready(id))
    claim = await store.write(
        lambda r: r.approvals.claim_execution(owner="engine", now_ms=0, lease_ms=LEASE_MS)
    )
    assert claim is not None
    await store.write(lambda r: r.approvals.begin_execution(claim["id"], at_ms=at_ms))
    return int(claim["id"])


async def test_when_plans_began_is_told_by_target_tier_and_time(store: Store) -> None:
    for target, tier, at_ms in (
        ("redis-prod", "data-losing", 30),
        ("redis-prod", "data-losing", 20),
        ("redis-prod", "data-losing", 10),
        ("redis-prod", "reversible", 25),
        ("redis-test", "data-losing", 25),
    ):
        await begun(store, {"target": target, "tier": tier}, at_ms=at_ms)
    assert await store.read(lambda r: r.approvals.begun_since("redis-prod", "data-losing", since_ms=10)) == [
        20,
        30,
    ]


async def test_the_steps_that_were_done_are_those_of_one_target_and_remediation(store: Store) -> None:
    async def ran(target: str, remediation: str, at_ms: int) -> None:
        steps = [{"changes": f"{target} {remediation} {at_ms}"}, {"changes": "never"}]
        plan = {"target": target, "remediation": remediation, "steps": steps}
        number = await begun(store, plan, at_ms=at_ms)
        await store.write(lambda r: r.approvals.keep_step(number, 0, state="done"))
        await store.write(lambda r: r.approvals.keep_step(number, 1, state="failed"))

    for target, remediation, at_ms in (
        ("redis-prod", "protect", 20),
        ("redis-prod", "protect", 10),
        ("redis-prod", "clear", 15),
        ("redis-test", "protect", 15),
    ):
        await ran(target, remediation, at_ms)
    assert await store.read(lambda r: r.approvals.steps_done_on("redis-prod", "protect")) == [
        {"changes": "redis-prod protect 10"},
        {"changes": "redis-prod protect 20"},
    ]
