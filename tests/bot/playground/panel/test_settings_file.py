from pathlib import Path

from bot.config.settings import Settings, load, missing_to_run
from bot.playground.panel.configuration import Configuration
from bot.playground.panel.settings_file import pong_environment, pong_toml


def _settings(tmp_path: Path, small: Configuration) -> Settings:
    environment = pong_environment(
        {"PATH": "/bin", "SLACK_BOT_TOKEN": "xoxb-of-a-real-workspace"},
        slack_url="http://127.0.0.1:8900",
        redis=small,
        database=tmp_path / "pong.db",
        webhook_token="t0ken",
    )
    file = tmp_path / "pong.toml"
    file.write_text(pong_toml(shop_url="http://127.0.0.1:9", port=8123, service=["service"]), "utf-8")
    return load(file, environment)


def test_pong_finds_all_that_it_needs(tmp_path: Path, small: Configuration) -> None:
    assert missing_to_run(_settings(tmp_path, small)) == []


def test_a_real_workspaces_token_stays_out(tmp_path: Path, small: Configuration) -> None:
    assert _settings(tmp_path, small).secret("SLACK_BOT_TOKEN") == "xoxb-local-pong"


def test_the_rehearsal_has_its_people_target_and_shop(tmp_path: Path, small: Configuration) -> None:
    settings = _settings(tmp_path, small)
    assert settings.people.responders == ("U0MARIA", "U0DEV", "U0SAM")
    assert settings.people.approvers == ("S0SRE", "U0MARIA", "U0DEV", "U0NIA")
    assert settings.escalation.senior == ("S0SENIOR",)
    assert settings.targets["redis-prod"].labels == {"target": "redis-prod"}
    assert settings.applications["shop"].health_url == "http://127.0.0.1:9/api/health"
    assert settings.slack.api_url == "http://127.0.0.1:8900/api/"
    assert settings.database_url == f"sqlite:///{tmp_path / 'pong.db'}"
