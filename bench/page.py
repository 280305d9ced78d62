"""How quick is the playground's page: its first paint, and scrolling through 2,000 messages?

python bench/page.py [--trace FILE.zip]      FILE.zip opens with `playwright show-trace`
"""

import argparse
import asyncio
import statistics
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, Page, async_playwright
from starlette.applications import Starlette

from bot.clock import SystemClock
from bot.playground.local_slack import LocalSlack
from bot.playground.local_slack.messages import Message
from bot.playground.page.routes import page_routes
from bot.playground.serving import serving
from bot.slack.render.blocks import Button, actions, context, header, section
from tests.fixtures.browser import browser_path

Scrolled = tuple[list[float], list[float], int]

MESSAGES = 2_000
PAINTS = 5
# Frames while the wheel turns, and tasks of over 50 ms: what a person feels as lag.
WATCHES = """() => {
  window.frames_ms = []; window.long_ms = [];
  new PerformanceObserver((list) => list.getEntries().forEach((each) => long_ms.push(each.duration)))
    .observe({ type: "longtask" });
  let before = performance.now();
  const step = (now) => { frames_ms.push(now - before); before = now; requestAnimationFrame(step); };
  requestAnimationFrame(step);
}"""
PAINTED = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime"


def fill(slack: LocalSlack) -> None:
    """Every tenth is an incident with buttons, the rest is talk."""
    workspace = slack.workspace
    for number in range(MESSAGES):
        blocks = None
        if number % 10 == 0:
            buttons = [Button("ack", str(number), "Acknowledge", "primary"), Button("triage", "", "Triage")]
            words = f"*Status:* Investigating `{number}` <@U0MARIA>"
            blocks = [header("⚠️ INCIDENT"), section(words), actions(buttons), context("P2 · redis-prod")]
        user = "U0PONG" if blocks else ("U0MARIA", "U0DEV")[number % 2]
        workspace.post(
            Message(
                ts=workspace.stamps.next(),
                channel="C0INCIDENTS",
                user=user,
                text=f"message {number}",
                blocks=blocks or [],
                is_bot=blocks is not None,
            )
        )


async def first_paint_ms(browser: Browser, url: str) -> float:
    context = await browser.new_context(viewport={"width": 1280, "height": 860})
    page = await context.new_page()
    await page.goto(url)
    await page.locator("#messages .message").last.wait_for()
    painted = await page.evaluate(PAINTED)
    await context.close()
    return float(painted)


async def scroll(page: Page) -> Scrolled:
    """Turn the wheel until all messages were shown, up and down again: frames, long tasks, messages shown."""
    await page.evaluate(WATCHES)
    await page.mouse.move(700, 400)
    rows = page.locator("#messages .message")
    for way in (-1, 1):
        for _ in range(400):
            await page.mouse.wheel(0, way * 900)
            await page.wait_for_timeout(16)
            if way < 0 and await page.locator("#messages").evaluate("node => node.scrollTop") == 0:
                break
    return await page.evaluate("frames_ms"), await page.evaluate("long_ms"), await rows.count()


async def traced(
    context: BrowserContext, url: str, trace: Path | None
) -> tuple[list[float], list[float], int]:
    if trace:
        await context.tracing.start(screenshots=True, snapshots=False)
    page = await context.new_page()
    await page.goto(url)
    await page.locator("#messages .message").last.wait_for()
    found = await scroll(page)
    if trace:
        await context.tracing.stop(path=trace)
    return found


async def main(trace: Path | None) -> None:
    slack = LocalSlack(SystemClock(), rates_strict=False)
    fill(slack)
    routes = [*page_routes(), *slack.routes()]
    async with serving(Starlette(routes=routes)) as url, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=browser_path(), args=["--no-sandbox"])
        paints = [await first_paint_ms(browser, url) for _ in range(PAINTS)]
        print(f"first paint, {PAINTS} times: {', '.join(f'{each:.0f}' for each in paints)} ms")
        context = await browser.new_context(viewport={"width": 1280, "height": 860})
        frames, long_ms, shown = await traced(context, url, trace)
        await browser.close()
    frames.sort()
    print(f"{shown} of {MESSAGES} messages scrolled up and down: {len(frames)} frames")
    print(f"frame: median {statistics.median(frames):.1f}, p95 {frames[int(len(frames) * 0.95)]:.1f} ms")
    print(f"frame: p99 {frames[int(len(frames) * 0.99)]:.1f}, worst {frames[-1]:.1f} ms")
    print(f"tasks of over 50 ms: {len(long_ms)}, together {sum(long_ms):.0f} ms")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trace", type=Path)
    asyncio.run(main(parser.parse_args().trace))
