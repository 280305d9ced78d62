"""Does the page show every message once, in order, after ten minutes in which Slack failed in all its ways?

On a clock that the test drives, with Slack's true rate limits. The faults are set as anybody would set them:
over the control API. Order holds within a thread; which thread comes first after the outage is left open.
"""

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Locator, Page
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette

from bot.clock import DrivenClock
from bot.outbox.pacing import Pacing
from bot.outbox.sender import Sender
from bot.outbox.settling import SetAside
from bot.playground.local_slack import LocalSlack, Person
from bot.playground.page.routes import page_routes
from bot.playground.serving import local_client, serving
from bot.store.records import Records
from bot.store.sqlite import SqliteStore, open_sqlite
from bot.text import redact
from tests.fixtures.browser import browser_page, browser_path

CHANNEL = "C0INCIDENTS"
OUTAGE_S = 600
THREADS, SAYS_EVERY_S = 3, 15
STEP_S = 0.25
EMPTIES_WITHIN_S = 3_600

ONE_AFTER_ANOTHER = [
    ({"kind": "rate_limited", "retry_after_s": 20}, 0, 200),
    ({"kind": "server_error", "code": "503"}, 200, 400),
    ({"kind": "lost_answer"}, 400, 600),
]
ALL_AT_ONCE = [
    ({"kind": "rate_limited", "retry_after_s": 5, "share": 0.25}, 0, OUTAGE_S),
    ({"kind": "server_error", "code": "500", "share": 0.25}, 0, OUTAGE_S),
    ({"kind": "lost_answer", "share": 0.4}, 0, OUTAGE_S),
    ({"kind": "timeout", "hang_s": 10, "share": 0.1}, 0, OUTAGE_S),
]


@dataclass
class Drill:
    """An outbox, its sender and a local Slack on one clock; `said` is what has to be there, by thread."""

    clock: DrivenClock
    store: SqliteStore
    slack: LocalSlack
    url: str
    failed: list[str] = field(default_factory=list)
    said: dict[str, list[str]] = field(default_factory=dict)

    async def say(self, thread: str) -> None:
        """One more message of `thread`; the first one is its parent, edited each time."""
        texts = self.said.setdefault(thread, [])
        texts.append(f"{thread} {len(texts)}")
        await self._post(texts[-1], parent=texts[0] if len(texts) > 1 else None)
        edited = {"text": f"{texts[0]} ({len(texts)} said)"}
        await self.store.write(
            lambda records: records.outbox.edit(texts[0], edited, at_ms=self.clock.now_ms())
        )

    async def _post(self, text: str, *, parent: str | None) -> None:
        at_ms = self.clock.now_ms()
        await self.store.write(
            lambda records: records.outbox.post(
                text, {"text": text}, lane=CHANNEL, parent_id=parent, at_ms=at_ms
            )
        )

    async def passes(self, seconds: float) -> None:
        """Time goes by, slowly enough for what was asked meanwhile to be answered."""
        for _ in range(round(seconds / STEP_S)):
            self.clock.advance(STEP_S)
            await asyncio.sleep(0.001)

    async def is_empty(self) -> bool:
        counts = await self.store.read(_counts)
        return not counts.get("pending") and not counts.get("sending")

    def expected(self) -> list[list[str]]:
        """Each thread's lines, the parents as they were edited last."""
        return [[f"{texts[0]} ({len(texts)} said)", *texts[1:]] for texts in self.said.values()]


async def _counts(records: Records) -> dict[str, int]:
    return await records.outbox.counts()


@pytest.fixture
async def drill(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Drill]:
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    clock = DrivenClock()
    slack = LocalSlack(clock, seed=seed)
    store = open_sqlite(f"sqlite:///{tmp_path / 'pong.db'}", redact=redact, mirror=lambda event: None)
    served = Starlette(routes=[*page_routes(), *slack.routes()], lifespan=slack.lifespan)
    async with serving(served) as url:
        drill = Drill(clock, store, slack, url)
        client = AsyncWebClient("xoxb-local-pong", base_url=f"{url}/api/", timeout=20, retry_handlers=[])
        pacing = Pacing(dice=random.Random(seed))
        sender = Sender(store, client, clock, owner="drill", on_failed=_noting(drill), pacing=pacing)
        sends = asyncio.create_task(sender.run())
        yield drill
        sends.cancel()
        await asyncio.gather(sends, return_exceptions=True)
    await store.close()


def _noting(drill: Drill) -> Any:
    async def note(records: Records, aside: SetAside) -> None:
        drill.failed.append(f"{aside.letter.message_id}: {aside.reason}")

    return note


@pytest.mark.parametrize("faults", [ONE_AFTER_ANOTHER, ALL_AT_ONCE], ids=["one-after-another", "all-at-once"])
async def test_ten_minutes_without_slack_leave_every_message_once_and_in_order(
    drill: Drill, faults: list[tuple[dict[str, Any], int, int]]
) -> None:
    async with local_client(drill.url) as control:
        for now_s in range(0, OUTAGE_S, SAYS_EVERY_S):
            for how, begins_s, ends_s in faults:
                if begins_s // SAYS_EVERY_S == now_s // SAYS_EVERY_S:
                    fault = {"method": "*", "seconds": ends_s - now_s, **how}
                    assert (await control.post("/control/faults", json=fault)).json()["ok"]
            for number in range(THREADS):
                await drill.say(f"thread-{number}")
            await drill.passes(SAYS_EVERY_S)
    waited_s = 0
    while not await drill.is_empty():
        assert waited_s < EMPTIES_WITHIN_S, "the outbox should have become empty"
        await drill.passes(10)
        waited_s += 10
    failing = sum(call["status"] != 200 for call in drill.slack.calls)
    print(f"{len(drill.slack.calls)} calls, {failing} of them failed; empty {waited_s} s after the outage")
    assert failing > 20
    assert drill.failed == []
    assert await in_history(drill) == drill.expected()
    if browser_path():
        assert await on_the_page(drill) == drill.expected()


async def in_history(drill: Drill) -> list[list[str]]:
    """The threads as a person's window is given them, each from its first message on."""
    messages = await Person(drill.url, "U0MARIA").messages()
    parents = [each["ts"] for each in messages if each["thread_ts"] in (None, each["ts"])]
    return sorted(
        [each["text"] for each in messages if parent in (each["ts"], each["thread_ts"])] for parent in parents
    )


async def on_the_page(drill: Drill) -> list[list[str]]:
    """The threads as they stand in the browser, from above."""
    async with browser_page() as page:
        await page.goto(drill.url)
        links = page.locator("#messages .replies")
        await links.nth(THREADS - 1).wait_for()
        assert await links.count() == THREADS
        return sorted([await _thread_behind(page, links.nth(number)) for number in range(THREADS)])


async def _thread_behind(page: Page, link: Locator) -> list[str]:
    await link.click()
    texts = page.get_by_role("log", name="Replies").locator(".message-body .text")
    await texts.nth(OUTAGE_S // SAYS_EVERY_S - 1).wait_for()
    return [text.removesuffix("(edited)").strip() for text in await texts.all_text_contents()]
