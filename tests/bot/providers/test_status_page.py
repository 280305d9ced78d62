"""Is a status page asked once, within its time, and understood only where it is clear?"""

import httpx

from bot.providers.status_page import status_of

URL = "https://status.example/api/v2/status.json"


async def test_hostile_words_are_made_harmless_and_short() -> None:
    said = {"status": {"indicator": "major", "description": "<!channel> " + "x" * 5_000}}
    transport = httpx.MockTransport(lambda request: httpx.Response(200, json=said))
    async with httpx.AsyncClient(transport=transport) as http:
        status = await status_of(http, URL)
    assert status.indicator == "major"
    assert len(status.description) <= 120


async def test_a_page_that_moved_is_not_followed() -> None:
    moved = httpx.Response(302, headers={"location": "http://169.254.169.254/"})
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return moved

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        status = await status_of(http, URL)
    assert (status.indicator, status.fault) == ("", "its status page answered HTTP 302")
    assert asked == [URL]
