"""Is Slack's word found in whatever came back, without a stumble?"""

from types import SimpleNamespace

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.playground.serving import serving
from bot.slack.codes import code_of, retry_after_s


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        ('{"ok": false, "error": "not_in_channel"}', "application/json", 200, "not_in_channel"),
        ('{"ok": false}', "application/json", 200, ""),
        ("upstream connect error", "text/plain", 503, ""),
        ("<html>", "text/html", 502, ""),
        ("<html>", "application/json", 502, ""),
        ("[]", "application/json", 200, ""),
    ],
)
async def test_the_word_or_nothing(body: str, kind: str, status: int, code: str):
    async def answer(request: Request) -> Response:
        return Response(body, status, media_type=kind)

    async with serving(Starlette(routes=[Route("/api/{method}", answer, methods=["GET", "POST"])])) as url:
        client = AsyncWebClient("xoxb-x", base_url=f"{url}/api/", timeout=2, retry_handlers=[])
        with pytest.raises(SlackApiError) as failure:
            await client.auth_test()
    assert code_of(failure.value) == code


@pytest.mark.parametrize(
    ("headers", "waits_s"), [({"Retry-After": "4"}, 4.0), ({"retry-after": "soon"}, None), ({}, None)]
)
def test_how_long_slack_asks_to_wait_or_nothing(headers: dict[str, str], waits_s: float | None):
    assert retry_after_s(SlackApiError("", SimpleNamespace(headers=headers))) == waits_s
    assert retry_after_s(SlackApiError("", None)) is None
