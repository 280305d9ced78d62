"""What is a running Pong made of? Built once, in wiring.py, and passed down."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import httpx

from bot.clock import Clock
from bot.config.settings import Settings
from bot.people import Identity, RoleBook
from bot.request import Verb
from bot.runbooks.runbook import Runbook
from bot.store.protocol import Store

if TYPE_CHECKING:
    from bot.remediations.remediation import Remediation
    from bot.targets.target import Targets


class Directory(Protocol):
    """Who people are, as Slack says. Raises ServiceUnavailable when Slack does not say."""

    async def identity(self, user: str) -> Identity: ...

    async def roles(self, about: Collection[str], *, fresh: bool = False) -> RoleBook:
        """pong.toml's roles with their groups resolved. Of the people in them those of `about` alone are
        asked about: whoever else is in a set counts as not told. `fresh` asks again whatever is kept."""

    async def user_with(self, email: str) -> str:
        """The id of whoever has this e-mail; empty when nobody here has."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """A message in Slack: `text` as people wrote it, `thread_ts` None outside a thread."""

    ts: str
    user: str
    text: str
    thread_ts: str | None = None
    is_bots: bool = False

    @property
    def at_ms(self) -> int:
        return int(float(self.ts) * 1000)


class SlackState(Protocol):
    """What the sender knows about Slack, and what can be asked of it."""

    @property
    def answered_ms(self) -> int | None:
        """When Slack last answered anything."""

    @property
    def hears_since_ms(self) -> int | None:
        """Since when what people press reaches Pong without a break; None while it does not."""

    async def ask(self) -> bool:
        """Ask Slack for a sign of life; whether it answered."""

    async def message(self, channel: str, ts: str) -> Said | None:
        """One message, None when it is gone. Raises ServiceUnavailable when Slack does not tell."""


@dataclass(frozen=True, kw_only=True)
class Pong:
    """Everything that the flow and the verbs work with."""

    settings: Settings
    store: Store
    clock: Clock
    targets: "Targets"
    directory: Directory
    slack: SlackState
    http: httpx.AsyncClient
    runbooks: Mapping[str, Runbook]
    remediations: "Mapping[str, Remediation]"
    verbs: Mapping[str, Verb]

    @property
    def lane(self) -> str:
        return self.settings.slack.incidents_channel
