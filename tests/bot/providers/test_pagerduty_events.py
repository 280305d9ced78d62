"""Is a refusal of PagerDuty's Events API told apart from one that passes?"""

import httpx
import pytest
from pydantic import SecretStr

from bot.errors import ServiceRefused, ServiceUnavailable
from bot.providers.pagerduty_events import Events

MEANS = [(400, ServiceRefused), (429, ServiceUnavailable), (500, ServiceUnavailable)]


@pytest.mark.parametrize(("status", "error"), MEANS)
async def test_each_answer_has_its_meaning(status: int, error: type[Exception]) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(status))
    async with httpx.AsyncClient(transport=transport) as http:
        with pytest.raises(error, match=f"HTTP {status}"):
            await Events("https://events.example", SecretStr("k")).resolve(http, key="pong-1")


async def test_no_answer_may_pass() -> None:
    def broken(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no")

    async with httpx.AsyncClient(transport=httpx.MockTransport(broken)) as http:
        with pytest.raises(ServiceUnavailable, match="did not answer"):
            await Events("https://events.example", SecretStr("k")).resolve(http, key="pong-1")
