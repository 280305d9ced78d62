import stat
from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.playground.directory import Directory, Rehearsal, alone_in


def test_a_rehearsal_is_kept_for_its_owner_alone(tmp_path: Path) -> None:
    directory = Directory(tmp_path)
    rehearsal = Rehearsal(broken=["stop"])
    directory.keep(rehearsal)
    assert directory.rehearsal() == rehearsal
    assert stat.S_IMODE((tmp_path / "rehearsal.json").stat().st_mode) == 0o600
    assert rehearsal.token not in repr(rehearsal)


@pytest.mark.parametrize("text", ["nonsense", "[]", '{"colour": 1}'])
def test_a_rehearsal_that_cannot_be_read_is_said(tmp_path: Path, text: str) -> None:
    (tmp_path / "rehearsal.json").write_text(text, "utf-8")
    with pytest.raises(SettingsError, match=r"rehearsal\.json cannot be read: start anew with FRESH=1\."):
        Directory(tmp_path).rehearsal()


def test_a_fresh_start_forgets_the_last_and_nothing_else(tmp_path: Path) -> None:
    for name in (
        "pong.db",
        "pong.db-wal",
        "slack.db",
        "alerts.json",
        "rehearsal.json",
        "dump.rdb",
        "mine.txt",
    ):
        (tmp_path / name).write_text("x", "utf-8")
    with alone_in(tmp_path, is_fresh=False):
        assert len(list(tmp_path.iterdir())) == 8
    with alone_in(tmp_path, is_fresh=True):
        assert {file.name for file in tmp_path.iterdir()} == {"lock", "mine.txt"}


def test_two_do_not_share_a_directory(tmp_path: Path) -> None:
    with (
        alone_in(tmp_path, is_fresh=False),
        pytest.raises(SettingsError, match="A playground already works in"),
        alone_in(tmp_path, is_fresh=True),
    ):
        pass


def test_a_directory_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", "utf-8")
    with (
        pytest.raises(SettingsError, match="name another --directory"),
        alone_in(tmp_path / "file" / "x", is_fresh=False),
    ):
        pass
