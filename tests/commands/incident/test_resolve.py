"""Does resolving need a person's words, say only what was measured, and leave a whole report?"""

from dataclasses import replace
from pathlib import Path

import pytest

from bot import timers
from bot.approvals.offer import load, save
from bot.incident import Status
from bot.store.approvals import ApprovalRecords
from bot.store.records import Records
from commands import VERBS
from commands.incident.resolve import faults
from tests.bot.intake.test_opening import alert, the_incident
from tests.commands.approval.test_approve import approves
from tests.fixtures.alerts import alertmanager
from tests.fixtures.asking import asked
from tests.fixtures.redis_server import RedisServer
from tests.fixtures.small_pong import DEV, MARIA, SAM, SmallPong, asks, small_pong

SAID = {"root_cause": "cache keys without a TTL", "fix": "cleared the cache"}


async def resolves(small: SmallPong, *, by: str = MARIA, **values: str) -> str:
    return await asked(small, asks("resolve", by=by, via="modal", ref="1", values=SAID | values))


async def test_it_has_the_runbook_s_template(open_one: SmallPong):
    open_one.clock.advance(21 * 60)
    answer = await resolves(open_one)
    assert (
        "✅ RESOLVED: Redis Failure\nDuration: 22 minutes\nRoot cause: cache keys without a TTL\n" in answer
    )
    assert "Fix: cleared the cache" in answer
    assert "None" not in answer
    assert (await the_incident(open_one)).status is Status.RESOLVED


async def test_what_was_not_measured_is_called_so(open_one: SmallPong):
    answer = await resolves(open_one)
    assert "data loss not checked" in answer
    assert "Rate limiting: not checked" in answer
    assert "No data loss" not in answer


async def test_the_chain_s_head_is_posted(open_one: SmallPong):
    await resolves(open_one)
    [post] = await open_one.posted("✅ RESOLVED: Redis Failure\n")
    [closing] = [event for event in open_one.noted if event.kind == "incident.resolved"]
    assert closing.hash[:16] in str(post["blocks"])


async def test_nothing_is_due_any_more(open_one: SmallPong):
    await resolves(open_one)
    assert await open_one.pong.store.read(lambda records: records.timers.waiting(1)) == []
    before = len(await open_one.posted())
    await open_one.ticks(60 * 60, every_s=600)
    assert len(await open_one.posted()) == before


async def test_the_second_is_told_who_resolved_it(open_one: SmallPong):
    await resolves(open_one)
    assert f"Incident #1 is resolved already, by @{MARIA}." in await resolves(open_one, by=DEV)
    assert len(await open_one.posted("✅ RESOLVED: Redis Failure\n")) == 1


async def test_typed_it_says_which_button_to_press(open_one: SmallPong):
    assert "press Resolve… in its thread" in await asked(open_one, asks("resolve"))
    assert (await the_incident(open_one)).is_open


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({}, {"root_cause", "fix"}),
        ({"root_cause": "ab", "fix": "cleared"}, {"root_cause"}),
        ({"root_cause": "cache", "fix": ""}, {"fix"}),
        (SAID, set()),
    ],
)
def test_both_fields_want_a_sentence(values: dict[str, str], wrong: set[str]):
    assert set(faults(values)) == wrong


async def test_its_window_fills_in_what_pong_did(open_one: SmallPong):
    await open_one.pong.store.write(
        lambda records: records.timeline.note(
            1,
            "execution.succeeded",
            actor="pong",
            at_ms=open_one.clock.now_ms(),
            title="Clear cache",
            tier="data-losing",
        )
    )
    view = await VERBS["resolve"].view(asks("resolve", via="button", ref="1"), open_one.pong)
    assert "Done: Clear cache" in view["blocks"][0]["text"]["text"]
    assert view["blocks"][2]["element"]["initial_value"] == "Clear cache"


async def report_of(small: SmallPong) -> str:
    [post] = [post for post in await small.posted() if "file" in post]
    return post["file"]["content"]


async def test_the_report_holds_durations_findings_actions_with_approvers_and_the_timeline(
    on_redis: SmallPong,
):
    on_redis.clock.advance(60)
    await asked(on_redis, asks("ack"))
    await asked(on_redis, asks("triage"))
    await asked(on_redis, asks("clear", by=SAM, words=("cache",)))
    approval = (await on_redis.pong.store.read(lambda records: load(records, 1))).approval
    await asked(on_redis, asks("approve", by=DEV, via="button", ref=approval.ref))
    on_redis.clock.advance(60)
    await resolves(on_redis)
    text = await report_of(on_redis)
    plain = text.replace("\\", "").replace("\u2060", "")
    assert "# Incident 1: Redis Failure" in text
    assert "| Acknowledged | 2026-01-01T01:12:00Z | 2 min |" in plain
    assert "| Resolved | 2026-01-01T01:13:00Z | 3 min |" in plain
    assert "cache keys without a TTL" in plain
    assert "verification: not verified" in plain
    assert "Clear cache on redis-prod" in plain
    assert "approve by" in plain
    assert "incident.resolved" in plain
    assert "The chain of hashes is whole." in plain
    assert text.count("## ") == 8


