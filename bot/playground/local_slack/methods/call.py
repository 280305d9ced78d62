"""What does a Web API method get, and what must be told about it?"""

from collections.abc import Callable
from dataclasses import dataclass

from bot.playground.local_slack.refusal import Json
from bot.playground.local_slack.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Call:
    """`new_link` makes the address of a fresh Socket Mode connection; `base_url` is this server's own."""

    workspace: Workspace
    arguments: Json
    base_url: str
    new_link: Callable[[], str]


@dataclass(frozen=True)
class Method:
    """`scope` is what the token needs; `calls_a_minute` its tier, None where Slack sets no usual one."""

    answer: Callable[[Call], Json]
    scope: str | None = None
    calls_a_minute: int | None = None
    needs_app_token: bool = False
