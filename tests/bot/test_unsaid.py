"""Does anybody hear of a message that Slack will never take, once, and of a plan's card above all?"""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.approvals import offer
from bot.approvals.card import redraw_card
from bot.approvals.prepare import prepare
from bot.approvals.why import Why
from bot.clock import SystemClock
from bot.outbox.pacing import Pacing
from bot.outbox.sender import Sender
from bot.outbox.settling import SetAside
from bot.playground.local_slack import LocalSlack
from bot.playground.serving import serving
from bot.store.outbox import POST, UPDATE, Class
from bot.store.records import Records
from bot.store.sending import Letter
from bot.tasks import end_tasks
from bot.thread import parent_id
from bot.unsaid import tell, telling
from tests.bot.intake.test_opening import alert, the_incident
from tests.fixtures.alerts import alertmanager
from tests.fixtures.redis_server import RedisServer
from tests.fixtures.slack_pong import BOT_TOKEN
from tests.fixtures.small_pong import CHANNEL, DEV, MARIA, SmallPong, small_pong

REFUSED = "invalid_blocks"
OTHER = "C0GENERAL"


@pytest.fixture
async def small(tmp_path: Path) -> AsyncIterator[SmallPong]:
    async with small_pong(tmp_path) as small:
        await alert(small, alertmanager())
        yield small


def letter(message_id: str = "incident:1/update:1", **changes: Any) -> Letter:
    """One of incident 1's thread, which stands."""
    given = Letter(
        id=99,
        lane=CHANNEL,
        message_id=message_id,
        parent_id=parent_id(1),
        klass=Class.INCIDENT,
        dedup_key=message_id,
        method=POST,
        payload={"text": "Pong *says* something"},
        state="sending",
        attempts=1,
        next_ms=0,
        tried_ms=0,
        created_ms=0,
        ts=None,
        thread_ts="1.1",
        parent_failed=False,
        file_link=None,
    )
    return replace(given, **changes)


async def told(small: SmallPong, one: Letter, code: str = REFUSED) -> list[dict[str, Any]]:
    """What is to be said once Slack has refused `one`."""
    reason = f"Slack refused the message ({code})." if code else "Slack refused its parent."
    aside = SetAside(one, reason, code)
    await small.pong.store.write(lambda r: tell(r, aside, lane=CHANNEL, at_ms=small.clock.now_ms()))
    return await lines(small)


async def lines(small: SmallPong) -> list[dict[str, Any]]:
    async def read(records: Records) -> list[dict[str, Any]]:
        return await records.outbox._connection.rows(
            "SELECT o.*, m.parent_id FROM outbox o JOIN messages m ON m.id = o.message_id"
            " WHERE o.message_id LIKE '%unsaid:%' ORDER BY o.id"
        )

    return await small.pong.store.read(read)


async def test_it_is_in_the_timeline_of_its_incident(small: SmallPong):
    await told(small, letter())
    [event] = [event for event in small.noted if event.kind == "message.refused"]
    assert (event.incident_id, event.data["message"]) == (1, "incident:1/update:1")
    assert REFUSED in event.data["why"]


async def test_a_plain_line_in_the_same_thread_says_so_and_how_it_began(small: SmallPong):
    [line] = await told(small, letter(payload={"text": "Hello &lt;!channel&gt; &amp; all", "blocks": []}))
    assert (line["lane"], line["parent_id"]) == (CHANNEL, parent_id(1))
    assert '"blocks"' not in line["payload"]
    assert "Pong could not say something: Slack refused the message (invalid_blocks)." in line["payload"]
    assert "Hello &lt;!channel&gt; &amp; all" in line["payload"]


async def test_of_one_message_it_is_said_once_however_often_it_is_refused(small: SmallPong):
    await told(small, letter())
    assert len(await told(small, letter(method=UPDATE, ts="1.2"))) == 1


@pytest.mark.parametrize("code", ["channel_not_found", "is_archived"])
async def test_where_the_channel_is_refused_nothing_more_is_said_there(small: SmallPong, code: str):
    assert not await told(small, letter(), code)
    assert [event for event in small.noted if event.kind == "message.refused"]


