"""With which pong.toml and which secrets does Pong work in the playground?"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.playground.panel.configuration import Configuration

TARGET = "redis-prod"
MAXMEMORY_MOST_BYTES = 256 * 2**20
INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ")

_TOML = """\
# Written anew each time that the playground starts.
[slack]
team = "T0PONG"
incidents_channel = "C0INCIDENTS"

[people]
responders = ["U0MARIA", "U0DEV", "U0SAM"]
approvers = ["S0SRE", "U0MARIA", "U0DEV", "U0NIA"]
break_glass = ["U0MARIA"]

[approval]
break_glass = ["clear"]

[escalation]
on_call = ["U0MARIA"]
next_rung = ["U0DEV"]
senior = ["S0SENIOR"]

[alerts]
drills_only = true

[targets.{target}]
labels = {{ target = "{target}" }}
application = "shop"
queues = ["jobs:letters"]
restart_command = {restart_redis}
maxmemory_most_bytes = {most_bytes}
users = ["shop", "shop_b"]

[applications.shop]
health_url = {health_url}
metrics_url = {metrics_url}
restart_command = {restart_shop}
fallback_on_command = {fallback_on}
fallback_off_command = {fallback_off}
credentials_command = {credentials}

[web]
port = {port}
"""


def pong_toml(*, shop_url: str, port: int, service: Sequence[str]) -> str:
    """The settings of the rehearsal; `port` is Pong's own, `service` the command that restarts things."""
    return _TOML.format(
        target=TARGET,
        health_url=json.dumps(f"{shop_url}/api/health"),
        metrics_url=json.dumps(f"{shop_url}/api/health/metrics"),
        port=port,
        restart_redis=json.dumps([*service, "restart", "redis"]),
        restart_shop=json.dumps([*service, "restart", "shop"]),
        fallback_on=json.dumps([*service, "fallback", "on"]),
        fallback_off=json.dumps([*service, "fallback", "off"]),
        credentials=json.dumps([*service, "credentials", "shop"]),
        most_bytes=MAXMEMORY_MOST_BYTES,
    )


def pong_environment(
    inherited: Mapping[str, str],
    *,
    slack_url: str,
    redis: Configuration,
    database: Path,
    webhook_token: str,
) -> dict[str, str]:
    """All that Pong finds in its environment: a real workspace's tokens, say, stay out."""
    return {
        **{name: inherited[name] for name in INHERITED if name in inherited},
        "PYTHONUNBUFFERED": "1",
        "SLACK_BOT_TOKEN": "xoxb-local-pong",
        "SLACK_APP_TOKEN": "xapp-1-local-pong",
        "SLACK_API_URL": f"{slack_url}/api/",
        "REDIS_URL": redis.way_url("pong"),
        "REDIS_REMEDIATION_URL": redis.way_url("pong-remedy"),
        "DATABASE_URL": f"sqlite:///{database}",
        "ALERTMANAGER_WEBHOOK_TOKEN": webhook_token,
    }
