"""Does the page draw tables, Markdown, pictures and the newer blocks?"""

import struct
import zlib
from typing import Any

from playwright.async_api import expect

from tests.bot.playground.page.conftest import Bot, Opens

Block = dict[str, Any]


def plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}


def cells(*texts: str) -> list[Block]:
    return [{"type": "raw_text", "text": text} for text in texts]


def png(width: int, height: int) -> bytes:
    """A grey picture. https://www.w3.org/TR/png-3/"""
    rows = b"".join(b"\0" + bytes([120]) * width for _ in range(height))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


async def test_a_table_has_a_header_and_its_columns_alignment(opens: Opens, bot: Bot) -> None:
    page = await opens()
    rows = [cells("Class", "Keys"), cells("cache", "154,517"), cells("session", "3")]
    settings = [{"align": "left"}, {"align": "right"}]
    await bot.posts([{"type": "table", "rows": rows, "column_settings": settings}])
    table = page.get_by_role("table")
    await expect(table.get_by_role("columnheader")).to_have_text(["Class", "Keys"])
    await expect(table.get_by_role("row", name="cache 154,517")).to_be_visible()
    right = await table.get_by_role("cell", name="154,517").evaluate(
        "node => getComputedStyle(node).textAlign"
    )
    assert right == "right"


async def test_a_markdown_block_reads_as_markdown(opens: Opens, bot: Bot) -> None:
    page = await opens()
    text = (
        "## Next\n1. **Clear** the cache\n2. run `PING`\n\n> quoted\n\n```\n<b>code</b>\n```\n"
        "[runbook](https://example.com/r) and [bad](javascript:alert(1))\n\n---\nsnake_case_name"
    )
    await bot.posts([{"type": "markdown", "text": text}])
    body = page.locator(".markdown")
    await expect(body.get_by_role("heading", name="Next")).to_be_visible()
    assert await body.locator("ol li").all_inner_texts() == ["Clear the cache", "run PING"]
    assert await body.locator("pre").inner_text() == "<b>code</b>"
    assert await body.locator("a").all_inner_texts() == ["runbook"]
    await expect(body.locator("em")).to_have_count(0)
    await expect(body).to_contain_text("snake_case_name")


async def test_newer_blocks_are_drawn(opens: Opens, bot: Bot) -> None:
    page = await opens()
    button = {"type": "button", "action_id": "go", "text": plain("Go")}
    second = {**button, "action_id": "other", "text": plain("Another")}
    card = {"type": "card", "title": plain("A card"), "body": plain("Its body"), "actions": [button]}
    await bot.posts([card, {"type": "carousel", "elements": [{**card, "actions": [second]}]}])
    await expect(page.locator(".card")).to_have_count(2)
    await expect(page.locator(".card").first).to_contain_text("Its body")
    async with page.expect_response("**/client/action"):
        await page.get_by_role("button", name="Go", exact=True).click()
    assert bot.heard[0]["actions"][0]["action_id"] == "go"


async def test_a_picture_is_shown_with_its_words(opens: Opens, bot: Bot) -> None:
    page = await opens()
    await bot.web.files_upload_v2(
        channel="C0INCIDENTS", filename="memory.png", content=png(40, 20), alt_txt="Memory rose to 99 %"
    )
    picture = page.get_by_role("img", name="Memory rose to 99 %")
    await expect(picture).to_be_visible()
    assert await picture.evaluate("node => node.complete && node.naturalWidth") == 40
    await page.get_by_role("button", name="Memory rose to 99 %").click()
    await expect(page.get_by_role("dialog", name="memory.png").get_by_role("img")).to_be_visible()


async def test_an_image_from_elsewhere_is_its_words_and_a_link(opens: Opens, bot: Bot) -> None:
    page = await opens()
    image = {"type": "image", "image_url": "https://example.com/x.png", "alt_text": "A graph"}
    await bot.posts([image])
    await expect(page.get_by_role("link", name="A graph")).to_have_attribute(
        "href", "https://example.com/x.png"
    )
