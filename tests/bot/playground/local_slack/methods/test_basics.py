"""Do auth.test, api.test and apps.connections.open say who and where?"""

from collections.abc import Callable
from typing import Any

import httpx

Call = Callable[..., Any]


async def test_auth_test_says_who_the_bot_is(call: Call) -> None:
    answer = await call("auth.test")
    assert (answer["team_id"], answer["user_id"], answer["bot_id"]) == ("T0PONG", "U0PONG", "B0PONG")


async def test_api_test_gives_back_what_it_got(call: Call) -> None:
    assert (await call("api.test", foo="bar"))["args"] == {"foo": "bar"}
    assert (await call("api.test", error="my_error"))["error"] == "my_error"


async def test_connection_needs_the_app_token(call: Call, base_url: str) -> None:
    assert (await call("apps.connections.open"))["error"] == "not_allowed_token_type"
    async with httpx.AsyncClient(
        headers={"authorization": "Bearer xapp-1-local-pong"}, trust_env=False
    ) as client:
        url = (await client.post(f"{base_url}/api/apps.connections.open")).json()["url"]
    assert url.startswith(base_url.replace("http://", "ws://") + "/link?ticket=")
