"""Does a pinned message of the thread stand in the timeline at its own time, once, and safely?"""

import pytest

from bot import flow
from bot.errors import Transient
from bot.pong import Said
from bot.report.report import report
from bot.thread import runbook_of
from commands.incident.pin import KIND
from tests.bot.intake.test_opening import the_incident
from tests.fixtures.asking import asked
from tests.fixtures.small_pong import DEV, GUEST, MARIA, SmallPong, asks

TS = "1767229900.000100"


async def thread_ts(small: SmallPong) -> str:
    """As if Slack had taken the incident's message."""
    ts = "1767229800.000100"

    async def posted(records) -> None:
        await records.outbox._connection.run("UPDATE messages SET ts = :ts WHERE id = 'incident:1'", ts=ts)

    await small.pong.store.write(posted)
    return ts


async def pinned(small: SmallPong, *, by: str = MARIA, **more: object) -> None:
    parent = await thread_ts(small)
    facts = {"ts": TS, "user": DEV, "text": "the replica was *promoted* <!channel>", "thread_ts": parent}
    small.pong.slack.messages[TS] = Said(**(facts | more))
    request = asks("pin", by=by, via="reaction", ref=TS)
    number = await small.pong.store.write(
        lambda records: records.inbox.accept(
            "slack", f"pin:{by}:{len(small.noted)}", request.to_json(), at_ms=1
        )
    )
    [accepted] = await small.pong.store.write(
        lambda records: records.inbox.claim(now_ms=small.clock.now_ms(), lease_ms=1, most=5)
    )
    assert accepted.id == number
    await flow.on_accepted(small.pong, accepted)


async def test_it_stands_there_once_at_the_time_it_was_said(open_one: SmallPong) -> None:
    await pinned(open_one)
    await pinned(open_one)
    [event] = [event for event in open_one.noted if event.kind == KIND]
    assert event.data["said_at_ms"] == 1767229900000
    assert event.data["said_by"] == DEV
    incident = await the_incident(open_one)
    runbook = runbook_of(open_one.pong, incident)
    text = await open_one.pong.store.read(lambda records: report(records, incident, runbook))
    [row] = [line for line in text.splitlines() if KIND in line]
    assert "2026-01-01T01:11:40" in row
    assert "<!channel>" not in row


async def test_what_pong_said_itself_is_not_taken_again(open_one: SmallPong) -> None:
    await pinned(open_one, is_bots=True)
    assert KIND not in {event.kind for event in open_one.noted}


async def test_elsewhere_a_pin_is_no_request_of_pong(open_one: SmallPong) -> None:
    before = len(await open_one.posted())
    await pinned(open_one, thread_ts=None)
    assert KIND not in {event.kind for event in open_one.noted}
    assert len(await open_one.posted()) == before


async def test_a_guest_s_pin_is_refused_in_the_timeline_alone(open_one: SmallPong) -> None:
    before = len(await open_one.posted())
    await pinned(open_one, by=GUEST)
    assert KIND not in {event.kind for event in open_one.noted}
    assert len(await open_one.posted()) == before


async def test_a_message_that_is_gone_is_not_told_of(open_one: SmallPong) -> None:
    before = len(await open_one.posted())
    await thread_ts(open_one)
    await asked(open_one, asks("pin", via="reaction", ref="1.2"))
    assert len(await open_one.posted()) == before


async def test_while_slack_does_not_tell_it_is_asked_again_later(open_one: SmallPong) -> None:
    open_one.pong.slack.is_silent = True
    with pytest.raises(Transient):
        await pinned(open_one)
