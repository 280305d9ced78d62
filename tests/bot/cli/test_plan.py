"""Does `pong plan` say what it would cost and how it is done, and change nothing?"""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from bot.cli import main
from bot.playground.ports import free_port
from tests.fixtures.answering import answering
from tests.fixtures.cloud import app_spec
from tests.fixtures.redis_fixtures import StartServer, binary, start_server
from tests.fixtures.redis_server import RedisServer

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


def test_a_flag_of_an_app_is_planned_without_a_value_of_its_spec(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    spec = app_spec(REDIS_FALLBACK="false")
    spec["envs"].append({"key": "PLAIN", "value": "canary"})
    newest = {"id": "before-0", "phase": "ACTIVE"}
    with answering(lambda: json.dumps({"app": {"spec": spec}, "deployments": [newest]})) as url:
        config.write_text(
            f'digitalocean_api_url = "{url}"\n{TOML}application = "shop"\n[applications.shop]\n'
            'digitalocean_app_id = "app-1"\ndigitalocean_fallback_env = "REDIS_FALLBACK"\n'
        )
        monkeypatch.setenv("DIGITALOCEAN_TOKEN", "t")
        monkeypatch.setenv("REDIS_URL", f"redis://127.0.0.1:{free_port()}")
        assert main(["plan", "fallback", "on", "--config", str(config)]) == 0
    said = capsys.readouterr().out
    assert "# REDIS_FALLBACK of shop stands in web." in said
    assert "doctl apps update app-1 --spec spec-of-app-1.yaml --wait" in said
    assert not [value for value in ("canary", "of-a-test") if value in said]


ROTATING = """users = ["shop_a", "shop_b"]
application = "shop"
[applications.shop]
credentials_command = ["{tell}"]
"""


@pytest.fixture
def rotating(config: Path, monkeypatch: pytest.MonkeyPatch, start_server: StartServer) -> RedisServer:
    """A shop that is logged in as shop_a, and what gives it another user: a program that keeps its words."""
    server = start_server()
    server.command("ACL", "SETUSER", "shop_a", "on", ">first", "~*", "&*", "+@all", "-@admin")
    server.command("ACL", "SETUSER", "pong", "on", ">sesame", "~*", "&*", "+@all")
    tell = config.with_name("tell")
    tell.write_text(f"#!/bin/sh\ncat >> {config.with_name('told')}\n")
    tell.chmod(0o755)
    config.write_text(TOML + ROTATING.format(tell=tell), "utf-8")
    monkeypatch.setenv("REDIS_URL", server.url(user="pong", password="sesame"))
    return server


def printed(config: Path, capsys: Said, *words: str) -> list[str]:
    assert main(["plan", *words, "--config", str(config)]) == 0
    return capsys.readouterr().out.splitlines()


def test_a_pasted_plan_asks_for_its_password_behind_its_last_line(
    config: Path, rotating: RedisServer, capsys: Said
) -> None:
    lines = printed(config, capsys, "scale", "60mb")
    assert (lines[0], lines[-1]) == ("{", "}")


def run_by(shell: str, lines: list[str]) -> int:
    words = [shell, "-c", "\n".join(lines)]
    return subprocess.run(words, input="sesame\n", text=True, capture_output=True, timeout=60).returncode


@pytest.mark.skipif(shutil.which("redis-cli") is None, reason="there is no redis-cli on this machine")
@pytest.mark.parametrize("shell", ["bash", "sh"])
@pytest.mark.parametrize("word", ["planned", "leaked"])
def test_a_rotation_that_is_run_as_a_script_takes_no_user_away(
    config: Path, rotating: RedisServer, capsys: Said, word: str, shell: str
) -> None:
    before = rotating.command("ACL", "LIST")
    with rotating.client(username="shop_a", password="first") as serving:
        serving.ping()
        assert run_by(shell, printed(config, capsys, "rotate", word)) == 1
        serving.ping()
    assert rotating.command("ACL", "LIST") == before


@pytest.mark.skipif(shutil.which("redis-cli") is None, reason="there is no redis-cli on this machine")
@pytest.mark.parametrize("word", ["planned", "leaked"])
def test_a_rotation_is_carried_out_by_the_lines_that_it_leaves_to_a_person(
    config: Path, rotating: RedisServer, capsys: Said, word: str
) -> None:
    lines = printed(config, capsys, "rotate", word)
    asks = [line for line in lines if "read -r" in line or "export" in line]
    by_hand = [line[2:] for line in lines if line.startswith(("# new=", "# printf", "# redis-cli"))]
    assert run_by("sh", [*asks, *by_hand]) == 0
    user, password = config.with_name("told").read_text().split()
    with rotating.client(username=user, password=password) as serving:
        assert serving.ping()
    assert [line for line in rotating.command("ACL", "LIST") if line.startswith(b"user shop_a off ")]
