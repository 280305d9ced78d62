"""Are two Alertmanagers one, when they do not hear of each other and both tell of everything?

The worst hour of a pair: its two halves are split, so each notifies as if it were alone.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from bot.clock import SystemClock
from bot.playground.local_slack import LocalSlack
from bot.playground.local_slack.person import Person, shown_text
from bot.playground.ports import free_port
from bot.playground.serving import serving
from tests.fixtures.real_pong import TOKEN, RealPong
from tests.fixtures.silencing import real_alertmanager

LABELS = {"alertname": "RedisDown", "severity": "critical", "target": "redis-prod"}
WITHIN_S = 40
_CONFIG = """\
route: {{receiver: pong, group_by: [alertname], group_wait: 0s, group_interval: 1s, repeat_interval: 1s}}
receivers:
  - name: pong
    webhook_configs:
      - url: {pong}/webhooks/alertmanager
        http_config: {{authorization: {{credentials: {token}}}}}
"""


@dataclass(frozen=True)
class Pair:
    """Two of them that tell one Pong."""

    urls: tuple[str, str]
    pong: RealPong
    maria: Person

    async def hear(self, *, ends: datetime | None = None) -> None:
        """The alert reaches both, as Prometheus sends it."""
        alert = {"labels": LABELS, "startsAt": (datetime.now(UTC) - timedelta(minutes=1)).isoformat()}
        alert |= {"endsAt": ends.isoformat()} if ends else {}
        async with httpx.AsyncClient() as http:
            for url in self.urls:
                (await http.post(f"{url}/api/v2/alerts", json=[alert])).raise_for_status()

    async def has_taken(self, state: str, times: int) -> None:
        """Until Pong has taken in `times` bodies of that state, and worked each."""
        query = "SELECT COUNT(*) FROM inbox WHERE state = 'done' AND body LIKE ?"
        async with asyncio.timeout(WITHIN_S):
            while True:
                with closing(sqlite3.connect(self.pong.database)) as store:
                    if store.execute(query, (f'%"status":"{state}"%',)).fetchone()[0] >= times:
                        return
                await asyncio.sleep(0.1)


@pytest.fixture
async def pair(tmp_path: Path) -> AsyncIterator[Pair]:
    async with AsyncExitStack() as stack:
        slack_url = await stack.enter_async_context(serving(LocalSlack(SystemClock()).asgi()))
        urls: list[str] = []
        pong_port = free_port()
        config = _CONFIG.format(pong=f"http://127.0.0.1:{pong_port}", token=TOKEN)
        for name in ("one", "two"):
            urls.append(await stack.enter_async_context(real_alertmanager(tmp_path / name, config)))
        pong = RealPong(
            tmp_path,
            slack_url=slack_url,
            redis_url=f"redis://127.0.0.1:{free_port()}",
            environment={"ALERTMANAGER_URL": ", ".join(urls)},
            port=pong_port,
        )
        stack.push_async_callback(pong.child.end)
        await pong.start()
        yield Pair((urls[0], urls[1]), pong, Person(slack_url, "U0MARIA"))


async def test_what_both_tell_is_one_incident_and_one_ping(pair: Pair) -> None:
    await pair.hear()
    await pair.maria.sees("INCIDENT: Redis Failure", WITHIN_S)
    await pair.has_taken("firing", 2)
    await pair.maria.sees("Please acknowledge", WITHIN_S)
    messages = [shown_text(one) for one in await pair.maria.messages()]
    assert sum("INCIDENT: Redis Failure" in one for one in messages) == 1
    assert sum("Please acknowledge" in one for one in messages) == 1
    assert not [one for one in messages if "fires too" in one or "again" in one]


async def test_what_ends_at_both_ends_once(pair: Pair) -> None:
    await pair.hear()
    await pair.maria.sees("INCIDENT: Redis Failure", WITHIN_S)
    await pair.has_taken("firing", 2)
    await pair.hear(ends=datetime.now(UTC) - timedelta(seconds=1))
    await pair.maria.sees("Alertmanager says resolved", WITHIN_S)
    await pair.has_taken("resolved", 2)
    messages = [shown_text(one) for one in await pair.maria.messages()]
    assert sum("Alertmanager says resolved" in one for one in messages) == 1
    assert not [one for one in messages if "again" in one and "fires" in one], messages
