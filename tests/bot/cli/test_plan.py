"""Does `pong plan` say what it would cost and how it is done, and change nothing?"""

from pathlib import Path

import pytest

from bot.cli import main
from bot.playground.ports import free_port
from tests.fixtures.redis_fixtures import StartServer, binary, start_server

__all__ = ["binary", "start_server"]

Said = pytest.CaptureFixture[str]
TOML = '[slack]\nteam = "T12345"\nincidents_channel = "C12345"\n[targets.redis-prod]\n'


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "pong.toml"
    path.write_text(TOML, "utf-8")
    return path


def test_the_plan_is_printed_and_nothing_is_changed(
    config: Path,
    start_server: StartServer,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    server = start_server("--maxmemory", "50mb")
    server.fill("session", value_bytes=100, keys_most=30)
    monkeypatch.setenv("REDIS_URL", server.url())
    assert main(["plan", "clear", "sessions", "--config", str(config)]) == 0
    said = capsys.readouterr().out
    assert "deletes about 30 keys" in said
    assert "these people are logged out" in said
    assert f"redis-cli -h 127.0.0.1 -p {server.port} EVAL" in said
    assert server.command("DBSIZE") == 30


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["cahe"], "Did you mean cache?"),
        (["cache:*"], "Name a class of keys, not a pattern"),
        (["cache", "--target", "redis-prd"], "Did you mean redis-prod?"),
        (["cache"], "Nothing was measured"),
    ],
)
def test_what_cannot_be_planned_is_one_sentence(
    config: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    says: str,
) -> None:
    monkeypatch.setenv("REDIS_URL", f"redis://127.0.0.1:{free_port()}")
    assert main(["plan", "clear", *words, "--config", str(config)]) == 2
    assert says in capsys.readouterr().err


def test_a_plan_is_measured_by_whoever_may_only_look(
    config: Path, start_server: StartServer, monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    server = start_server("--maxmemory", "50mb")
    monkeypatch.setenv("REDIS_URL", server.url())
    assert main(["plan", "scale", "60mb", "--config", str(config)]) == 0
    said = capsys.readouterr().out
    assert f"redis-cli -h 127.0.0.1 -p {server.port} CONFIG SET maxmemory 62914560" in said
