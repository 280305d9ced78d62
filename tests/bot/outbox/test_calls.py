"""Is each answer of Slack's taken for what it means?"""

import socket
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import DrivenClock, SystemClock
from bot.outbox.calls import Answer, Calls, Meaning

METHOD = "chat.postMessage"


async def ask(post: Any, *, token: str = "xoxb-local-pong", **arguments: Any) -> Answer:  # noqa: S107
    client = AsyncWebClient(token, base_url=f"{post.slack.base_url}/api/", timeout=1, retry_handlers=[])
    call = {"channel": "C0INCIDENTS", "text": "x", **arguments}
    return await Calls(SystemClock()).ask(client.api_call(METHOD, json=call))


@pytest.mark.parametrize(
    ("kind", "how", "meaning", "has_answered"),
    [
        ("server_error", {}, Meaning.UNSURE, False),
        ("server_error", {"code": "504"}, Meaning.UNSURE, False),
        ("timeout", {"hang_s": 30}, Meaning.UNSURE, False),
        ("lost_answer", {}, Meaning.UNSURE, False),
        ("refused", {"code": "internal_error"}, Meaning.UNSURE, True),
        ("refused", {"code": "fatal_error"}, Meaning.UNSURE, True),
        ("refused", {"code": "token_revoked"}, Meaning.HELD, True),
        ("refused", {"code": "missing_scope"}, Meaning.HELD, True),
        ("refused", {"code": "is_archived"}, Meaning.REFUSED, True),
        ("refused", {"code": "invalid_blocks"}, Meaning.REFUSED, True),
        ("refused", {"code": "not_in_channel"}, Meaning.OUTSIDE, True),
        ("refused", {"code": "never_heard_of"}, Meaning.STRANGE, True),
    ],
)
async def test_a_failure_means_what_slack_can_have_done(
    post: Any, kind: str, how: dict[str, Any], meaning: Meaning, has_answered: bool
) -> None:
    post.slack.fail(METHOD, kind, **how)
    answer = await ask(post)
    assert (answer.meaning, answer.has_answered) == (meaning, has_answered)
    assert answer.code


async def test_a_limit_carries_how_long_to_wait(post: Any) -> None:
    post.slack.fail(METHOD, "rate_limited", retry_after_s=17)
    answer = await ask(post)
    assert (answer.meaning, answer.retry_after_s) == (Meaning.LIMITED, 17.0)


async def test_slacks_own_refusals_are_known(post: Any) -> None:
    assert (await ask(post, token="xoxb-wrong")).meaning is Meaning.HELD
    assert (await ask(post)).meaning is Meaning.OUTSIDE
    assert (await ask(post, channel="C0NOWHERE")).meaning is Meaning.REFUSED


async def test_what_slack_did_carries_its_ts(post: Any) -> None:
    post.slack.workspace.channels["C0INCIDENTS"].has_bot = True
    answer = await ask(post)
    assert answer.meaning is Meaning.TAKEN
    assert answer.data["ts"] in post.slack.workspace.channels["C0INCIDENTS"].messages


async def test_a_slack_that_cannot_be_reached_did_nothing() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    client = AsyncWebClient("xoxb-x", base_url=f"http://127.0.0.1:{port}/api/", timeout=1, retry_handlers=[])
    calls = Calls(SystemClock())
    answer = await calls.ask(client.api_call(METHOD, json={}))
    assert answer.meaning is Meaning.UNREACHED
    assert calls.answered_ms is None


async def test_when_slack_last_answered_is_known_and_its_silence_does_not_count(post: Any) -> None:
    clock = DrivenClock()
    calls = Calls(clock)
    client = AsyncWebClient(
        "xoxb-local-pong", base_url=f"{post.slack.base_url}/api/", timeout=1, retry_handlers=[]
    )
    await calls.ask(client.api_test())
    answered_ms = clock.now_ms()
    clock.advance(5)
    post.slack.fail("*", "server_error")
    await calls.ask(client.api_test())
    assert calls.answered_ms == answered_ms
    post.slack.heal()
    post.slack.fail("*", "rate_limited")
    await calls.ask(client.api_test())
    assert calls.answered_ms == clock.now_ms()
