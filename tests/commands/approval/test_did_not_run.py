"""Does a responder's word that nothing happened end an unknown outcome, with the next step?"""

from pathlib import Path

import pytest

from tests.fixtures.small_pong import SAM
from tests.fixtures.unknown import pressed, unknown_outcome, word_of


async def test_it_ends_as_not_run_and_says_to_ask_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    async with unknown_outcome(tmp_path, monkeypatch) as small:
        assert "Next: ask again if it is still needed" in await pressed(small, "did_not_run", SAM)
        assert await word_of(small) == (SAM, "it did not run", "failed")


async def test_words_never_say_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    async with unknown_outcome(tmp_path, monkeypatch) as small:
        assert "words never do" in await pressed(small, "did_not_run", SAM, via="command")
