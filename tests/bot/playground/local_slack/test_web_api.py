"""Who is let in at /api, and how does a call fail when it is told to?"""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from bot.clock import DrivenClock
from bot.playground.local_slack import LocalSlack, Person
from bot.playground.serving import local_client, serving

TOKEN = {"authorization": "Bearer xoxb-local-pong"}


async def asked(
    base_url: str, method: str, *, headers: dict[str, str] | None = None, **form: str
) -> httpx.Response:
    async with local_client(timeout=10) as client:
        return await client.post(
            f"{base_url}/api/{method}", data=form, headers=TOKEN if headers is None else headers
        )


@pytest.mark.parametrize(
    ("headers", "error"),
    [
        ({}, "not_authed"),
        ({"authorization": "Bearer xoxb-somebody"}, "invalid_auth"),
        ({"authorization": "Bearer xapp-1-local-pong"}, "not_allowed_token_type"),
    ],
)
async def test_call_without_the_right_token_is_refused(
    base_url: str, headers: dict[str, str], error: str
) -> None:
    assert (await asked(base_url, "auth.test", headers=headers)).json() == {"ok": False, "error": error}


async def test_token_may_stand_in_the_form_and_is_not_recorded(base_url: str, slack: LocalSlack) -> None:
    answer = await asked(base_url, "auth.test", headers={}, token="xoxb-local-pong")
    assert answer.json()["user_id"] == "U0PONG"
    assert "xoxb" not in str(slack.calls)


async def test_unknown_method_is_refused(base_url: str) -> None:
    assert (await asked(base_url, "chat.shout")).json()["error"] == "unknown_method"


async def test_missing_scope_is_named(clock: DrivenClock) -> None:
    slack = LocalSlack(clock)
    slack = LocalSlack(clock, world=slack.world.with_app(scopes=frozenset({"chat:write"})))
    async with serving(slack.asgi()) as base_url:
        answer = (await asked(base_url, "conversations.join", channel="C0INCIDENTS")).json()
    assert (answer["error"], answer["needed"], answer["provided"]) == (
        "missing_scope",
        "channels:join",
        "chat:write",
    )


async def test_fifth_post_at_once_is_rate_limited_and_says_when(
    base_url: str, incidents: str, clock: DrivenClock
) -> None:
    answers = [await asked(base_url, "chat.postMessage", channel=incidents, text="hello") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 429]
    assert answers[-1].headers["retry-after"] == "1"
    assert answers[-1].json() == {"ok": False, "error": "ratelimited"}
    clock.advance(1)
    assert (await asked(base_url, "chat.postMessage", channel=incidents, text="hello")).json()["ok"]


async def test_rate_limited_fault_carries_its_retry_after(base_url: str, slack: LocalSlack) -> None:
    slack.fail("auth.test", "rate_limited", retry_after_s=17)
    answer = await asked(base_url, "auth.test")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "17")


async def test_server_error_fault_answers_with_its_status(base_url: str, slack: LocalSlack) -> None:
    slack.fail("*", "server_error", code="503", times=1)
    assert (await asked(base_url, "auth.test")).status_code == 503
    assert (await asked(base_url, "auth.test")).json()["ok"]


async def test_refused_fault_answers_with_its_code(base_url: str, slack: LocalSlack) -> None:
    slack.fail("auth.test", "refused", code="account_inactive")
    assert (await asked(base_url, "auth.test")).json() == {"ok": False, "error": "account_inactive"}


async def test_lost_answer_is_stored_and_never_answered(
    base_url: str, slack: LocalSlack, incidents: str, maria: Person
) -> None:
    slack.fail("chat.postMessage", "lost_answer")
    with pytest.raises(httpx.TransportError):
        await asked(base_url, "chat.postMessage", channel=incidents, text="Was it posted?")
    await maria.sees("Was it posted?")
    assert [call["status"] for call in slack.calls if call["method"] == "chat.postMessage"] == [0]


async def test_timeout_does_nothing_and_hangs_up_when_its_time_is_over(
    base_url: str,
    slack: LocalSlack,
    incidents: str,
    maria: Person,
    clock: DrivenClock,
    until: Callable[..., Any],
) -> None:
    slack.fail("chat.postMessage", "timeout", hang_s=20)
    posting = asyncio.create_task(asked(base_url, "chat.postMessage", channel=incidents, text="hello"))
    await until(lambda: any(call["args"].get("text") == "hello" for call in slack.calls))
    clock.advance(19)
    assert not posting.done()
    await until(lambda: clock.advance(1) or posting.done())
    with pytest.raises(httpx.TransportError):
        posting.result()
    assert await maria.messages() == []


async def test_every_call_is_recorded_with_its_answer(call: Callable[..., Any], slack: LocalSlack) -> None:
    await call("users.info", user="U0MARIA")
    last = slack.calls[-1]
    assert (last["method"], last["args"], last["status"]) == ("users.info", {"user": "U0MARIA"}, 200)
    assert last["answer"]["user"]["real_name"] == "Maria"
