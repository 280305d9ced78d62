"""Does the terminal say the same, with 0 healthy, 1 findings, 2 unreachable?"""

import argparse
import json
from pathlib import Path

import pytest

from bot.cli.redis import add_parser, run
from bot.errors import BadInput, SettingsError
from tests.fixtures.redis_fixtures import StartServer

PONG_TOML = """
[slack]
team = "T12345"
incidents_channel = "C12345"
[targets.redis-prod]
url_env = "PROD_URL"
"""


async def pong_redis(*words: str) -> int:
    parser = argparse.ArgumentParser()
    add_parser(parser.add_subparsers())
    return await run(parser.parse_args(["redis", *words]))


async def test_a_healthy_server_exits_0(
    start_server: StartServer, capsys: pytest.CaptureFixture[str]
) -> None:
    url = start_server("--maxmemory", "100mb").url()
    assert await pong_redis("ping", "--target", url) == 0
    assert await pong_redis("triage", "--target", url) == 0
    assert "answers" in capsys.readouterr().out


async def test_a_full_server_exits_1_and_says_what_helps(
    start_server: StartServer, capsys: pytest.CaptureFixture[str]
) -> None:
    server = start_server("--maxmemory", "6mb")
    server.fill()
    assert await pong_redis("triage", "--target", server.url()) == 1
    said = capsys.readouterr().out
    assert "is full: writes fail" in said
    assert "critical over 90 %" in said
    assert "cache keys fill the memory" in said
    assert "/redis clear cache" in said
    assert await pong_redis("ping", "--target", server.url()) == 1


async def test_a_dead_server_exits_2_and_calls_nothing_ok(
    start_server: StartServer, capsys: pytest.CaptureFixture[str]
) -> None:
    server = start_server()
    server.kill()
    assert await pong_redis("triage", "--target", server.url()) == 2
    said = capsys.readouterr().out
    assert "refuses connections" in said
    assert "not checked: memory" in said
    assert "ok " not in said
    assert await pong_redis("ping", "--target", server.url()) == 2


async def test_json_is_whole_and_without_the_password(
    start_server: StartServer, capsys: pytest.CaptureFixture[str]
) -> None:
    server = start_server("--requirepass", "open-sesame")
    assert await pong_redis("triage", "--json", "--target", server.url(password="open-sesame")) == 0
    said = capsys.readouterr().out
    assert "open-sesame" not in said
    facts = json.loads(said)
    assert facts["outcome"]["kind"] == "healthy"
    assert {finding["check"] for finding in facts["findings"]} >= {"memory", "connections"}
    assert await pong_redis("ping", "--json", "--target", server.url()) == 2
    assert json.loads(capsys.readouterr().out)["kind"] == "credentials_missing"


async def test_a_name_is_looked_up_in_pong_toml(
    start_server: StartServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    config = tmp_path / "pong.toml"
    config.write_text(PONG_TOML, "utf-8")
    monkeypatch.setenv("PROD_URL", start_server().url())
    assert await pong_redis("ping", "--target", "redis-prod", "--config", str(config)) == 0
    assert await pong_redis("ping", "--config", str(config)) == 0
    assert "redis-prod answers" in capsys.readouterr().out
    with pytest.raises(BadInput, match="Did you mean redis-prod"):
        await pong_redis("ping", "--target", "redis-prd", "--config", str(config))


async def test_without_target_and_config_it_says_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="--target redis://"):
        await pong_redis("ping", "--config", str(tmp_path / "pong.toml"))


async def test_a_name_without_a_config_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="There is no"):
        await pong_redis("ping", "--target", "redis-prod", "--config", str(tmp_path / "pong.toml"))
