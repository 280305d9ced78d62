"""Does what one person did alone stay open until somebody else has looked at it?"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.report.report import report
from commands import VERBS
from tests.fixtures.asking import asked
from tests.fixtures.carrying_out import the_offer
from tests.fixtures.glass import begins, breaks_glass, maria_asked
from tests.fixtures.redis_server import RedisServer
from tests.fixtures.small_pong import DEV, MARIA, SAM, SmallPong, asks


@pytest.fixture
async def counted(tmp_path: Path, redis: RedisServer) -> AsyncIterator[SmallPong]:
    """Maria's broken glass has let it run."""
    async with maria_asked(tmp_path, redis) as small:
        await breaks_glass(small)
        await small.ticks(121)
        await begins(small)
        yield small


async def test_what_was_let_run_and_never_began_needs_no_look(tmp_path: Path, redis: RedisServer):
    async with maria_asked(tmp_path, redis) as small:
        await breaks_glass(small)
        await small.ticks(121)
        assert "Review open" not in (await small.parent())["text"]
        assert "somebody has signed it off already" in await signs_off(small, DEV)
        await small.ticks(2 * 86_400, every_s=3_600)
        assert not [post for post in await small.posted("Review open") if "/review:" in post["id"]]


async def signs_off(small: SmallPong, by: str, says: str = "It was right; we need a second on call") -> str:
    ref = (await the_offer(small)).approval.ref
    return await asked(small, asks("sign_off", by=by, via="modal", ref=ref, values={"says": says}))


async def text_of(small: SmallPong) -> str:
    async def read(records) -> str:
        incident = await records.incidents.get(1)
        return await report(records, incident, small.pong.runbooks[incident.runbook])

    return await small.pong.store.read(read)


async def test_another_approver_signs_it_off_and_says_what_they_found(counted: SmallPong):
    assert "| Clear cache | U0MARIA | Nobody else answers" in await text_of(counted)
    told = await signs_off(counted, DEV)
    assert f"<@{DEV}> signed off what <@{MARIA}> did alone (Clear cache): “It was right;" in told
    assert "Review open" not in (await counted.parent())["text"]
    assert "It was right" in (await text_of(counted)).partition("## Timeline")[0]
    assert "somebody has signed it off already" in await signs_off(counted, DEV)


async def test_who_did_it_alone_does_not_sign_it_off(tmp_path: Path, redis: RedisServer):
    async with maria_asked(tmp_path, redis, approvers=(DEV, MARIA)) as small:
        await breaks_glass(small)
        await small.ticks(121)
        await begins(small)
        assert "so somebody else has to sign it off" in await signs_off(small, MARIA)
        assert "Review open" in (await small.parent())["text"]


async def test_who_is_no_approver_does_not_sign_it_off(counted: SmallPong):
    assert "You may not decide on this" in await signs_off(counted, SAM)
    assert "Review open" in (await counted.parent())["text"]


async def test_its_window_asks_what_was_found(counted: SmallPong):
    ref = (await the_offer(counted)).approval.ref
    view = await VERBS["sign_off"].view(asks("sign_off", via="button", ref=ref), counted.pong)
    assert view["callback_id"] == "pong:sign_off"
    assert VERBS["sign_off"].faults({"says": "  "})
    assert "Say in a sentence what you found" in await signs_off(counted, DEV, says=" ")


async def test_a_press_whose_window_did_not_open_signs_nothing_off(counted: SmallPong):
    ref = (await the_offer(counted)).approval.ref
    assert "The window did not open" in await asked(counted, asks("sign_off", by=DEV, via="button", ref=ref))


async def test_it_outlives_the_incident_and_is_said_again_every_morning(counted: SmallPong):
    values = {"root_cause": "the cache had no limit", "fix": "cleared the cache"}
    view = await VERBS["resolve"].view(asks("resolve", via="button", ref="1"), counted.pong)
    assert "Review open" in view["blocks"][0]["text"]["text"]
    await asked(counted, asks("resolve", by=MARIA, via="modal", ref="1", values=values))
    assert "Review open" in (await counted.parent())["text"]
    await counted.ticks(2 * 86_400, every_s=3_600)
    again = [post for post in await counted.posted("Review open") if "/review:" in post["id"]]
    assert len(again) == 2
    await signs_off(counted, DEV)
    await counted.ticks(2 * 86_400, every_s=3_600)
    assert len([post for post in await counted.posted("Review open") if "/review:" in post["id"]]) == 2
