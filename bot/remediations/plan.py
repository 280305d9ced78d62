"""What exactly would Pong do, and what would be lost by it?

A plan is plain frozen values: it can be kept as JSON, shown step by step and digested, and it never holds
a secret, only the name of one.
"""

import shlex
from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field

from bot.remediations.app_variable import AppVariable
from bot.remediations.change import Change
from bot.remediations.fields import nested, shown
from bot.remediations.repeat import Repeat as Repeat
from bot.remediations.secret import Handed, NewSecret, Secret


class Tier(StrEnum):
    """Who has to say yes: a responder's own confirm, or somebody else from the approvers."""

    REVERSIBLE = "reversible"
    DATA_LOSING = "data-losing"
    ACCESS_CHANGING = "access-changing"


Argument = str | Secret


@dataclass(frozen=True, kw_only=True)
class RedisCommand:
    """One command on the target, or at another place (host:port): a replica of it, a Sentinel."""

    arguments: tuple[Argument, ...]
    undo: str
    repeat: Repeat
    at: str = ""
    kind: Literal["redis-command"] = "redis-command"

    def line(self) -> str:
        return " ".join(str(argument) for argument in self.arguments) + _place(self.at)


@dataclass(frozen=True, kw_only=True)
class RedisSweep:
    """Delete all keys that begin with the literal `prefix`, `count` at a time; `gentle` leaves three
    quarters of the time to others."""

    prefix: str
    undo: str
    count: int = 500
    gentle: bool = False
    repeat: Repeat = Repeat.HARMLESS
    kind: Literal["redis-sweep"] = "redis-sweep"

    def line(self) -> str:
        pace = "paced gently" if self.gentle else "paced"
        return f"SCAN MATCH {self.prefix}* COUNT {self.count}, then UNLINK of each batch, {pace}"


@dataclass(frozen=True, kw_only=True)
class RedisKill:
    """Close the connections of clients: those called `given`, from the address `given`, logged in as the user
    `given` (or of these the replicas), or idle for `given` seconds. Replicas, subscribers and clients that
    block are spared but by address and user, Pong itself always."""

    by: Literal["name", "address", "idle", "user", "replica"]
    given: str
    at: str = ""
    undo: str = "They connect again by themselves."
    repeat: Repeat = Repeat.HARMLESS
    kind: Literal["redis-kill"] = "redis-kill"

    def line(self) -> str:
        which = {
            "name": f"client called {self.given}",
            "address": f"client from {self.given}",
            "idle": f"client idle for over {self.given} s",
            "user": f"client logged in as {self.given}",
            "replica": f"replica logged in as {self.given}",
        }[self.by]
        return f"CLIENT LIST, then CLIENT KILL ID of each {which}{_place(self.at)}"


@dataclass(frozen=True, kw_only=True)
class HttpCall:
    """One request to the outside service `service`, whose address and token the settings hold; `changes` is
    what it puts on or takes back."""

    service: str
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: str
    undo: str
    repeat: Repeat
    fields: tuple[tuple[str, str | int | bool | tuple[str, ...] | Secret], ...] = ()
    changes: Change | None = None
    kind: Literal["http-call"] = "http-call"

    def body(self, value_of: Callable[[Any], Any]) -> dict[str, Any]:
        """What is sent as JSON."""
        return nested(self.fields, value_of)

    def line(self) -> str:
        sent = f" with {shown(self.fields)}" if self.fields else ""
        return f"{self.method} {self.path} on {self.service}{sent}"


@dataclass(frozen=True, kw_only=True)
class ConfiguredCommand:
    """The program and arguments that pong.toml fixes; `arguments` is all of it, run without a shell. `secret`
    is what it reads from its standard input."""

    arguments: tuple[str, ...]
    undo: str
    repeat: Repeat
    at_most_s: float = 300
    secret: Handed | None = None
    kind: Literal["configured-command"] = "configured-command"

    def line(self) -> str:
        reads = f"   (it reads: {' '.join(str(self.secret).split())})" if self.secret else ""
        return f"{shlex.join(self.arguments)}{reads}"


