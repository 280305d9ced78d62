"""All that Slack refuses in a call, in one table: what it takes, what it does not, and its own word why.

What it refuses inside a message or a modal, limit by limit, is in test_limits.py.
https://docs.slack.dev/reference/methods
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from bot.clock import DrivenClock
from bot.playground.local_slack import LocalSlack, Person
from bot.playground.local_slack.hooks import Hook

Json = dict[str, Any]
Call = Callable[..., Any]


@dataclass
class Scene:
    """A bot that has joined #incidents, and Maria. `call` answers; `post` has posted a message."""

    call: Call
    slack: LocalSlack
    clock: DrivenClock
    maria: Person
    base_url: str

    async def post(self, **more: Any) -> Json:
        self.clock.advance(2)
        return dict(await self.call("chat.postMessage", **({"channel": "C0INCIDENTS", "text": "x"} | more)))

    async def update(self, **more: Any) -> Json:
        ts = (await self.post())["ts"]
        return dict(await self.call("chat.update", channel="C0INCIDENTS", ts=ts, **more))

    async def open(self, *, after_s: float = 0, times: int = 1, **view: Any) -> Json:
        trigger = self.slack.workspace.modals.trigger("U0MARIA")
        self.clock.advance(after_s)
        answer: Json = {}
        for _ in range(times):
            answer = await self.call("views.open", trigger_id=trigger, view=modal(**view))
        return answer

    async def push(self, times: int) -> Json:
        answer = await self.open()
        for _ in range(times):
            trigger = self.slack.workspace.modals.trigger("U0MARIA")
            answer = await self.call("views.push", trigger_id=trigger, view=modal())
        return answer

    async def hook(self, *, times: int = 1, after_s: float = 0) -> Json:
        hook = self.slack._hooks.new(Hook(user="U0MARIA", channel="C0INCIDENTS"))
        self.clock.advance(after_s)
        async with httpx.AsyncClient(trust_env=False) as client:
            for _ in range(times):
                answer = await client.post(f"{self.base_url}/hooks/{hook}", json={"text": "x"})
        return {"ok": True} if answer.is_success else dict(answer.json())

    async def as_app(self, method: str, token: str) -> Json:
        async with httpx.AsyncClient(trust_env=False) as client:
            headers = {"authorization": f"Bearer {token}"} if token else {}
            return dict((await client.post(f"{self.base_url}/api/{method}", headers=headers)).json())

    async def upload(self, length: int, *, bytes_sent: int = 1) -> Json:
        answer = await self.call("files.getUploadURLExternal", filename="a.md", length=length)
        if not answer["ok"]:
            return dict(answer)
        if bytes_sent:
            async with httpx.AsyncClient(trust_env=False) as client:
                await client.post(answer["upload_url"], content=b"x" * bytes_sent)
        files = [{"id": answer["file_id"]}]
        return dict(await self.call("files.completeUploadExternal", files=files, channel_id="C0INCIDENTS"))


def modal(**changes: Any) -> Json:
    blocks = [{"type": "divider"}]
    return {"type": "modal", "title": {"type": "plain_text", "text": "More"}, "blocks": blocks} | changes


def plain(length: int) -> Json:
    return {"type": "plain_text", "text": "x" * length}


INPUT = {
    "type": "input",
    "block_id": "why",
    "label": plain(3),
    "element": {"type": "plain_text_input", "action_id": "why"},
}
MARKDOWN = {"type": "markdown", "text": "x" * 12_000}
META = {"event_type": "pong", "event_payload": {"key": "1"}}
NOWHERE, PAST = "C0NOWHERE", "1.000001"
Row = Callable[[Scene], Awaitable[Json]]

