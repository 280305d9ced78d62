"""Does a response_url live, end and answer as Slack's?"""

from typing import Any

import pytest

from bot.clock import DrivenClock
from bot.playground.local_slack.hooks import Hook, Hooks
from bot.playground.local_slack.messages import Message
from bot.playground.local_slack.refusal import SlackRefusal
from bot.playground.local_slack.workspace import Workspace
from bot.playground.local_slack.world import default_world

CHANNEL = "C0INCIDENTS"


@pytest.fixture
def workspace(clock: DrivenClock) -> Workspace:
    return Workspace(clock, default_world())


@pytest.fixture
def hooks(workspace: Workspace) -> Hooks:
    return Hooks(workspace)


def original(workspace: Workspace) -> Message:
    ts = workspace.stamps.next()
    return workspace.post(Message(ts=ts, channel=CHANNEL, user="U0PONG", text="before", is_bot=True))


def texts(workspace: Workspace) -> list[str]:
    return [message.text for message in workspace.channels[CHANNEL].messages.values()]


def test_sixth_use_is_refused(hooks: Hooks) -> None:
    hook = hooks.new(Hook(user="U0MARIA", channel=CHANNEL))
    for _ in range(5):
        hooks.use(hook, {"text": "hello"})
    with pytest.raises(SlackRefusal, match="used_url"):
        hooks.use(hook, {"text": "hello"})


def test_it_lives_thirty_minutes(hooks: Hooks, clock: DrivenClock) -> None:
    hook = hooks.new(Hook(user="U0MARIA", channel=CHANNEL))
    clock.advance(30 * 60)
    hooks.use(hook, {"text": "hello"})
    clock.advance(0.1)
    with pytest.raises(SlackRefusal, match="expired_url"):
        hooks.use(hook, {"text": "hello"})


def test_answer_is_ephemeral_unless_in_channel(hooks: Hooks, workspace: Workspace) -> None:
    hook = hooks.new(Hook(user="U0MARIA", channel=CHANNEL))
    hooks.use(hook, {"text": "for Maria"})
    hooks.use(hook, {"text": "for all", "response_type": "in_channel"})
    assert [message.ephemeral_to for message in workspace.ephemerals.values()] == ["U0MARIA"]
    assert texts(workspace) == ["for all"]


@pytest.mark.parametrize(
    ("body", "left"),
    [
        ({"text": "after"}, ["after"]),
        ({"text": "after", "replace_original": False}, ["before"]),
        ({"text": "after", "response_type": "ephemeral"}, ["before"]),
        ({"delete_original": True}, []),
    ],
)
def test_answer_to_a_button_replaces_unless_it_says_otherwise(
    hooks: Hooks, workspace: Workspace, body: dict[str, Any], left: list[str]
) -> None:
    hook = hooks.new(Hook(user="U0MARIA", channel=CHANNEL, original=original(workspace)))
    hooks.use(hook, body)
    assert texts(workspace) == left


def test_malformed_answer_is_refused(hooks: Hooks) -> None:
    hook = hooks.new(Hook(user="U0MARIA", channel=CHANNEL))
    with pytest.raises(SlackRefusal, match="no_text"):
        hooks.use(hook, {})
