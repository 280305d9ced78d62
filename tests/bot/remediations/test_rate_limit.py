"""Is a limit one whole rule of Pong's, within what Cloudflare counts, and every other rule left alone?"""

import json

import pytest

from bot.errors import BadInput
from bot.remediations.plan import HttpCall, Plan, Repeat
from bot.remediations.protect import prepare
from tests.bot.remediations.test_block import planned, scene
from tests.fixtures.cloud import CloudflareZone, limit_fault, limit_rule


def call_of(plan: Plan) -> HttpCall:
    call = plan.steps[0]
    assert isinstance(call, HttpCall)
    assert call.repeat is Repeat.CHECK
    return call


def sent(plan: Plan) -> dict[str, object]:
    body = call_of(plan).body(lambda value: list(value) if isinstance(value, tuple) else value)
    return dict(json.loads(json.dumps(body)))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("0", "per", "10s"), "a whole number from 1 to 1000000"),
        (("1000001", "per", "10s"), "a whole number from 1 to 1000000"),
        (("1,000", "per", "10s"), "a whole number from 1 to 1000000"),
        (("-5", "per", "10s"), "a whole number from 1 to 1000000"),
        (("٣", "per", "10s"), "a whole number from 1 to 1000000"),
        (("100", "per", "１０s"), "Cloudflare counts over 10s"),
        (("100", "per", "15s"), "Cloudflare counts over 10s, 60s, 120s, 300s, 600s, 3600s only"),
        (("100", "per", "0s"), "Cloudflare counts over 10s"),
        (("100", "per", "minute"), "Cloudflare counts over 10s"),
        (("100", "in", "10s"), "Write limit 100 per 10s, or limit off."),
        (("off",), "No rate limit at Cloudflare is Pong's for redis-prod: nothing to take away."),
    ],
)
async def test_what_is_no_limit_is_refused_in_a_sentence(typed: tuple[str, ...], said: str) -> None:
    zone = CloudflareZone()
    zone.limited("login", "Pong: redis-prod-2")
    with pytest.raises(BadInput, match=said):
        await planned(zone, "limit", *typed)


@pytest.mark.parametrize(
    ("typed", "seconds"), [("10s", 10), ("60s", 60), ("1m", 60), ("2M", 120), ("5m", 300), ("1h", 3600)]
)
async def test_its_rule_is_one_that_cloudflare_takes(typed: str, seconds: int) -> None:
    zone = CloudflareZone()
    zone.limited()
    rule = sent(await planned(zone, "limit", "100", "per", typed))
    assert not limit_fault(rule)
    assert rule["ratelimit"] == {
        "characteristics": ["cf.colo.id", "ip.src"],
        "period": seconds,
        "requests_per_period": 100,
        "mitigation_timeout": seconds,
    }


async def test_without_a_ruleset_one_is_made_and_none_is_replaced() -> None:
    plan = await planned(CloudflareZone(), "limit", "100", "per", "10s")
    call = call_of(plan)
    assert (call.method, call.path) == ("POST", "/client/v4/zones/zone-1/rulesets")
    body = sent(plan)
    assert (body["kind"], body["phase"]) == ("zone", "http_ratelimit")
    [rule] = body["rules"]  # type: ignore[misc]
    assert not limit_fault(rule)


async def test_the_path_that_is_counted_comes_from_the_settings() -> None:
    async with scene(CloudflareZone(), path="/api/") as there:
        plan, _ = await prepare(there, ("limit", "100", "per", "10s"))
    assert 'starts_with(http.request.uri.path, "/api/")' in plan.steps[0].line()


async def test_another_number_changes_the_same_rule_and_the_undo_is_the_old_one() -> None:
    zone = CloudflareZone()
    own = limit_rule()["ratelimit"] | {"requests_per_period": 100}
    zone.limited("Pong: redis-prod", ratelimit=own)
    call = call_of(await planned(zone, "limit", "30", "per", "10s"))
    assert (call.method, call.path) == ("PATCH", "/client/v4/zones/zone-1/rulesets/limits-1/rules/rule-1")
    assert call.undo == "/redis protect limit 100 per 10s redis-prod."


async def test_a_rule_of_pongs_that_somebody_changed_is_set_right_or_taken_away() -> None:
    zone = CloudflareZone()
    zone.limited("Pong: redis-prod", enabled=False)
    assert call_of(await planned(zone, "limit", "50", "per", "10s")).method == "PATCH"
    assert call_of(await planned(zone, "limit", "off")).method == "DELETE"


async def test_two_rules_with_pongs_note_are_both_taken_away_before_another_is_set() -> None:
    zone = CloudflareZone()
    zone.limited("Pong: redis-prod", "login", "Pong: redis-prod")
    with pytest.raises(BadInput, match="2 rules carry Pong's note"):
        await planned(zone, "limit", "100", "per", "10s")
    plan = await planned(zone, "limit", "off")
    assert [step.path.rpartition("/")[2] for step in plan.steps if isinstance(step, HttpCall)] == [
        "rule-1",
        "rule-3",
    ]
