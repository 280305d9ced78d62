"""Is the newest run of a workflow told, or why it is not?"""

import httpx
import pytest
from pydantic import SecretStr

from bot.providers.github import Run, Workflow
from tests.fixtures.cloud import GH_TOKEN, Actions


def workflow(token: str = GH_TOKEN, file: str = "fallback.yml") -> Workflow:
    return Workflow("https://api.github.example", SecretStr(token), "acme/shop", file)


async def test_the_newest_run_is_told() -> None:
    async with httpx.AsyncClient(transport=Actions().transport()) as http:
        assert await workflow().newest_run(http) == Run(100, "completed", "success")


@pytest.mark.parametrize(
    ("asks", "says"), [(workflow(token="other"), "HTTP 401"), (workflow(file="none.yml"), "HTTP 404")]
)
async def test_why_it_is_not_known_is_told(asks: Workflow, says: str) -> None:
    async with httpx.AsyncClient(transport=Actions().transport()) as http:
        told = await asks.newest_run(http)
    assert isinstance(told, str)
    assert says in told
    assert "other" not in repr(asks)


@pytest.mark.parametrize("body", [{"workflow_runs": []}, {"workflow_runs": [{"id": "<!channel>"}]}])
async def test_no_run_is_run_0(body: dict[str, object]) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json=body))
    async with httpx.AsyncClient(transport=transport) as http:
        assert await workflow().newest_run(http) == Run(0)