@dataclass(frozen=True, kw_only=True)
class Wait:
    """Wait until `until` holds, at most `at_most_s` seconds, with a look every `every_s`.

    `condition` names what is asked (bot/verification/conditions.py), `given` what it is compared with.
    """

    at_most_s: float
    until: str
    condition: str
    given: str = ""
    at: str = ""
    every_s: float = 1
    undo: str = "Nothing to undo."
    repeat: Repeat = Repeat.HARMLESS
    kind: Literal["wait"] = "wait"

    def line(self) -> str:
        return f"wait at most {self.at_most_s:g} s until {self.until}{_place(self.at)}"


def _place(at: str) -> str:
    return f"   (on {at})" if at else ""


Step = Annotated[
    RedisCommand | RedisSweep | RedisKill | HttpCall | AppVariable | ConfiguredCommand | Wait,
    Field(discriminator="kind"),
]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What will run on `target`, which resolved to `address` (host:port), and what that means.

    `title` is what people call it ("Clear cache"), `lost` and `undo` are sentences ({keys} in `lost` is how
    many the preview counted), `goal` is what has to be true afterwards and `goal_percent` the memory that
    it has to be under then; where the goal is another, `needed_over_percent` is the memory over which it is
    needed at all. `least_approvals` is how many people have to agree whatever pong.toml says, and with
    `must_type` each of them types the target's name; `by_approvers`: it loses nothing, yet nobody can undo
    it, so others approve it. Before the steps from `goes_on_from` on nobody can stop it, for between them
    somebody would be worse off than at either end; 0 means before any, and `still` is what has not come about
    while it breaks off before them. With `for_silent` it brings a Redis
    back that does not answer. `afterwards` is what people have to do by themselves once it is done.
    """

    remediation: str
    title: str
    target: str
    address: str
    tier: Tier
    steps: tuple[Step, ...]
    lost: str
    undo: str
    preconditions: tuple[str, ...]
    goal: str
    goal_percent: float | None = None
    needed_over_percent: float | None = None
    least_approvals: int = 1
    must_type: bool = False
    by_approvers: bool = False
    goes_on_from: int = 0
    still: str = ""
    afterwards: str = ""
    for_silent: bool = False

    @property
    def memory_goal_percent(self) -> float | None:
        """Under which memory nobody needs it."""
        return self.needed_over_percent if self.goal_percent is None else self.goal_percent

    def may_stop_before(self, number: int) -> bool:
        return not self.goes_on_from or number < self.goes_on_from

    def may_stop_in(self, number: int) -> bool:
        """Whether the wait that is step `number` may be broken off: once only looks are left, it may."""
        left = self.steps[number + 1 :]
        return self.may_stop_before(number) or all(isinstance(step, Wait) for step in left)

    def must_go_on(self, begun: Collection[int]) -> bool:
        """Whether, of the steps that were `begun`, one brought it where it cannot be left."""
        return bool(self.goes_on_from) and any(number >= self.goes_on_from - 1 for number in begun)

    def new_secrets(self, number: int) -> frozenset[str]:
        """The names of those that step `number` needs."""
        step = self.steps[number]
        parts = step.arguments if isinstance(step, RedisCommand) else ()
        own = (step.secret,) if isinstance(step, ConfiguredCommand | AppVariable) else ()
        return frozenset(part.name for part in (*parts, *own) if isinstance(part, NewSecret))


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What was measured before anybody was asked. None means: could not be measured.

    `keys` may be off by `keys_margin` either way; `classes` are those that lose keys, `untouched` the
    known others; percentages are of 100 and of the memory limit; `ttl_share` is between 0 and 1.
    `unsaved_changes` are those that a restart would lose, `behind_bytes` how far the nearest replica is
    behind its primary; `says` are further lines for people.
    """

    measured_at_ms: int
    classes: tuple[str, ...] = ()
    keys: int = 0
    keys_margin: int = 0
    sampled_keys: int = 0
    database_keys: int = 0
    unsaved_changes: int = 0
    behind_bytes: int | None = None
    says: tuple[str, ...] = ()
    freed_bytes: int | None = None
    ttl_share: float | None = None
    memory_before_percent: float | None = None
    memory_after_percent: float | None = None
    untouched: tuple[str, ...] = ()
