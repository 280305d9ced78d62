"""Is what Pong put on shown until it is as it was before, and offered for taking back?"""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bot import timers
from bot.promises.made import HANDLERS
from bot.remediations.change import BLOCK, LEVEL, LIMIT, Change
from bot.standing.protection import standing
from bot.store.timers import Due
from commands import VERBS
from tests.commands.redis.test_protect import RANGE, SINGLE, guarded, ran
from tests.fixtures.asking import asked
from tests.fixtures.carrying_out import carried_out, confirmed, the_offer
from tests.fixtures.cloud import CloudflareZone
from tests.fixtures.redis_server import RedisServer
from tests.fixtures.small_pong import MARIA, SmallPong, asks

BLOCKED = Change(f"{BLOCK}203.0.113.7", "", "blocked")
LET_IN = Change(f"{BLOCK}203.0.113.7", "blocked", "")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ([], []),
        ([BLOCKED], ["203.0.113.7 blocked"]),
        ([BLOCKED, LET_IN], []),
        ([BLOCKED, LET_IN, BLOCKED], ["203.0.113.7 blocked"]),
        ([LET_IN], []),
        ([Change(LIMIT, "", "100 per 10s")], ["each address at most 100 per 10s"]),
        (
            [Change(LIMIT, "", "100 per 10s"), Change(LIMIT, "100 per 10s", "30 per 60s")],
            ["each address at most 30 per 60s"],
        ),
        ([Change(LIMIT, "", "100 per 10s"), Change(LIMIT, "100 per 10s", "")], []),
        ([Change(LEVEL, "medium", "high")], ["security level high"]),
        ([Change(LEVEL, "medium", "high"), Change(LEVEL, "high", "medium")], []),
        (
            [Change(LEVEL, "medium", "high"), BLOCKED, Change(LEVEL, "high", "under_attack")],
            ["203.0.113.7 blocked", "security level under_attack"],
        ),
    ],
)
def test_what_is_as_it_was_before_is_on_no_longer(changes: list[Change], said: list[str]) -> None:
    assert [one.says for one in standing(changes)] == said


def test_the_way_back_leads_to_what_was_before_the_first_change() -> None:
    two = [Change(LEVEL, "low", "high"), Change(LEVEL, "high", "under_attack")]
    assert [one.undo for one in standing([*two, BLOCKED])] == [("low",), ("unblock", "203.0.113.7")]
    assert standing([Change(LIMIT, "", "9 per 10s")])[0].undo == ("limit", "off")
    assert standing([Change(LEVEL, "essentially_off", "high")])[0].undo == ()


async def parent(small: SmallPong, incident_id: int = 1) -> str:
    return json.dumps(await small.parent(incident_id), ensure_ascii=False).replace("\u2060", "")


async def test_the_incidents_message_shows_what_is_on_and_no_longer(
    tmp_path: Path, redis: RedisServer
) -> None:
    zone = CloudflareZone()
    async with guarded(tmp_path, redis, zone) as small:
        assert "Protection" not in await parent(small)
        await ran(small, "under_attack")
        await ran(small, "block", SINGLE, RANGE, id=2)
        await ran(small, "limit", "100", "per", "10s", id=3)
        assert "*Protection:* on at Cloudflare, by Pong: security level under_attack" in await parent(small)
        assert f"{SINGLE} blocked, {RANGE} blocked, each address at most 100 per 10s" in await parent(small)
        await ran(small, "unblock", SINGLE, id=4)
        assert f"{SINGLE} blocked" not in await parent(small)
        view = await VERBS["resolve"].view(asks("resolve", via="button", ref="1"), small.pong)
        window = view["blocks"][0]["text"]["text"].replace("\u2060", "")
        assert "security level under_attack: /redis protect medium redis-prod" in window
        assert f"{RANGE} blocked: /redis protect unblock {RANGE} redis-prod" in window
        assert "each address at most 100 per 10s: /redis protect limit off redis-prod" in window
        await asked(
            small, asks("resolve", via="modal", ref="1", values={"root_cause": "flood", "fix": "blocked"})
        )
        [post] = await small.posted("✅ RESOLVED: Redis Failure\n")
        assert "Still on at Cloudflare: security level under_attack" in post["text"].replace("\u2060", "")


async def test_the_next_incident_on_the_target_shows_it_too_and_takes_it_back(
    tmp_path: Path, redis: RedisServer
) -> None:
    zone = CloudflareZone()
    async with guarded(tmp_path, redis, zone) as small:
        await ran(small, "block", SINGLE)
        await asked(
            small, asks("resolve", via="modal", ref="1", values={"root_cause": "flood", "fix": "blocked"})
        )
        await asked(small, asks("open", words=("redis-prod",)))
        assert f"by Pong: {SINGLE} blocked" in await parent(small, 2)
        await ran(small, "unblock", SINGLE, id=2)
        assert "Protection" not in await parent(small, 2)
        assert not zone.blocked


async def test_a_plan_that_broke_off_shows_what_it_had_done(tmp_path: Path, redis: RedisServer) -> None:
    zone = CloudflareZone()
    zone.rival = "192.0.2.1"
    async with guarded(tmp_path, redis, zone) as small:
        assert "failed" in await ran(small, "block", SINGLE, "192.0.2.1", RANGE)
        assert f"by Pong: {SINGLE} blocked" in await parent(small)
        assert "192.0.2.1 blocked" not in await parent(small)
        assert f"{RANGE} blocked" not in await parent(small)


@pytest.mark.parametrize(("verb", "is_on"), [("ran", True), ("did_not_run", False)])
async def test_what_nobody_knows_is_shown_once_a_person_says_that_it_ran(
    tmp_path: Path, redis: RedisServer, monkeypatch: pytest.MonkeyPatch, verb: str, is_on: bool
) -> None:
    monkeypatch.setattr("bot.remediations.block.SEEN_WITHIN_S", 1)
    async with guarded(tmp_path, redis, CloudflareZone(becomes_of="silent")) as small:
        await ran(small, "block", SINGLE, RANGE)
        assert "Protection" not in await parent(small)
        ref = (await the_offer(small)).approval.ref
        await asked(small, asks(verb, via="button", ref=ref))
        assert (f"by Pong: {SINGLE} blocked" in await parent(small)) is is_on
        assert f"{RANGE} blocked" not in await parent(small)


async def test_when_it_looks_over_each_is_offered_with_a_button(tmp_path: Path, redis: RedisServer) -> None:
    zone = CloudflareZone()
    async with guarded(tmp_path, redis, zone) as small:
        await ran(small, "block", SINGLE)
        incident = await small.pong.store.read(lambda records: records.incidents.get(1))
        assert incident
        due, paused = Due(1, 1, timers.ASK_AGAIN, 1, 0, 0), replace(incident, is_paused=True)
        ask = HANDLERS[timers.ASK_AGAIN]
        await small.pong.store.write(lambda records: ask(records, small.pong, paused, due, None))
        [post] = await small.posted("Still on at Cloudflare")
        [button] = post["blocks"][1]["elements"]
        assert button["value"] == f"unblock {SINGLE} redis-prod"
        await asked(small, asks("protect", via="button", ref=button["value"]))
        await confirmed(small, [MARIA], id=2)
        assert (await carried_out(small, id=2))["state"] == "succeeded"
        assert not zone.blocked
