"""How many messages, and when does the channel tell the truth, beside Alertmanager's own Slack notifier?

One real Alertmanager tells both of the same alerts: its Slack notifier writes to #general, Pong to
#incidents, in one local Slack that limits rates as Slack does. python bench/storm.py [--groups N --each N]
"""

import argparse
import asyncio
import json
import re
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.clock import SystemClock
from bot.playground.local_slack import LocalSlack
from bot.playground.local_slack.person import Person
from bot.playground.panel.children import end, spawn
from bot.playground.ports import free_port
from bot.playground.real_alerts import ALERTMANAGER
from bot.playground.serving import local_client, serving
from tests.fixtures.real_pong import TOKEN, RealPong
from tests.fixtures.slack_pong import until

THEIRS, OURS = "C0GENERAL", "C0INCIDENTS"
WATCHED_S = 150.0
AT_ONCE = 500
_CONFIG = """\
global:
  slack_api_url: {slack}/api/chat.postMessage
route:
  receiver: slack
  group_by: [alertname, shard]
  group_wait: 1s
  group_interval: 5s
  repeat_interval: 1h
  routes:
    - receiver: pong
      group_by: [alertname, shard]
      continue: true
    - receiver: slack
receivers:
  - name: slack
    slack_configs:
      - channel: {channel}
        send_resolved: true
        http_config: {{authorization: {{credentials: xoxb-local-pong}}}}
  - name: pong
    webhook_configs:
      - url: {pong}/webhooks/alertmanager
        http_config: {{authorization: {{credentials: {token}}}}}
"""


@dataclass(frozen=True)
class Storm:
    groups: int
    each: int

    def alerts(self) -> list[dict[str, object]]:
        now = datetime.now(UTC).isoformat()
        return [
            {
                "labels": {
                    "alertname": "RedisDown",
                    "severity": "critical",
                    "target": "redis-prod",
                    "shard": f"shard-{group}",
                    "instance": f"web-{number}",
                },
                "startsAt": now,
            }
            for group in range(self.groups)
            for number in range(self.each)
        ]

    @property
    def count(self) -> int:
        return self.groups * self.each


@asynccontextmanager
async def alertmanager(folder: Path, *, slack_url: str, pong_url: str) -> AsyncIterator[str]:
    config, port = folder / "alertmanager.yml", free_port()
    config.write_text(_CONFIG.format(slack=slack_url, pong=pong_url, token=TOKEN, channel=THEIRS), "utf-8")
    program = shutil.which(ALERTMANAGER) or ALERTMANAGER
    words = [f"--config.file={config}", f"--storage.path={folder / 'data'}", "--cluster.listen-address="]
    listens = f"--web.listen-address=127.0.0.1:{port}"
    process = await spawn([program, *words, listens], log=folder / "alertmanager.log")
    url = f"http://127.0.0.1:{port}"
    try:
        async with local_client(url) as http:
            await until(lambda: _is_ready(http), seconds=30)
        yield url
    finally:
        await end(process)


async def _is_ready(http: httpx.AsyncClient) -> bool:
    try:
        return (await http.get("/-/ready")).is_success
    except httpx.HTTPError:
        return False


def relay(slack_url: str) -> Starlette:
    """The local Slack knows no attachments: the notifier's become a text, and Slack's answer is passed on."""

    async def post(request: Request) -> Response:
        body = await request.json()
        text = "\n".join(one["fallback"] for one in body["attachments"])
        headers = {"Authorization": request.headers["authorization"]}
        async with local_client(slack_url, timeout=30) as http:
            sent = {"channel": body["channel"], "text": text}
            answer = await http.post("/api/chat.postMessage", data=sent, headers=headers)
        passed = {name: answer.headers[name] for name in ("retry-after",) if name in answer.headers}
        return Response(answer.content, answer.status_code, passed, media_type="application/json")

    return Starlette(routes=[Route("/api/chat.postMessage", post, methods=["POST"])])


async def joins(slack_url: str, channel: str) -> None:
    """What somebody who sets the notifier up does once: invite the bot."""
    headers = {"Authorization": "Bearer xoxb-local-pong"}
    async with local_client(slack_url) as http:
        answer = await http.post("/api/conversations.join", data={"channel": channel}, headers=headers)
        assert answer.json()["ok"], answer.text


async def fires(url: str, storm: Storm) -> None:
    alerts = storm.alerts()
    async with local_client(url, timeout=60) as http:
        for begin in range(0, len(alerts), AT_ONCE):
            answer = await http.post("/api/v2/alerts", json=alerts[begin : begin + AT_ONCE])
            answer.raise_for_status()


def told_by_them(messages: list[dict[str, object]], storm: Storm) -> int:
    """Of how many groups a message of the notifier tells."""
    words = set(re.findall(r"shard-\d+", json.dumps(messages)))
    return len(words & {f"shard-{group}" for group in range(storm.groups)})


def told_by_us(messages: list[dict[str, object]], storm: Storm) -> bool:
    """Whether the incident's message counts every alert."""
    return f"{storm.count} alerts" in json.dumps(messages)


async def main(storm: Storm, watched_s: float) -> None:
    if not shutil.which(ALERTMANAGER):
        sys.exit(f"bench/storm.py compares with Alertmanager itself: install {ALERTMANAGER}.")
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pong-storm-")))
        slack_url = await stack.enter_async_context(serving(LocalSlack(SystemClock()).asgi()))
        pong = RealPong(folder, slack_url=slack_url, redis_url=f"redis://127.0.0.1:{free_port()}")
        stack.push_async_callback(pong.child.end)
        await pong.start()
        await joins(slack_url, THEIRS)
        relay_url = await stack.enter_async_context(serving(relay(slack_url)))
        url = await stack.enter_async_context(alertmanager(folder, slack_url=relay_url, pong_url=pong.url))
        person, began_s = Person(slack_url, "U0MARIA"), time.monotonic()
        await fires(url, storm)
        ours_s = None
        while time.monotonic() - began_s < watched_s:
            await asyncio.sleep(1)
            if ours_s is None and told_by_us(await person.messages(channel=OURS), storm):
                ours_s = time.monotonic() - began_s
        theirs, ours = await person.messages(channel=THEIRS), await person.messages(channel=OURS)
        told = told_by_them(theirs, storm)
        print(f"{storm.count:,} alerts in {storm.groups:,} groups, watched for {watched_s:.0f} s")
        print(f"Alertmanager's notifier: {len(theirs):,} messages, {storm.groups - told:,} groups not told")
        truth = "not within that" if ours_s is None else f"after {ours_s:.0f} s"
        print(f"pong: {len(ours):,} messages; its incident counts all {storm.count:,} alerts {truth}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--groups", type=int, default=1_000)
    parser.add_argument("--each", type=int, default=10)
    parser.add_argument("--for", dest="watched_s", type=float, default=WATCHED_S)
    given = parser.parse_args()
    asyncio.run(main(Storm(given.groups, given.each), given.watched_s))
