"""Does only the right person's press of the right button, in time, approve a plan, and once?"""

from pathlib import Path

import pytest

from bot.approvals.approval import State
from bot.approvals.offer import load
from tests.bot.intake.test_opening import alert
from tests.fixtures.alerts import alertmanager
from tests.fixtures.asking import asked
from tests.fixtures.redis_server import RedisServer
from tests.fixtures.small_pong import DEV, GUEST, MARIA, SAM, VERA, SmallPong, asks, small_pong


async def card(small: SmallPong) -> dict:
    """The plan's card as it stands now."""
    return (await small._rows(None, message_id="incident:1/plan:1"))[-1]


async def offer(small: SmallPong, id: int = 1):
    if await small.pong.store.read(lambda records: records.approvals.get(id)) is None:
        return None
    return await small.pong.store.read(lambda records: load(records, id))


async def is_ready(small: SmallPong) -> bool:
    return await small.pong.store.read(lambda records: records.approvals.execution_of(1)) is not None


@pytest.fixture
async def offered(on_redis: SmallPong) -> SmallPong:
    """Sam has asked for the cache to be cleared; Maria and Dev approve."""
    await asked(on_redis, asks("clear", by=SAM, words=("cache",)))
    return on_redis


async def approves(
    small: SmallPong, by: str = DEV, *, ref: str | None = None, verb: str = "approve", **more
) -> str:
    given = (await offer(small)).approval.ref if ref is None else ref
    return await asked(small, asks(verb, by=by, via=more.pop("via", "button"), ref=given, **more))


async def state(small: SmallPong, id: int = 1) -> State:
    return (await offer(small, id)).approval.state


async def test_an_approver_s_press_approves_and_lets_it_run_once(offered: SmallPong):
    await approves(offered)
    assert await state(offered) is State.APPROVED
    assert await is_ready(offered)
    [event] = [event for event in offered.noted if event.kind == "approval.approve"]
    assert (event.actor, event.data["digest"]) == (DEV, (await offer(offered)).approval.digest)
    assert f"approved by <@{DEV}>" in (await card(offered))["text"]


async def test_where_two_are_needed_the_next_one_is_called_in_a_message_of_its_own(
    tmp_path: Path, redis: RedisServer
):
    people = {"responders": [SAM], "approvers": [MARIA, DEV, SAM]}
    secrets = {"REDIS_URL": redis.url(), "REDIS_REMEDIATION_URL": redis.url()}
    tables = {"people": people, "secrets": secrets, "approval": {"need": {"clear": 2}}}
    async with small_pong(tmp_path, tables=tables) as small:
        await alert(small, alertmanager())
        await asked(small, asks("clear", by=SAM, words=("cache",)))
        told = await approves(small, MARIA)
        assert f"needs 1 more approval (approved by <@{MARIA}>)" in told
        assert f"<@{DEV}>. The buttons are under the plan." in told
        assert f"<@{SAM}>" not in told
        assert "The buttons are under the plan" not in await approves(small, DEV)
        assert await state(small) is State.APPROVED


async def test_who_asked_may_not_approve(on_redis: SmallPong):
    await asked(on_redis, asks("clear", by=MARIA, words=("cache",)))
    answer = await approves(on_redis, MARIA)
    assert f"<@{MARIA}> asked for this, so somebody else has to approve it: @sre-oncall" in answer
    assert answer.count(f"<@{MARIA}>") == 1
    assert await state(on_redis) is State.PENDING


@pytest.mark.parametrize("who", [VERA, GUEST])
async def test_who_is_no_approver_is_refused(offered: SmallPong, who: str):
    assert await approves(offered, who)
    assert await state(offered) is State.PENDING
    assert not await is_ready(offered)


async def test_a_responder_outside_of_the_set_is_told_whom_to_ask(on_redis: SmallPong):
    await asked(on_redis, asks("clear", by=MARIA, words=("cache",)))
    assert "You may not decide on this: ask @sre-oncall." in await approves(on_redis, SAM)