async def test_of_another_channel_that_is_refused_incidents_hears(small: SmallPong):
    [line] = await told(small, letter("C0GENERAL/x", lane=OTHER), "channel_not_found")
    assert (line["lane"], line["parent_id"]) == (CHANNEL, None)


async def test_where_the_thread_is_refused_the_channel_hears(small: SmallPong):
    [line] = await told(small, letter(), "restricted_action_thread_locked")
    assert (line["lane"], line["parent_id"]) == (CHANNEL, None)


async def test_an_incident_whose_first_message_cannot_be_changed_hears_of_it_in_its_thread(small: SmallPong):
    parent = letter(parent_id(1), parent_id=None, method=UPDATE, ts="1.1", thread_ts=None)
    [line] = await told(small, parent)
    assert line["parent_id"] == parent_id(1)
    assert "could not change a message" in line["payload"]


async def test_a_line_about_a_refused_message_that_is_refused_too_is_not_told_again(small: SmallPong):
    await told(small, letter())
    before = await lines(small)
    assert await told(small, letter(before[0]["message_id"])) == before
    assert len([event for event in small.noted if event.kind == "message.refused"]) == 2


async def test_of_what_would_stand_under_a_refused_message_only_what_calls_people_is_told(small: SmallPong):
    under = letter(thread_ts=None, parent_failed=True)
    assert not await told(small, under, "")
    calls = replace(under, klass=Class.URGENT, payload={"text": f"<@{DEV}> <!subteam^S0SRE> please"})
    [line] = await told(small, calls, "")
    assert line["parent_id"] is None
    assert f"<@{DEV}> <!subteam^S0SRE>" in line["payload"]


async def test_a_refused_card_of_a_plan_does_not_run_out_unseen(tmp_path: Path, redis: RedisServer):
    """By a real sender: Slack refuses the card, and takes the line that says so."""
    redis.command("SET", "cache:1", "x")
    secrets = {"REDIS_URL": redis.url(), "REDIS_REMEDIATION_URL": redis.url()}
    async with small_pong(tmp_path, tables={"secrets": secrets}) as small:
        await alert(small, alertmanager())
        async with sending(small) as slack:
            await until(lambda: is_sent(small))
            slack.fail(POST, "refused", code=REFUSED, times=1)
            await ask_for_a_plan(small)
            await until(lambda: is_sent(small))
        messages = slack.workspace.channels[CHANNEL].messages.values()
        [line] = [one for one in messages if "The card of the plan" in one.text]
        assert "is missing: Slack refused the message (invalid_blocks)." in line.text
        assert "ask for it again" in line.text
        [kept] = await lines(small)
        assert '"reply_broadcast": true' in kept["payload"]


async def ask_for_a_plan(small: SmallPong) -> None:
    incident = await the_incident(small)
    prepared = await prepare(small.pong, incident, "clear", ("cache",))

    async def ask(records: Records) -> None:
        asked = await offer.ask(
            records, small.pong, incident, prepared, by=MARIA, words=("cache",), why=Why()
        )
        await redraw_card(records, small.pong, asked)

    await small.pong.store.write(ask)


@asynccontextmanager
async def sending(small: SmallPong) -> AsyncIterator[LocalSlack]:
    slack, clock = LocalSlack(SystemClock(), rates_strict=False), SystemClock()
    async with serving(slack.asgi()) as url:
        client = AsyncWebClient(BOT_TOKEN, base_url=f"{url}/api/", timeout=5, retry_handlers=[])
        pacing = Pacing(lane_ms=5, first_wait_ms=20, method_ms=2, dice=random.Random(1))
        sender = Sender(
            small.pong.store,
            client,
            clock,
            owner="x",
            on_failed=telling(clock, lane=CHANNEL),
            pacing=pacing,
        )
        runs = asyncio.create_task(sender.run())
        yield slack
        await end_tasks(runs)


async def is_sent(small: SmallPong) -> bool:
    counts = await small.pong.store.read(lambda records: records.outbox.counts())
    return not counts.get("pending") and not counts.get("sending")


async def until(is_so: Callable[[], Awaitable[bool]], *, within_s: float = 20) -> None:
    async with asyncio.timeout(within_s):
        while True:
            if await is_so():
                return
            await asyncio.sleep(0.02)
