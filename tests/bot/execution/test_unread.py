"""Has a plan that another version of Pong kept an end here, that stands in nobody's way?"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.bot.execution.test_ends import RESTARTS, broken_off
from tests.commands.approval.test_approve import card
from tests.commands.redis.test_restart import incident
from tests.fixtures.asking import asked
from tests.fixtures.carrying_out import carried_out, confirmed, outcome
from tests.fixtures.redis_server import RedisServer
from tests.fixtures.small_pong import MARIA, SAM, SmallPong, asks

CLOSES = {"root_cause": "the downgrade", "fix": "by hand"}


async def kept_by_another(small: SmallPong) -> None:
    """As if a version had kept it that knows a further kind of step."""
    change = """UPDATE approvals SET facts = replace(facts, '"configured-command"', '"further-command"')"""
    await small.pong.store.write(lambda records: records.approvals._connection.run(change))


@asynccontextmanager
async def approved(path: Path) -> AsyncIterator[SmallPong]:
    with RedisServer() as server:
        async with incident(path, server, application=RESTARTS) as small:
            await asked(small, asks("restart", words=("app",)))
            await confirmed(small, [MARIA])
            await kept_by_another(small)
            yield small


@asynccontextmanager
async def unknown(path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SmallPong]:
    async with broken_off(path, monkeypatch) as small:
        await kept_by_another(small)
        assert (await carried_out(small))["state"] == "unknown"
        yield small


async def ref_of(small: SmallPong) -> str:
    row = await small.pong.store.read(lambda records: records.approvals.get(1))
    assert row is not None
    return f"1:{row['digest'][:12]}"


async def test_what_was_not_begun_did_not_run_and_is_asked_for_again(tmp_path: Path):
    async with approved(tmp_path) as small:
        assert (await carried_out(small))["state"] == "failed"
        assert "did not run: another version of Pong kept its plan" in await outcome(small)
        [event] = [event for event in small.noted if event.kind == "execution.refused"]
        assert event.data["title"] == "Restart shop"
        assert not await small.pong.store.read(lambda records: records.approvals.is_running(1))
        assert "needs a responder's confirm" in await asked(small, asks("restart", words=("app",)))


async def test_the_incident_can_be_resolved_whatever_is_kept(tmp_path: Path):
    async with approved(tmp_path) as small:
        resolve = asks("resolve", via="modal", words=("1",), values=CLOSES)
        await asked(small, resolve)
        assert "incident.resolved" in [event.kind for event in small.noted]


async def test_what_may_have_run_is_unknown_and_not_asked_for_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    async with unknown(tmp_path, monkeypatch) as small:
        assert "Unknown outcome: Restart shop on redis-prod" in await outcome(small)
        assert "is not known yet" in await asked(small, asks("restart", words=("app",)))
        assert [block["type"] for block in (await card(small))["blocks"]] == ["section", "actions"]


async def test_a_person_s_word_ends_it_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    async with unknown(tmp_path, monkeypatch) as small:
        word = asks("did_not_run", by=SAM, via="button", ref=await ref_of(small))
        assert "looked and says that it did not run" in await asked(small, word)
        assert "somebody has said it already" in await asked(small, word)
        assert [event.actor for event in small.noted if event.kind == "execution.settled"] == [SAM]
        assert "needs a responder's confirm" in await asked(small, asks("restart", words=("app",)))


async def test_buttons_of_another_plan_end_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    async with unknown(tmp_path, monkeypatch) as small:
        word = asks("ran", by=SAM, via="button", ref="1:" + "0" * 12)
        assert "belongs to an older plan" in await asked(small, word)
        assert not [event for event in small.noted if event.kind == "execution.settled"]
