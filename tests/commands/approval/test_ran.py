"""Does a responder's word end an unknown outcome, once, as their own?"""

from pathlib import Path

import pytest

from tests.fixtures.small_pong import MARIA, SAM, VERA
from tests.fixtures.unknown import pressed, unknown_outcome, word_of


async def test_it_is_kept_as_that_person_s_word_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    async with unknown_outcome(tmp_path, monkeypatch) as small:
        assert "press It ran or It did not run" in (await small.posted("Unknown outcome"))[-1]["text"]
        assert "You may not do this" in await pressed(small, "ran", VERA)
        assert f"<@{SAM}> looked and says that it ran; Pong did not see it" in await pressed(
            small, "ran", SAM
        )
        for verb in ("ran", "did_not_run"):
            assert "somebody has said it already" in await pressed(small, verb, MARIA)
        assert await word_of(small) == (SAM, "it ran", "succeeded")


async def test_words_never_say_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    async with unknown_outcome(tmp_path, monkeypatch) as small:
        assert "words never do" in await pressed(small, "ran", SAM, via="command")
