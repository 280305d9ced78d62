"""Does a responder's word that nothing happened end an unknown outcome, with the next step?"""

from pathlib import Path

import pytest

from tests.commands.approval.test_approve import card
from tests.fixtures.asking import asked
from tests.fixtures.small_pong import SAM, asks
from tests.fixtures.unknown import pressed, unknown_outcome, word_of


async def test_it_ends_as_not_run_and_says_to_ask_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    async with unknown_outcome(tmp_path, monkeypatch) as small:
        assert "Next: ask again if it is still needed" in await pressed(small, "did_not_run", SAM)
        assert await word_of(small) == (SAM, "it did not run", "failed")


async def test_the_same_is_not_asked_for_again_before_somebody_looked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    async with unknown_outcome(tmp_path, monkeypatch) as small:
        again = asks("restart", words=("app",))
        answer = await asked(small, again)
        assert "Whether Restart shop on redis-prod ran is not known yet" in answer
        assert len([event for event in small.noted if event.kind == "approval.asked"]) == 1
        await pressed(small, "did_not_run", SAM)
        assert "needs a responder's confirm" in await asked(small, again)


async def test_it_is_said_where_to_look_and_asked_before_it_is_final(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    async with unknown_outcome(tmp_path, monkeypatch) as small:
        drawn = await card(small)
        assert "look whether it happened, where that command works" in drawn["text"]
        [buttons] = [block for block in drawn["blocks"] if block["type"] == "actions"]
        said = [button["confirm"]["text"]["text"] for button in buttons["elements"]]
        assert len(said) == 2
        assert all("cannot be taken back" in one for one in said)


async def test_once_somebody_said_so_the_summary_says_that(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    async with unknown_outcome(tmp_path, monkeypatch) as small:
        assert "❓ outcome unknown: Restart shop" in await asked(small, asks("summary"))
        await pressed(small, "did_not_run", SAM)
        answer = await asked(small, asks("summary"))
        assert "✍ it did not run, by a person's word: Restart shop" in answer
        assert "outcome unknown" not in answer


async def test_words_never_say_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    async with unknown_outcome(tmp_path, monkeypatch) as small:
        assert "words never do" in await pressed(small, "did_not_run", SAM, via="command")
