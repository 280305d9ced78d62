"""Does the command line end with the right code, and say in one sentence what a person has to mend?"""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli import main
from bot.incident import Incident
from bot.store.sqlite import open_sqlite

ROOT = Path(__file__).parents[3]
TOML = """
[slack]
team = "T0PONG"
incidents_channel = "C0INCIDENTS"

[targets.redis-prod]
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a pong.toml, and an environment in which nothing of Pong's is set."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith(("SLACK_", "REDIS_", "DATABASE_", "ALERT"))]:
        monkeypatch.delenv(name)
    (tmp_path / "pong.toml").write_text(TOML, "utf-8")
    return tmp_path


def keep_incident(home: Path) -> None:
    incident = Incident(
        id=0,
        runbook="redis-failure",
        target="redis-prod",
        title="Redis Failure",
        channel="C0INCIDENTS",
        opened_ms=1_767_229_860_000,
        alert_name="RedisDown",
        source="alertmanager",
    )

    async def keep() -> None:
        store = open_sqlite(f"sqlite:///{home}/pong.db", redact=str, mirror=lambda event: None)
        try:
            await store.write(lambda records: records.incidents.open(incident))
        finally:
            await store.close()

    asyncio.run(keep())


def python_m_bot(*words: str, cwd: Path, stdout: int = subprocess.PIPE) -> "subprocess.CompletedProcess[str]":
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "bot", *words]
    pipe = subprocess.PIPE
    return subprocess.run(
        command, cwd=cwd, env=environment, stdout=stdout, stderr=pipe, text=True, timeout=60, check=False
    )


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    for command in ("run", "playground", "redis", "incidents"):
        assert f"\n    {command}" in said


def test_no_command_is_an_error_that_shows_how_to_use_it(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([])
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith("usage: pong")


def test_missing_pong_toml_is_one_sentence_without_a_stack(home: Path) -> None:
    (home / "pong.toml").unlink()
    answer = python_m_bot("run", cwd=home)
    assert answer.returncode == 2
    assert answer.stderr == "There is no pong.toml: copy pong.example.toml to it and fill in your ids.\n"


def test_run_names_all_that_is_missing_at_once(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run"]) == 2
    said = capsys.readouterr().err
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "REDIS_URL"):
        assert f"{name}:" in said
    assert "Traceback" not in said


def test_a_secret_can_come_from_a_file(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "token").write_text("xoxb-from-a-file\n", "utf-8")
    monkeypatch.setenv("SLACK_BOT_TOKEN_FILE", str(home / "token"))
    assert main(["run"]) == 2
    said = capsys.readouterr().err
    assert "SLACK_BOT_TOKEN:" not in said
    assert "xoxb" not in said


def test_what_is_wrong_in_pong_toml_is_named_by_its_place(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "pong.toml").write_text(TOML + 'colour = "red"\n\n[people]\napprovers = ["maria"]\n', "utf-8")
    assert main(["incidents", "list"]) == 2
    said = capsys.readouterr().err
    assert "2 thing(s) to mend" in said
    assert "targets.redis-prod.colour" in said
    assert "people.approvers.0" in said


def test_incidents_are_listed(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep_incident(home)
    assert main(["incidents", "list"]) == 0
    assert capsys.readouterr().out == "#1  2026-01-01T01:11:00Z  triggered     redis-prod\n"


@pytest.mark.parametrize(
    "words", [("--config", "other.toml", "list"), ("list", "--config", "other.toml"), ("list",)]
)
def test_the_config_may_stand_before_and_after_the_word(
    home: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    keep_incident(home)
    if len(words) > 1:
        (home / "pong.toml").rename(home / "other.toml")
    assert main(["incidents", *words]) == 0
    assert capsys.readouterr().out.startswith("#1 ")


def test_report_of_an_incident_is_printed_as_markdown(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep_incident(home)
    assert main(["incidents", "report", "1"]) == 0
    assert capsys.readouterr().out.startswith("# Incident 1: Redis Failure")


def test_report_of_an_incident_that_is_not_there_says_where_to_look(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep_incident(home)
    assert main(["incidents", "report", "9"]) == 2
    assert "`pong incidents list`" in capsys.readouterr().err


def test_a_reader_who_has_enough_ends_it_quietly(home: Path) -> None:
    keep_incident(home)
    reads, writes = os.pipe()
    os.close(reads)
    try:
        ended = python_m_bot("incidents", "report", "1", cwd=home, stdout=writes)
    finally:
        os.close(writes)
    assert ended.returncode == 1
    assert ended.stderr == ""
