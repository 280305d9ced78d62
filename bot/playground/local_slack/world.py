"""Who and what is in the rehearsal's workspace?

Shapes as in https://docs.slack.dev/reference/objects/user-object
"""

from dataclasses import dataclass, field, replace
from typing import Any

# What Pong's manifest asks for, and no more: a call that needs another scope is refused.
BOT_SCOPES = frozenset(
    {
        "app_mentions:read",
        "bookmarks:write",
        "channels:history",
        "channels:join",
        "channels:read",
        "chat:write",
        "commands",
        "files:write",
        "groups:history",
        "groups:read",
        "pins:read",
        "pins:write",
        "reactions:read",
        "usergroups:read",
        "users:read",
        "users:read.email",
    }
)


@dataclass(frozen=True, kw_only=True)
class User:
    id: str
    name: str
    real_name: str
    title: str = ""
    color: str = "9f69e7"
    team: str = "T0PONG"
    is_bot: bool = False
    is_restricted: bool = False
    is_deleted: bool = False
    is_stranger: bool = False


@dataclass(frozen=True, kw_only=True)
class UserGroup:
    id: str
    handle: str
    name: str
    users: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Channel:
    """`has_bot`: the app was invited already, else it has to join before it reads or writes."""

    id: str
    name: str
    has_bot: bool = False
    is_archived: bool = False


@dataclass(frozen=True, kw_only=True)
class Command:
    """`escapes`: names and links in its text arrive as Slack writes them (the manifest's should_escape)."""

    command: str
    description: str
    usage_hint: str = ""
    escapes: bool = False


@dataclass(frozen=True, kw_only=True)
class Shortcut:
    """A message shortcut: an entry in every message's menu."""

    callback_id: str
    name: str
    description: str = ""


@dataclass(frozen=True, kw_only=True)
class App:
    """The installed app. None of its secrets opens anything outside this machine.

    `events` are those that it subscribed to; `has_home` says whether its Home tab is switched on.
    """

    id: str = "A0PONG"
    bot_id: str = "B0PONG"
    user_id: str = "U0PONG"
    name: str = "pong"
    bot_token: str = "xoxb-local-pong"  # noqa: S105
    app_token: str = "xapp-1-local-pong"  # noqa: S105
    signing_secret: str = "local-signing-secret"  # noqa: S105
    scopes: frozenset[str] = BOT_SCOPES
    events: frozenset[str] = frozenset({"app_mention", "app_home_opened", "pin_added", "reaction_added"})
    has_home: bool = True


@dataclass(frozen=True, kw_only=True)
class World:
    team_id: str
    team_name: str
    domain: str
    app: App
    users: tuple[User, ...]
    usergroups: tuple[UserGroup, ...]
    channels: tuple[Channel, ...]
    commands: tuple[Command, ...]
    shortcuts: tuple[Shortcut, ...] = ()
    by_id: dict[str, User] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_id", {user.id: user for user in self.users})

    def with_app(self, **changes: Any) -> "World":
        """This world with other tokens, secret, scopes or subscriptions."""
        return replace(self, app=replace(self.app, **changes))


def default_world() -> World:
    return World(
        team_id="T0PONG",
        team_name="Pong Rehearsal",
        domain="pong-rehearsal",
        app=App(),
        users=_people(),
        usergroups=(
            UserGroup(id="S0SRE", handle="sre-oncall", name="SRE on call", users=("U0MARIA", "U0DEV")),
            UserGroup(id="S0SENIOR", handle="senior-engineers", name="Senior engineers", users=("U0DEV",)),
        ),
        channels=(Channel(id="C0INCIDENTS", name="incidents"), Channel(id="C0GENERAL", name="general")),
        commands=(
            Command(
                command="/redis", description="Ask about a Redis, or mend it", usage_hint="ping [target]"
            ),
            Command(
                command="/incident",
                description="Work on an incident",
                usage_hint="ack | update | resolve",
                escapes=True,
            ),
        ),
        shortcuts=(Shortcut(callback_id="pong:open_from", name="Open incident from this message"),),
    )


def _people() -> tuple[User, ...]:
    return (
        User(id="U0PONG", name="pong", real_name="Pong", title="Redis bot", color="d33b2c", is_bot=True),
        User(id="U0MARIA", name="maria", real_name="Maria", title="SRE, on call", color="2b7a4b"),
        User(id="U0DEV", name="dev", real_name="Dev", title="Senior engineer", color="3c5a99"),
        User(id="U0SAM", name="sam", real_name="Sam", title="Backend engineer", color="a2591b"),
        User(id="U0NIA", name="nia", real_name="Nia", title="Head of platform", color="8a6d1f"),
        User(id="U0VERA", name="vera", real_name="Vera", title="Support", color="7d4a9e"),
        User(id="U0GUEST", name="guest", real_name="Gus", title="Guest", color="6b7280", is_restricted=True),
        User(
            id="U0GONE",
            name="gone",
            real_name="Gone",
            title="Left the company",
            color="9ca3af",
            is_deleted=True,
        ),
        User(
            id="U0ELSE",
            name="else",
            real_name="Elsa",
            title="Partner",
            color="0f766e",
            team="T0ELSE",
            is_stranger=True,
        ),
    )