# name: (what Slack takes, what it refuses, its word)
TABLE: dict[str, tuple[Row, Row, str]] = {
    "a channel that exists": (lambda s: s.post(), lambda s: s.post(channel=NOWHERE), "channel_not_found"),
    "a channel that it is in": (
        lambda s: s.call("conversations.history", channel="C0INCIDENTS"),
        lambda s: s.call("conversations.history", channel="C0GENERAL"),
        "not_in_channel",
    ),
    "posting where it is not": (
        lambda s: s.post(),
        lambda s: s.post(channel="C0GENERAL"),
        "not_in_channel",
    ),
    "some text or blocks": (lambda s: s.post(), lambda s: s.post(text=""), "no_text"),
    "4,000 characters in an update": (
        lambda s: s.update(text="x" * 4_000),
        lambda s: s.update(text="x" * 4_001),
        "msg_too_long",
    ),
    "one's own message": (
        lambda s: s.update(text="y"),
        lambda s: s.call("chat.update", channel="C0INCIDENTS", ts=PAST, text="y"),
        "message_not_found",
    ),
    "a thread that exists": (
        lambda s: s.post(),
        lambda s: s.post(thread_ts=PAST),
        "thread_not_found",
    ),
    "50 blocks": (
        lambda s: s.post(blocks=[{"type": "divider"}] * 50),
        lambda s: s.post(blocks=[{"type": "divider"}] * 51),
        "invalid_blocks",
    ),
    "12,000 characters of Markdown": (
        lambda s: s.post(blocks=[MARKDOWN]),
        lambda s: s.post(blocks=[MARKDOWN, {"type": "markdown", "text": "x" * 1_300}]),
        "msg_blocks_too_long",
    ),
    "an alert in a modal only": (
        lambda s: s.open(blocks=[{"type": "alert", "text": plain(1), "level": "info"}]),
        lambda s: s.post(blocks=[{"type": "alert", "text": plain(1), "level": "info"}]),
        "invalid_blocks",
    ),
    "metadata of the right form": (
        lambda s: s.post(metadata=META),
        lambda s: s.post(metadata={"event_type": "pong"}),
        "invalid_metadata_format",
    ),
    "a trigger for three seconds": (
        lambda s: s.open(after_s=3),
        lambda s: s.open(after_s=3.1),
        "expired_trigger_id",
    ),
    "a trigger once": (lambda s: s.open(), lambda s: s.open(times=2), "exchanged_trigger_id"),
    "three modals on each other": (lambda s: s.push(2), lambda s: s.push(3), "push_limit_reached"),
    "a title of 24": (
        lambda s: s.open(title=plain(24)),
        lambda s: s.open(title=plain(25)),
        "invalid_arguments",
    ),
    "a submit of 24": (
        lambda s: s.open(submit=plain(24)),
        lambda s: s.open(submit=plain(25)),
        "invalid_arguments",
    ),
    "a close of 24": (
        lambda s: s.open(close=plain(24)),
        lambda s: s.open(close=plain(25)),
        "invalid_arguments",
    ),
    "private metadata of 3,000": (
        lambda s: s.open(private_metadata="x" * 3_000),
        lambda s: s.open(private_metadata="x" * 3_001),
        "invalid_arguments",
    ),
    "100 blocks in a modal": (
        lambda s: s.open(blocks=[{"type": "divider"}] * 100),
        lambda s: s.open(blocks=[{"type": "divider"}] * 101),
        "invalid_arguments",
    ),
    "inputs with a submit": (
        lambda s: s.open(blocks=[INPUT], submit=plain(2)),
        lambda s: s.open(blocks=[INPUT]),
        "invalid_arguments",
    ),
    "five uses of a response_url": (lambda s: s.hook(times=5), lambda s: s.hook(times=6), "used_url"),
    "half an hour of a response_url": (
        lambda s: s.hook(after_s=1_800),
        lambda s: s.hook(after_s=1_801),
        "expired_url",
    ),
    "a file's length": (lambda s: s.upload(1), lambda s: s.upload(0), "invalid_arguments"),
    "a file that was sent": (
        lambda s: s.upload(1),
        lambda s: s.upload(1, bytes_sent=0),
        "file_not_found",
    ),
    "uploading as today": (
        lambda s: s.upload(1),
        lambda s: s.call("files.upload", content="x", filename="a.md"),
        "method_deprecated",
    ),
    "a method that exists": (
        lambda s: s.call("auth.test"),
        lambda s: s.call("auth.tset"),
        "unknown_method",
    ),
    "a token": (lambda s: s.call("auth.test"), lambda s: s.as_app("auth.test", ""), "not_authed"),
    "the app's token": (
        lambda s: s.call("auth.test"),
        lambda s: s.as_app("auth.test", "xoxb-of-somebody-else"),
        "invalid_auth",
    ),
    "an app-level token for sockets": (
        lambda s: s.as_app("apps.connections.open", s.slack.world.app.app_token),
        lambda s: s.as_app("apps.connections.open", s.slack.world.app.bot_token),
        "not_allowed_token_type",
    ),
    "a scope that it has": (
        lambda s: s.call("users.info", user="U0MARIA"),
        lambda s: s.call("bookmarks.list", channel_id="C0INCIDENTS"),
        "missing_scope",
    ),
    "a person who exists": (
        lambda s: s.call("users.info", user="U0MARIA"),
        lambda s: s.call("users.info", user="U0NOBODY"),
        "user_not_found",
    ),
    "a group that exists": (
        lambda s: s.call("usergroups.users.list", usergroup="S0SRE"),
        lambda s: s.call("usergroups.users.list", usergroup="S0NOBODY"),
        "no_such_subteam",
    ),
}


