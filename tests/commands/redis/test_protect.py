"""Is the zone guarded more after a confirm, and less again, and is every foreign rule left alone?"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.remediations import block
from tests.commands.redis.test_restart import incident
from tests.fixtures.asking import asked
from tests.fixtures.carrying_out import carried_out, confirmed, outcome
from tests.fixtures.cloud import CF_TOKEN, CloudflareZone, limit_rule
from tests.fixtures.redis_server import RedisServer
from tests.fixtures.small_pong import MARIA, SmallPong, asks


@asynccontextmanager
async def guarded(
    path: Path, redis: RedisServer, zone: CloudflareZone, *, token: str = CF_TOKEN, **more: Any
) -> AsyncIterator[SmallPong]:
    application, secrets = {"cloudflare_zone_id": "zone-1", **more}, {"CLOUDFLARE_API_TOKEN": token}
    async with (
        incident(path, redis, application=application, secrets=secrets) as small,
        httpx.AsyncClient(transport=zone.transport()) as http,
    ):
        yield replace(small, pong=replace(small.pong, http=http))


async def test_it_is_raised_and_put_back(tmp_path: Path, redis: RedisServer):
    zone = CloudflareZone()
    async with guarded(tmp_path, redis, zone) as small:
        answer = await asked(small, asks("protect", words=("under_attack",)))
        assert "The security level is medium now" in answer
        assert "Undo: /redis protect medium redis-prod" in answer
        assert zone.level == "medium"
        await confirmed(small, [MARIA])
        assert (await carried_out(small))["state"] == "succeeded"
        assert zone.level == "under_attack"
        said = (await outcome(small)).replace("\u2060", "")
        assert "the zone's security level is under_attack" in said
        await asked(small, asks("protect", words=("medium",)))
        await confirmed(small, [MARIA], id=2)
        assert (await carried_out(small, id=2))["state"] == "succeeded"
        assert zone.level == "medium"


async def test_refusal_is_told_and_nothing_is_claimed(tmp_path: Path, redis: RedisServer):
    zone = CloudflareZone(refuses=403)
    async with guarded(tmp_path, redis, zone) as small:
        await asked(small, asks("protect", words=("high",)))
        await confirmed(small, [MARIA])
        assert (await carried_out(small))["state"] == "failed"
        assert "Cloudflare answered HTTP 403" in await outcome(small)


@pytest.mark.parametrize("typed", ["on", "off", "OFF", "*", "essentially_off"])
async def test_other_words_are_told_what_may_be_written(tmp_path: Path, redis: RedisServer, typed: str):
    async with guarded(tmp_path, redis, CloudflareZone()) as small:
        answer = (await asked(small, asks("protect", words=(typed,)))).replace("\u2060", "")
        assert "Which protection? Write one of under_attack | high | medium | low | block ADDRESS" in answer


async def test_wrong_token_changes_nothing(tmp_path: Path, redis: RedisServer):
    async with guarded(tmp_path, redis, CloudflareZone(), token="another") as small:
        assert "does not tell the zone's security level" in await asked(
            small, asks("protect", words=("high",))
        )


async def test_level_that_it_has_already_is_said(tmp_path: Path, redis: RedisServer):
    async with guarded(tmp_path, redis, CloudflareZone(level="high")) as small:
        assert "is high already" in await asked(small, asks("protect", words=("high",)))


async def test_without_a_zone_the_setting_is_named(on_redis: SmallPong):
    answer = await asked(on_redis, asks("protect", words=("high",)))
    assert "set cloudflare_zone_id" in answer.replace("\u2060", "")


# -- addresses ----------------------------------------------------------------------------------------------

SINGLE, RANGE, SIX = "203.0.113.7", "198.51.100.0/24", "2001:db8::7"


async def ran(small: SmallPong, *words: str, id: int = 1) -> str:
    """Ask, confirm, carry out: how it ended, and what people read."""
    answer = await asked(small, asks("protect", words=words))
    assert "needs a responder's confirm" in answer, answer
    await confirmed(small, [MARIA], id=id)
    row = await carried_out(small, id=id)
    return f"{row['state']}: {await outcome(small, id)}".replace("\u2060", "")


async def test_addresses_are_blocked_one_by_one_and_let_in_again(tmp_path: Path, redis: RedisServer):
    zone = CloudflareZone()
    zone.blocks("192.0.2.1")
    async with guarded(tmp_path, redis, zone) as small:
        answer = await asked(small, asks("protect", words=("block", SINGLE, RANGE, SIX, "redis-prod")))
        answer = answer.replace("\u2060", "")
        assert "Block 3 addresses at Cloudflare on redis-prod" in answer
        for kind, value in (("ip", SINGLE), ("ip_range", RANGE), ("ip6", SIX)):
            where = f"configuration.target {kind}, configuration.value {value}"
            assert f"with mode block, {where}, notes Pong: redis-prod" in answer
        assert f"Undo: /redis protect unblock {SINGLE} {RANGE} {SIX} redis-prod" in answer
        assert "198.51.100.0/24 is 256 addresses" in answer
        assert zone.blocked == ["192.0.2.1"]
        await confirmed(small, [MARIA])
        assert (await carried_out(small))["state"] == "succeeded"
        assert zone.blocked == ["192.0.2.1", SINGLE, RANGE, "2001:0db8:0000:0000:0000:0000:0000:0007"]
        assert "succeeded" in await ran(small, "unblock", SINGLE, SIX, id=2)
        assert zone.blocked == ["192.0.2.1", RANGE]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("nonsense", SINGLE, "redis-prod"), "nonsense is no IP address"),
        (("203.0.113.256", "redis-prod"), "203.0.113.256 is no IP address"),
        (("redis-prod",), "Which address?"),
        ((SINGLE, "redis-prd"), 'There is no target "redis-prd". Did you mean redis-prod?'),
        (
            ("203.0.113.99",),
            "203.0.113.99 is never blocked: 203.0.113.96/28 stands in cloudflare_never_block",
        ),
    ],
)
async def test_what_must_not_be_blocked_is_refused_in_a_sentence(
    tmp_path: Path, redis: RedisServer, typed: tuple[str, ...], said: str
):
    zone = CloudflareZone()
    async with guarded(tmp_path, redis, zone, cloudflare_never_block=["203.0.113.96/28"]) as small:
        answer = await asked(small, asks("protect", words=("block", *typed)))
        assert said in answer.replace("\u2060", "")
        assert not zone.changes


async def test_unblocking_removes_only_what_pong_blocked_for_this_target(tmp_path: Path, redis: RedisServer):
    zone = CloudflareZone()
    zone.blocks("192.0.2.1", notes="the attack of May")
    zone.blocks("192.0.2.2", notes="Pong: redis-prod-2")
    zone.blocks("192.0.2.3", notes="Pong: redis-prod", mode="whitelist")
    zone.blocks("192.0.2.4", notes="Pong: redis-prod")
    async with guarded(tmp_path, redis, zone) as small:
        for address in ("192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.9"):
            answer = await asked(small, asks("protect", words=("unblock", address)))
            assert f"No rule of Pong's for redis-prod blocks {address}" in answer
            assert "It has: 192.0.2.4." in answer
        assert "succeeded" in await ran(small, "unblock", "192.0.2.4")
        assert zone.blocked == ["192.0.2.1", "192.0.2.2", "192.0.2.3"]


@pytest.mark.parametrize("becomes_of", ["lost", "broken"])
async def test_a_lost_answer_to_a_block_is_looked_up_and_never_doubled(
    tmp_path: Path, redis: RedisServer, becomes_of: str
):
    zone = CloudflareZone(becomes_of=becomes_of)
    async with guarded(tmp_path, redis, zone) as small:
        assert "succeeded" in await ran(small, "block", SINGLE, "redis-prod")
        assert "succeeded" in await ran(small, "block", SIX, id=2)
        assert "succeeded" in await ran(small, "unblock", SINGLE, id=3)
        assert [change.partition(" ")[0] for change in zone.changes] == ["POST", "POST", "DELETE"]
        assert zone.blocked == ["2001:0db8:0000:0000:0000:0000:0000:0007"]


async def test_a_block_that_nobody_answers_is_unknown_and_not_asked_twice(
    tmp_path: Path, redis: RedisServer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(block, "SEEN_WITHIN_S", 1)
    zone = CloudflareZone(becomes_of="silent")
    async with guarded(tmp_path, redis, zone) as small:
        assert (await ran(small, "block", SINGLE)).startswith("unknown")
        assert len(zone.changes) == 1


@pytest.mark.parametrize("status", [400, 403, 429])
@pytest.mark.parametrize("words", [("block", SINGLE), ("limit", "100", "per", "10s")])
async def test_a_refused_change_is_told_with_its_status(
    tmp_path: Path, redis: RedisServer, status: int, words: tuple[str, ...]
):
    zone = CloudflareZone(refuses=status)
    async with guarded(tmp_path, redis, zone) as small:
        assert f"Cloudflare answered HTTP {status}" in await ran(small, *words)
        assert not zone.blocked
        assert zone.limits is None


@pytest.mark.parametrize("words", [("block", SINGLE), ("unblock", SINGLE), ("limit", "9", "per", "10s")])
@pytest.mark.parametrize(
    ("status", "said"),
    [(403, "CLOUDFLARE_API_TOKEN needs the right"), (429, "HTTP 429"), (500, "HTTP 500")],
)
async def test_what_cannot_be_read_is_not_changed(
    tmp_path: Path, redis: RedisServer, words: tuple[str, ...], status: int, said: str
):
    zone = CloudflareZone(reads=status)
    async with guarded(tmp_path, redis, zone) as small:
        answer = (await asked(small, asks("protect", words=words))).replace("\u2060", "")
        assert "Nothing was planned: Cloudflare answered HTTP" in answer
        assert said in answer
        assert not zone.changes


async def test_a_third_address_that_is_refused_leaves_the_first_two_with_their_undo(
    tmp_path: Path, redis: RedisServer
):
    zone = CloudflareZone()
    zone.rival = "192.0.2.1"
    async with guarded(tmp_path, redis, zone) as small:
        said = await ran(small, "block", SINGLE, RANGE, "192.0.2.1")
        assert "failed" in said
        assert "Cloudflare answered HTTP 400" in said
        assert f"/redis protect unblock {SINGLE} redis-prod" in said
        assert [rule["notes"] for rule in zone.access_rules] == [*2 * ["Pong: redis-prod"], "by hand"]


# -- the rate limit -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("foreign", [None, (), ("login", "search")])
async def test_a_limit_goes_on_and_off_beside_the_rules_that_stand_there(
    tmp_path: Path, redis: RedisServer, foreign: tuple[str, ...] | None
):
    zone = CloudflareZone()
    if foreign is not None:
        zone.limited(*foreign)
    async with guarded(tmp_path, redis, zone, cloudflare_limit_path="/api/") as small:
        assert "succeeded" in await ran(small, "limit", "100", "per", "10s", "redis-prod")
        assert zone.limits is not None
        *others, ours = zone.limits
        assert [rule["description"] for rule in others] == list(foreign or ())
        assert ours == limit_rule(
            id=ours["id"],
            description="Pong: redis-prod",
            expression='starts_with(http.request.uri.path, "/api/")',
            ratelimit=limit_rule()["ratelimit"] | {"requests_per_period": 100},
        )
        assert "100 per 10s is the limit already" in await asked(
            small, asks("protect", words=("limit", "100", "per", "10s"))
        )
        assert "succeeded" in await ran(small, "limit", "30", "per", "1m", id=2)
        assert zone.limits[-1]["ratelimit"]["requests_per_period"] == 30
        assert zone.limits[-1]["ratelimit"]["period"] == 60
        assert zone.limits[:-1] == others
        answer = await asked(small, asks("protect", words=("limit", "off", "redis-prod")))
        assert "Undo: /redis protect limit 30 per 60s redis-prod" in answer
        await confirmed(small, [MARIA], id=3)
        assert (await carried_out(small, id=3))["state"] == "succeeded"
        assert zone.limits == others


async def test_what_a_limit_does_stands_on_its_plan(tmp_path: Path, redis: RedisServer):
    zone = CloudflareZone()
    zone.limited("login")
    async with guarded(tmp_path, redis, zone) as small:
        answer = await asked(small, asks("protect", words=("limit", "100", "per", "10s")))
        answer = answer.replace("\u2060", "")
        [card] = await small.posted("Limit each address")
        drawn = "\n".join(one["text"]["text"] for one in card["blocks"] if one["type"] == "section")
        assert "POST /client/v4/zones/zone-1/rulesets/limits-1/rules on Cloudflare with action block" in drawn
        assert 'starts_with(http.request.uri.path, "/")' in drawn
        assert 'ratelimit.characteristics ["cf.colo.id", "ip.src"]' in drawn
        assert "Pong's limit now: none" in answer
        assert "Other rate limits of the zone: 1; they stay as they are" in answer
        assert "Undo: /redis protect limit off redis-prod" in answer


@pytest.mark.parametrize("becomes_of", ["lost", "broken"])
@pytest.mark.parametrize("foreign", [None, ("login",)])
async def test_a_lost_answer_to_a_limit_is_looked_up_and_never_doubled(
    tmp_path: Path, redis: RedisServer, becomes_of: str, foreign: tuple[str, ...] | None
):
    zone = CloudflareZone(becomes_of=becomes_of)
    if foreign is not None:
        zone.limited(*foreign)
    async with guarded(tmp_path, redis, zone) as small:
        assert "succeeded" in await ran(small, "limit", "100", "per", "10s")
        assert len(zone.limits or ()) == 1 + len(foreign or ())
        assert "succeeded" in await ran(small, "limit", "off", id=2)
        assert [rule["description"] for rule in zone.limits or ()] == list(foreign or ())
        assert [change.partition(" ")[0] for change in zone.changes] == ["POST", "DELETE"]


async def test_a_limit_that_the_zones_plan_has_no_room_for_is_told(tmp_path: Path, redis: RedisServer):
    zone = CloudflareZone()
    zone.rules_most = 1
    zone.limited("login")
    async with guarded(tmp_path, redis, zone) as small:
        assert "Cloudflare answered HTTP 400" in await ran(small, "limit", "100", "per", "10s")
        assert [rule["description"] for rule in zone.limits or ()] == ["login"]


async def test_a_ruleset_that_somebody_makes_meanwhile_keeps_its_rules(tmp_path: Path, redis: RedisServer):
    zone = CloudflareZone()
    async with guarded(tmp_path, redis, zone) as small:
        await asked(small, asks("protect", words=("limit", "100", "per", "10s")))
        await confirmed(small, [MARIA])
        zone.limited("login")
        await carried_out(small)
        refused = [post["text"] for post in await small.posted("would be another one now")]
        assert refused
        assert [rule["description"] for rule in zone.limits or ()] == ["login"]


@pytest.mark.parametrize("typed", [(), ("100",), ("100", "10s", "redis-prod"), ("per", "100", "10s")])
async def test_a_limit_without_its_form_is_told_the_form(on_redis: SmallPong, typed: tuple[str, ...]):
    answer = await asked(on_redis, asks("protect", words=("limit", *typed)))
    assert "Write limit 100 per 10s, or limit off." in answer


async def test_without_a_word_it_says_what_may_be_written(on_redis: SmallPong):
    answer = (await asked(on_redis, asks("protect"))).replace("\u2060", "")
    assert "block ADDRESS … | unblock ADDRESS … | limit N per 10s | limit off" in answer