async def test_an_empty_set_permits_nobody(tmp_path: Path, redis: RedisServer):
    tables = {
        "people": {"responders": [MARIA, DEV], "approvers": []},
        "secrets": {"REDIS_URL": redis.url(), "REDIS_REMEDIATION_URL": redis.url()},
    }
    async with small_pong(tmp_path, tables=tables) as small:
        await alert(small, alertmanager())
        await asked(small, asks("clear", by=MARIA, words=("cache",)))
        assert "people.approvers in pong.toml is empty" in await approves(small, DEV)
        assert await state(small) is State.PENDING


async def test_a_group_that_slack_does_not_tell_permits_nobody(offered: SmallPong):
    offered.directory.groups = {}
    assert "Slack did not say who is in" in await approves(offered)
    assert await state(offered) is State.PENDING


async def test_an_approver_whom_slack_does_not_tell_is_told_so_and_can_press_again(offered: SmallPong):
    offered.directory.untold = {DEV}
    assert "Slack did not say who" in await approves(offered)
    assert await state(offered) is State.PENDING
    offered.directory.untold = set()
    await approves(offered)
    assert await state(offered) is State.APPROVED


async def test_a_second_approval_changes_nothing(offered: SmallPong):
    await approves(offered, DEV)
    assert "This is approved already" in await approves(offered, MARIA)
    assert len((await offer(offered)).approval.ballots) == 1


@pytest.mark.parametrize("via", ["mention", "command", "modal"])
async def test_words_never_approve(offered: SmallPong, via: str):
    assert "Only the Approve button approves" in await approves(offered, via=via)
    assert await state(offered) is State.PENDING


FORGED = (
    "",
    "1",
    "1:",
    "1:000000000000",
    "1:zzz",
    "2:000000000000",
    "x:000000000000",
    "-1:000000000000",
    f"{'9' * 30}:000000000000",
    "1:000000000000:1",
    "٣:000000000000",
)


IN_A_WINDOW = ("deny", "approve_typed")


@pytest.mark.parametrize(
    "verb", ["approve", "approve_typed", "deny", "preview", "stop", "ran", "did_not_run"]
)
async def test_a_forged_button_does_nothing_and_is_answered(offered: SmallPong, verb: str):
    before = await offer(offered)
    for ref in FORGED:
        answer = await approves(offered, ref=ref, verb=verb, via="modal" if verb in IN_A_WINDOW else "button")
        assert "use the newest message in the thread" in answer, ref
    assert await offer(offered) == before
    assert not await is_ready(offered)


async def test_an_approval_after_its_time_is_refused(offered: SmallPong):
    offered.clock.advance(15 * 60)
    assert "The time to approve this is over" in await approves(offered)
    assert await state(offered) is State.PENDING


async def test_what_nobody_approves_in_time_expires_and_says_so(offered: SmallPong):
    await offered.ticks(16 * 60)
    assert await state(offered) is State.EXPIRED
    assert "expired: nobody approved it in time" in (await card(offered))["text"]
    assert len([event for event in offered.noted if event.kind == "approval.expired"]) == 1
    assert "not approved or not started in time" in await approves(offered)


async def test_what_was_approved_and_did_not_start_in_time_expires(offered: SmallPong):
    await approves(offered)
    await offered.ticks(6 * 60)
    assert await state(offered) is State.EXPIRED
    assert "approved and did not start in time" in (await card(offered))["text"]


async def test_nothing_can_be_approved_once_the_incident_is_resolved(offered: SmallPong):
    values = {"root_cause": "the cache grew", "fix": "waited"}
    await asked(offered, asks("resolve", via="modal", ref="1", values=values))
    assert await state(offered) is State.CANCELLED
    assert "taken back, as the incident ended" in (await card(offered))["text"]
    assert "This was taken back" in await approves(offered)
    assert not await is_ready(offered)
