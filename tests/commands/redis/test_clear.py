"""Does clear offer a plan for what the runbook names, and for nothing else?"""

import re

import pytest

from bot.approvals.why import Why
from tests.commands.approval.test_approve import card, offer
from tests.fixtures.asking import asked
from tests.fixtures.redis_server import RedisServer
from tests.fixtures.small_pong import MARIA, SAM, VERA, SmallPong, asks


async def test_a_plan_is_offered_with_what_it_deletes_and_nothing_is_deleted(
    on_redis: SmallPong, redis: RedisServer
):
    answer = await asked(on_redis, asks("clear", words=("cache",)))
    assert "Clear cache on redis-prod: needs 1 approval" in answer
    assert "SCAN MATCH cache:* COUNT 500" in answer
    assert f"Asked by <@{MARIA}>" in answer
    assert redis.command("DBSIZE") == 3025
    assert [event.kind for event in on_redis.noted][-1] == "approval.asked"


@pytest.mark.parametrize("typed", ["cache:*", "*", "cach?", "[a-z]", "cache\\"])
async def test_a_glob_is_refused(on_redis: SmallPong, typed: str):
    assert "Name a class of keys, not a pattern. Classes: cache, sessions." in await asked(
        on_redis, asks("clear", words=(typed,))
    )
    assert await offer(on_redis) is None


@pytest.mark.parametrize("typed", ["session:", "cache:", "jobs", "", "cache session"])
async def test_a_class_that_the_runbook_does_not_name_is_refused(on_redis: SmallPong, typed: str):
    await asked(on_redis, asks("clear", words=(typed,)))
    assert await offer(on_redis) is None


async def test_a_mistyped_class_is_answered_with_the_nearest(on_redis: SmallPong):
    assert "Did you mean cache?" in await asked(on_redis, asks("clear", words=("cahce",)))


async def test_a_target_that_pong_may_only_look_at_is_refused(open_one: SmallPong):
    assert "Pong may only look at redis-prod" in await asked(open_one, asks("clear", words=("cache",)))


async def test_without_an_incident_it_says_to_open_one(on_redis: SmallPong):
    await on_redis.pong.store.write(
        lambda records: records.incidents._connection.run("UPDATE incidents SET status = 'resolved'")
    )
    answer = await asked(on_redis, asks("clear", words=("cache",)))
    assert "/incident open redis-prod first" in answer
    [post] = await on_redis.posted("No incident is open")
    button = post["blocks"][0]["accessory"]
    assert (button["action_id"], button["value"]) == ("pong:open", "redis-prod")
    await asked(on_redis, asks("open", via="button", ref=button["value"]))
    assert "needs 1 approval" in await asked(on_redis, asks("clear", words=("cache",)))


async def test_a_viewer_may_not_ask(on_redis: SmallPong):
    assert "You may not do this" in await asked(on_redis, asks("clear", by=VERA, words=("cache",)))


async def test_the_same_is_offered_once_at_a_time(on_redis: SmallPong):
    await asked(on_redis, asks("clear", words=("cache",)))
    assert "is asked for already" in await asked(on_redis, asks("clear", by=SAM, words=("cache",)))


async def test_the_button_asks_for_its_own_target(on_redis: SmallPong):
    await asked(on_redis, asks("clear", via="button", ref="redis-prod"))
    assert (await card(on_redis))["id"] == "incident:1/plan:1"


async def test_nothing_to_clear_is_said(on_redis: SmallPong, redis: RedisServer):
    redis.command("FLUSHALL")
    assert "holds no cache keys" in await asked(on_redis, asks("clear", words=("cache",)))


async def test_which_class_is_asked_for_when_none_is_named(on_redis: SmallPong):
    assert (
        "Clear what? Write /redis clear cache | sessions [target] [--gentle] [--dry-run] [--why REASON]"
        in await asked(on_redis, asks("clear"))
    )


