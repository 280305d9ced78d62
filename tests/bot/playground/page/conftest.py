"""What do the page's tests share: a browser, the local Slack, a panel, and a bot that only listens.

https://playwright.dev/python/docs/library
"""

import json
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import pytest
from playwright.async_api import Browser, Page, async_playwright
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.clock import SystemClock
from bot.playground.guide import STEPS, shown
from bot.playground.local_slack import LocalSlack
from bot.playground.page.routes import page_routes
from bot.playground.panel.bench import Bench
from bot.playground.panel.panel import Panel
from bot.playground.panel.routes import panel_routes
from bot.playground.serving import serving
from bot.slack.render.blocks import Button, actions, header, section

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
Opens = Callable[..., Awaitable[Page]]


@dataclass
class Bot:
    """Stands where Pong does: hears what Slack delivers, answers `answer`, and speaks through `web`."""

    web: AsyncWebClient
    heard: list[dict[str, Any]] = field(default_factory=list)
    answer: dict[str, Any] | None = None
    view: dict[str, Any] | None = None

    async def posts(self, blocks: list[dict[str, Any]] | None = None, text: str = "text", **more: Any) -> str:
        answer = await self.web.chat_postMessage(channel="C0INCIDENTS", text=text, blocks=blocks, **more)
        return str(answer["ts"])

    async def edits(self, ts: str, blocks: list[dict[str, Any]], text: str = "text") -> None:
        await self.web.chat_update(channel="C0INCIDENTS", ts=ts, text=text, blocks=blocks)

    async def hears(self, request: Request) -> Response:
        body = (await request.body()).decode()
        if body.startswith("{"):
            self.heard.append(json.loads(body))
            return Response()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        payload = json.loads(form["payload"]) if "payload" in form else form
        self.heard.append(payload)
        if self.view and payload.get("trigger_id") and payload.get("type") != "view_submission":
            await self.web.views_open(trigger_id=payload["trigger_id"], view=self.view)
        return (
            JSONResponse(self.answer)
            if self.answer and payload.get("type") == "view_submission"
            else Response()
        )


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Chromium, or a skip that says why."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("No Chromium on this machine: the page was not looked at (apt install chromium).")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        await browser.close()


def incident(*buttons: Button) -> list[dict[str, Any]]:
    return [header("⚠️ INCIDENT: Redis Failure"), section("*Status:* Investigating"), actions(buttons)]


def around(done: set[str]) -> dict[str, Any]:
    """What a playground shows besides its Redis, when these steps of the guide are done."""
    shop = {"status": "degraded", "redis": "connected", "rate_limit": "on", "requests_per_s": 3.5}
    shop |= {
        "answer_ms": 12.0,
        "cache_hit_rate": 0.85,
        "limited_per_min": 7,
        "logged_in": 3,
        "queue_depth": 2,
    }
    log = [{"at_ms": 1_795_715_889_521, "level": "warn", "line": "Redis disconnected"}]
    steps = [shown(step, is_done=step.name in done) for step in STEPS]
    return {"shop": shop, "shop_log": log, "alerts": ["RedisDown"], "guide": steps}


@pytest.fixture
def slack() -> LocalSlack:
    return LocalSlack(SystemClock(), rates_strict=False)


@pytest.fixture
def done() -> set[str]:
    """The steps of the guide that are done; a test may change it."""
    return {"break"}


@pytest.fixture
async def url(slack: LocalSlack, bench: Bench, done: set[str]) -> AsyncIterator[str]:
    async def beside() -> dict[str, Any]:
        return around(done)

    panel = Panel(bench, SystemClock(), beside=beside, notes=lambda: ["Pong answered 202."])
    routes = [*page_routes(), *panel_routes(panel), *slack.routes()]
    async with serving(Starlette(routes=routes, lifespan=slack.lifespan)) as address:
        yield address
    await panel.close()


@pytest.fixture
async def bot(url: str, slack: LocalSlack) -> AsyncIterator[Bot]:
    bot = Bot(AsyncWebClient(token="xoxb-local-pong", base_url=f"{url}/api/"))
    door = Starlette(routes=[Route("/slack/events", bot.hears, methods=["POST"])])
    async with serving(door) as address:
        slack.deliver_to(f"{address}/slack/events")
        await bot.web.conversations_join(channel="C0INCIDENTS")
        yield bot


@pytest.fixture
async def opens(browser: Browser, url: str, bot: Bot) -> AsyncIterator[Opens]:
    """Opens the page as somebody; the test fails when the page logged an error."""
    troubles: list[str] = []

    async def open_page(user: str = "U0MARIA", *, width: int = 1280, dark: bool = False) -> Page:
        context = await browser.new_context(
            viewport={"width": width, "height": 800},
            color_scheme="dark" if dark else "light",
            timezone_id="Europe/Rome",
        )
        page = await context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
        await page.goto(f"{url}/?as={user}")
        await page.locator("#people summary strong").wait_for()
        return page

    yield open_page
    assert troubles == []
