"""Are query, form and JSON read alike?"""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.playground.local_slack.arguments import flag, number
from bot.playground.serving import local_client

TOKEN = {"authorization": "Bearer xoxb-local-pong"}


@pytest.mark.parametrize(
    "how",
    [{"params": {"user": "U0MARIA"}}, {"data": {"user": "U0MARIA"}}, {"json": {"user": "U0MARIA"}}],
)
async def test_argument_may_come_by_query_form_or_json(base_url: str, how: dict[str, Any]) -> None:
    async with local_client(headers=TOKEN) as client:
        assert (await client.post(f"{base_url}/api/users.info", **how)).json()["ok"]


@pytest.mark.parametrize(("body", "error"), [(b"{", "invalid_json"), (b"[]", "json_not_object")])
async def test_malformed_json_is_refused(base_url: str, body: bytes, error: str) -> None:
    async with local_client(headers={**TOKEN, "content-type": "application/json"}) as client:
        assert (await client.post(f"{base_url}/api/users.info", content=body)).json()["error"] == error


async def test_missing_argument_is_named(call: Callable[..., Awaitable[Any]]) -> None:
    answer = await call("users.info")
    assert answer["error"] == "invalid_arguments"
    assert answer["response_metadata"]["messages"] == ["[ERROR] missing required field: user"]


@pytest.mark.parametrize(
    ("value", "expected"), [(True, True), ("true", True), ("1", True), ("0", False), (None, False)]
)
def test_flag_is_read_as_forms_and_json_write_it(value: object, expected: bool) -> None:
    assert flag({"x": value}, "x") is expected


def test_empty_number_is_the_default() -> None:
    assert number({"limit": ""}, "limit", default=100) == 100