async def test_sessions_are_cleared_for_what_they_are(on_redis: SmallPong, redis: RedisServer):
    answer = await asked(on_redis, asks("clear", words=("sessions",)))
    assert "Clear sessions on redis-prod: needs 1 approval" in answer
    assert "SCAN MATCH session:* COUNT 500" in answer
    assert "Lost: about 20 sessions: these people are logged out and have to sign in again." in answer
    assert redis.command("DBSIZE") == 3025


@pytest.mark.parametrize("flag", ["--dry-run", "—dry-run", "--DRY-RUN"])
async def test_a_dry_run_shows_the_plan_and_asks_nobody(on_redis: SmallPong, redis: RedisServer, flag: str):
    answer = await asked(on_redis, asks("clear", words=("cache", flag)))
    assert "a dry run: nobody was asked and nothing was changed" in answer
    assert "SCAN MATCH cache:* COUNT 500" in answer
    assert "the same command without --dry-run asks for it" in answer
    assert await offer(on_redis) is None
    assert redis.command("DBSIZE") == 3025
    assert [event.kind for event in on_redis.noted][-1] == "plan.dry_run"


async def test_a_dry_run_has_nothing_to_press(on_redis: SmallPong):
    await asked(on_redis, asks("clear", words=("--dry-run", "cache", "redis-prod")))
    (shown,) = [post for post in await on_redis.posted() if "a dry run" in post["text"]]
    assert not [block for block in shown["blocks"] if block["type"] == "actions"]


@pytest.mark.parametrize("flag", ["--why", "—why", "--WHY"])
async def test_why_it_is_asked_for_stands_on_the_card_until_it_is_decided(on_redis: SmallPong, flag: str):
    words = ("cache", "redis-prod", flag, "“the", "list", "is", "stale”")
    answer = await asked(on_redis, asks("clear", words=words))
    assert "Why: “the list is stale” · found: nothing yet: nobody has asked for a triage" in answer
    assert on_redis.noted[-1].data["why"] == "the list is stale"
    await asked(on_redis, asks("triage"))
    kept = await offer(on_redis)
    assert kept
    assert kept.why == Why(said="the list is stale")


async def test_what_triage_found_is_why_it_is_asked_for(on_redis: SmallPong):
    await asked(on_redis, asks("triage"))
    answer = await asked(on_redis, asks("clear", words=("cache",)))
    assert re.search(r"\nWhy: .+ \(triage, <!date", answer)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("cache", "--why"), "Write the reason after --why"),
        (("cache", "--why", "it", "is", "stale", "—dry-run"), "Write --dry-run before --why"),
        (("cache", "--why", "it", "is", "stale", "--gentle"), "Write --gentle before --why"),
        (("cache", "--why", "x" * 201), "That reason has 201 characters: say it in 200 at most."),
    ],
)
async def test_a_reason_that_cannot_be_read_asks_nobody(
    on_redis: SmallPong, words: tuple[str, ...], says: str
):
    assert says in await asked(on_redis, asks("clear", words=words))
    assert await offer(on_redis) is None


async def test_after_too_many_in_an_hour_nobody_is_asked(on_redis: SmallPong):
    await asked(on_redis, asks("clear", words=("cache",)))
    at_ms = on_redis.clock.now_ms()
    for _ in range(3):
        await on_redis.pong.store.write(
            lambda records: records.approvals._connection.run(
                "INSERT INTO approvals (incident_id, requester, state, digest, facts, created_ms)"
                " SELECT incident_id, requester, 'used', digest, facts, created_ms"
                " FROM approvals WHERE id = 1"
            )
        )
    await on_redis.pong.store.write(
        lambda records: records.approvals._connection.run(
            "INSERT INTO executions (approval_id, state, begun_ms)"
            " SELECT id, 'failed', :at_ms FROM approvals WHERE state = 'used'",
            at_ms=at_ms,
        )
    )
    answer = await asked(on_redis, asks("clear", words=("sessions",)))
    assert "3 data-losing plans ran on redis-prod within an hour" in answer
