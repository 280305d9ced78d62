"""Can a responder have PagerDuty wake somebody who may approve, once, and is it said what came of it?"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from bot.people import Identity
from tests.bot.intake.test_opening import alert
from tests.commands.approval.test_approve import approves
from tests.fixtures.alerts import alertmanager
from tests.fixtures.asking import asked
from tests.fixtures.carrying_out import the_offer
from tests.fixtures.pagerduty import FROM, POLICY, SERVICE, TOKEN, Pager
from tests.fixtures.redis_server import RedisServer
from tests.fixtures.small_pong import DEV, MARIA, SAM, TEAM, VERA, SmallPong, asks, small_pong


@asynccontextmanager
async def waiting(path: Path, redis: RedisServer, pager: Pager, **tables) -> AsyncIterator[SmallPong]:
    """Sam asked for the cache to be cleared, and nobody answers."""
    secrets = {"REDIS_URL": redis.url(), "REDIS_REMEDIATION_URL": redis.url()}
    secrets |= {"PAGERDUTY_API_TOKEN": TOKEN, "PAGERDUTY_FROM": FROM}
    given = {"secrets": secrets, "pagerduty": {"service": SERVICE, "approvers_policy": POLICY}} | tables
    async with (
        small_pong(path, tables=given) as small,
        httpx.AsyncClient(transport=pager.transport()) as http,
    ):
        await alert(small, alertmanager())
        await asked(small, asks("clear", by=SAM, words=("cache",)))
        yield replace(small, pong=replace(small.pong, http=http))


async def test_an_approver_is_woken_once_and_everybody_reads_it(tmp_path: Path, redis: RedisServer):
    pager = Pager()
    async with waiting(tmp_path, redis, pager) as small:
        told = await approves(small, SAM, verb="wake")
        assert f"<@{SAM}> had PagerDuty page an approver for “Clear cache”" in told
        again = await approves(small, SAM, verb="wake")
        assert "PagerDuty has an open page for “Clear cache” already, so nobody is paged anew" in again
        [page] = pager.pages
        assert page["title"] == "Pong: Clear cache on redis-prod waits for an approval (incident 1)"
        assert "approver.woken" in [event.kind for event in small.noted]


@pytest.mark.parametrize(
    ("pager", "says"),
    [
        (Pager(loses=True), "it is not known whether anybody was paged"),
        (Pager(answers=500), "it is not known whether anybody was paged"),
        (Pager(answers=403), "so nobody was paged"),
    ],
)
async def test_what_failed_is_said_with_what_to_do(
    tmp_path: Path, redis: RedisServer, pager: Pager, says: str
):
    async with waiting(tmp_path, redis, pager) as small:
        told = await approves(small, SAM, verb="wake")
        assert says in told
        assert "call an approver by telephone" in told
        assert "approver.not_woken" in [event.kind for event in small.noted]


async def test_where_pagerduty_is_not_set_up_it_says_so(tmp_path: Path, redis: RedisServer):
    async with waiting(tmp_path, redis, Pager(), pagerduty={}) as small:
        assert "set [pagerduty] in pong.toml" in await approves(small, SAM, verb="wake")


async def test_nobody_is_woken_for_what_is_decided(tmp_path: Path, redis: RedisServer):
    pager = Pager()
    async with waiting(tmp_path, redis, pager) as small:
        await approves(small, DEV, verb="deny", via="modal", values={"reason": "no"})
        assert "so nobody was woken" in await approves(small, SAM, verb="wake")
        assert not pager.pages


async def test_nobody_is_woken_for_what_is_approved_or_overdue(tmp_path: Path, redis: RedisServer):
    pager = Pager()
    async with waiting(tmp_path / "approved", redis, pager) as small:
        await approves(small, DEV)
        assert "so nobody was woken" in await approves(small, SAM, verb="wake")
    async with waiting(tmp_path / "overdue", redis, pager) as small:
        small.clock.advance(15 * 60)
        assert "so nobody was woken" in await approves(small, SAM, verb="wake")
    assert not pager.pages


async def test_a_page_is_for_this_very_plan(tmp_path: Path, redis: RedisServer):
    pager = Pager()
    async with waiting(tmp_path, redis, pager) as small:
        await approves(small, SAM, verb="wake")
        digest = (await the_offer(small)).approval.digest
    assert [page["incident_key"] for page in pager.pages] == [f"pong-approval-1-{digest[:16]}"]


async def test_a_viewer_wakes_nobody(tmp_path: Path, redis: RedisServer):
    pager = Pager()
    async with waiting(tmp_path, redis, pager) as small:
        assert "You may not do this" in await approves(small, VERA, verb="wake")
        assert not pager.pages


async def test_the_button_is_there_only_where_it_works(tmp_path: Path, redis: RedisServer):
    async with waiting(tmp_path / "with", redis, Pager()) as small:
        assert "Wake an approver" in str((await small.posted("needs 1 approval"))[-1])
    async with waiting(tmp_path / "without", redis, Pager(), pagerduty={}) as small:
        assert "Wake an approver" not in str((await small.posted("needs 1 approval"))[-1])


async def test_who_may_not_break_the_glass_is_not_offered_to(tmp_path: Path, redis: RedisServer):
    people = {"responders": [MARIA, DEV, SAM], "approvers": [DEV], "break_glass": [MARIA]}
    more = {"people": people, "approval": {"break_glass": ["clear"]}}
    async with waiting(tmp_path, redis, Pager(), **more) as small:
        await approves(small, SAM)
        answer = (await small.posted("asked for this, so somebody else has to approve it"))[-1]
        assert "Wake an approver" in str(answer["blocks"])
        assert "Break glass…" not in str(answer["blocks"])


async def test_who_is_refused_their_own_request_gets_the_ways_on(tmp_path: Path, redis: RedisServer):
    people = {"responders": [MARIA, DEV, SAM], "approvers": [DEV], "break_glass": [SAM]}
    more = {"people": people, "approval": {"break_glass": ["clear"]}}
    async with waiting(tmp_path, redis, Pager(), **more) as small:
        # Who has never written to Pong is called as Slack tells it.
        small.directory.identities[DEV] = Identity(user_id=DEV, team_id=TEAM, handle="dev")
        await approves(small, SAM)
        answer = (await small.posted("asked for this, so somebody else has to approve it"))[-1]
        assert "Wake an approver" in str(answer["blocks"])
        assert "Break glass…" in str(answer["blocks"])
        assert "somebody else has to approve it: @dev." in answer["text"]
        await approves(small, VERA)
        assert "Wake an approver" not in str((await small.posted("You may not"))[-1]["blocks"])