@pytest.fixture
def scene(
    call: Call, slack: LocalSlack, clock: DrivenClock, maria: Person, base_url: str, incidents: str
) -> Scene:
    return Scene(call, slack, clock, maria, base_url)


@pytest.mark.parametrize("name", TABLE)
async def test_slack_takes_it(scene: Scene, name: str) -> None:
    answer = await TABLE[name][0](scene)
    assert answer["ok"], answer


@pytest.mark.parametrize("name", TABLE)
async def test_slack_refuses_it_in_its_own_words(scene: Scene, name: str) -> None:
    answer = await TABLE[name][1](scene)
    assert (answer["ok"], answer["error"]) == (False, TABLE[name][2])


async def test_a_slash_command_in_a_thread_is_not_supported(scene: Scene) -> None:
    ts = (await scene.post())["ts"]
    answer = await scene.maria._post(
        "command", {"channel": "C0INCIDENTS", "text": "/redis ping", "thread_ts": ts}
    )
    assert answer == {"ok": False, "error": "/redis is not supported in threads. Sorry!"}


async def test_text_of_over_40_000_is_cut_not_refused(scene: Scene) -> None:
    assert (await scene.post(text="x" * 40_001))["ok"]
    (message, *_) = (await scene.call("conversations.history", channel="C0INCIDENTS"))["messages"]
    assert len(message["text"]) <= 40_000


@pytest.mark.parametrize(
    ("method", "arguments", "a_minute"),
    [
        ("chat.update", {"channel": "C0INCIDENTS", "ts": PAST, "text": "y"}, 50),
        ("users.info", {"user": "U0MARIA"}, 100),
        ("usergroups.users.list", {"usergroup": "S0SRE"}, 20),
        ("pins.add", {"channel": "C0INCIDENTS", "timestamp": PAST}, 20),
        ("views.open", {"trigger_id": "x", "view": modal()}, 100),
    ],
)
async def test_a_method_has_its_tier(scene: Scene, method: str, arguments: Json, a_minute: int) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        headers = {"authorization": f"Bearer {scene.slack.world.app.bot_token}"}

        async def status() -> httpx.Response:
            return await client.post(f"{scene.base_url}/api/{method}", json=arguments, headers=headers)

        taken = [(await status()).status_code for _ in range(a_minute)]
        limited = await status()
        assert set(taken) == {200}
        assert (limited.status_code, limited.json()["error"]) == (429, "ratelimited")
        assert int(limited.headers["retry-after"]) > 0
        scene.clock.advance(int(limited.headers["retry-after"]))
        assert (await status()).status_code == 200