async def test_typed_text_makes_no_markdown_in_the_report(open_one: SmallPong):
    await resolves(
        open_one, root_cause="<script>x</script> [a](http://e.example) @all | # h", fix="**bold** <!channel>"
    )
    text = await report_of(open_one)
    assert "<script>" not in text
    assert "[a](" not in text
    assert "@all" not in text
    assert "**bold**" not in text


async def test_while_a_plan_runs_it_waits_for_its_end(on_redis: SmallPong):
    await asked(on_redis, asks("clear", by=SAM, words=("cache",)))
    await approves(on_redis, DEV)

    async def begin(records):
        await records.approvals.claim_execution(owner="test", now_ms=on_redis.clock.now_ms(), lease_ms=60_000)
        offer = await load(records, 1)
        await save(records, replace(offer, approval=offer.approval.used()))

    await on_redis.pong.store.write(begin)
    assert "A plan runs right now: wait until it has ended, or press Stop" in await resolves(on_redis)
    assert (await the_incident(on_redis)).is_open


async def test_what_broke_off_half_way_is_not_passed_over(open_one: SmallPong):
    async def broke_off(records):
        await records.timeline.note(
            1, "execution.failed", actor=SAM, at_ms=1, title="Clear cache", tier="data-losing", deleted=27_775
        )

    await open_one.pong.store.write(broke_off)
    assert "Clear cache (broken off, at least 27,775 keys)" in await resolves(open_one)


async def test_a_number_that_there_is_not_is_said_first(open_one: SmallPong):
    answer = await asked(open_one, asks("resolve", words=("99",)))
    assert "There is no incident #99" in answer.replace("\u2060", "")


async def test_what_lost_nothing_is_no_deletion(open_one: SmallPong):
    await open_one.pong.store.write(
        lambda records: records.timeline.note(
            1, "execution.succeeded", actor="pong", at_ms=1, title="Restart shop", tier="reversible"
        )
    )
    answer = await resolves(open_one)
    assert "deleted on purpose" not in answer


async def test_a_press_while_a_plan_runs_is_told_so(open_one: SmallPong, monkeypatch: pytest.MonkeyPatch):
    async def running(*_: object) -> bool:
        return True

    monkeypatch.setattr(ApprovalRecords, "has_begun", running)
    answer = await asked(open_one, asks("resolve", via="button", ref="1"))
    assert "A plan runs right now: wait until it has ended, or press Stop, then resolve." in str(answer)


async def test_over_is_said_only_of_what_was_verified(open_one: SmallPong):
    await resolves(open_one)
    assert "*Impact:* was *not whole* when it was resolved" in str(await open_one.parent())


async def test_what_fires_and_is_not_whole_when_it_is_closed_says_both_and_can_be_reopened(
    open_one: SmallPong,
):
    answer = await resolves(open_one)
    assert "🔴 Not over as measured: its alert has not ended; redis-prod was not whole." in answer
    [post] = await open_one.posted("✅ RESOLVED: Redis Failure\n")
    assert "'Reopen'" in str(post["blocks"][-1])
    assert "its alert had not ended" in str(await open_one.parent())
    await asked(open_one, asks("reopen", via="button", ref="1"))
    assert (await the_incident(open_one)).is_open
    assert "its alert had not ended" not in str(await open_one.parent())


async def test_what_is_whole_and_ended_is_closed_without_a_doubt(tmp_path: Path):
    with RedisServer() as server:
        async with small_pong(tmp_path, tables={"secrets": {"REDIS_URL": server.url()}}) as small:
            await alert(small, alertmanager())
            await alert(small, alertmanager(state="resolved"))
            assert "Not over as measured" not in await resolves(small)
            assert "its alert had not ended" not in str(await small.parent())


async def test_a_reopened_one_offers_nothing_of_its_earlier_end(open_one: SmallPong):
    await resolves(open_one)
    open_one.clock.advance(60)
    await asked(open_one, asks("reopen", words=("1",)))
    view = await VERBS["resolve"].view(asks("resolve", via="button", ref="1"), open_one.pong)
    inputs = [block["element"] for block in view["blocks"] if "element" in block]
    assert not [one for one in inputs if one.get("initial_value")]


async def test_fallback_mode_that_stays_on_is_said(open_one: SmallPong):
    async def on(records: Records) -> None:
        await records.timers.schedule(1, timers.FALLBACK, 1, due_ms=open_one.clock.now_ms() + 60_000)

    await open_one.pong.store.write(on)
    assert "Still on: fallback mode. Next: /redis fallback off." in await resolves(open_one)


async def test_what_never_came_back_has_no_time_at_which_it_was_mitigated(open_one: SmallPong):
    open_one.clock.advance(5 * 60)
    await resolves(open_one)
    [post] = await open_one.posted("📄 The report")
    told = post["file"]["content"]
    assert "verification: not whole" in told
    assert "| Mitigated | not measured |" in told
