"""What exactly would Pong do, what would be lost by it, and which bytes do people approve?

A plan is plain frozen values: it can be kept as JSON, shown step by step and digested, and it never holds
a secret, only the name of one. https://csrc.nist.gov/pubs/fips/180-4/upd1/final (SHA-256)
"""

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field, TypeAdapter, ValidationError

from bot.errors import BadInput

T = TypeVar("T")


class Tier(StrEnum):
    """Who has to say yes: a responder's own confirm, or somebody else from the approvers."""

    REVERSIBLE = "reversible"
    DATA_LOSING = "data-losing"


class Repeat(StrEnum):
    """What to do with a step that Pong may have run before it stopped.

    NEVER: ask people. CHECK: look outside first. HARMLESS: run it again.
    """

    NEVER = "never"
    CHECK = "check"
    HARMLESS = "harmless"


@dataclass(frozen=True)
class SecretRef:
    """The name of a secret in the settings; its value is looked up inside execution only."""

    name: str
    kind: Literal["secret"] = "secret"

    def __str__(self) -> str:
        return f"‹secret {self.name}›"


@dataclass(frozen=True)
class NewSecret:
    """The name of a secret that execution makes anew, and makes anew once more when it was lost."""

    name: str
    kind: Literal["new-secret"] = "new-secret"

    def __str__(self) -> str:
        return f"‹new secret {self.name}›"


Secret = Annotated[SecretRef | NewSecret, Field(discriminator="kind")]
Argument = str | Secret


@dataclass(frozen=True, kw_only=True)
class RedisCommand:
    """One command on the target."""

    arguments: tuple[Argument, ...]
    undo: str
    repeat: Repeat
    kind: Literal["redis-command"] = "redis-command"

    def line(self) -> str:
        return " ".join(str(argument) for argument in self.arguments)


@dataclass(frozen=True, kw_only=True)
class RedisSweep:
    """Delete all keys that begin with the literal `prefix`, `count` at a time, in `gentle` or half duty."""

    prefix: str
    undo: str
    count: int = 250
    gentle: bool = False
    repeat: Repeat = Repeat.HARMLESS
    kind: Literal["redis-sweep"] = "redis-sweep"

    def line(self) -> str:
        pace = "paced gently" if self.gentle else "paced"
        return f"SCAN MATCH {self.prefix}* COUNT {self.count}, then UNLINK of each batch, {pace}"


@dataclass(frozen=True, kw_only=True)
class HttpCall:
    """One request to the outside service `service`, whose address and token the settings hold."""

    service: str
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: str
    undo: str
    repeat: Repeat
    fields: tuple[tuple[str, str | int | bool | Secret], ...] = ()
    kind: Literal["http-call"] = "http-call"

    def line(self) -> str:
        sent = ", ".join(f"{name} {value}" for name, value in self.fields)
        return f"{self.method} {self.path} on {self.service}" + (f" with {sent}" if sent else "")


@dataclass(frozen=True, kw_only=True)
class ConfiguredCommand:
    """The command that pong.toml configures under `name`."""

    name: str
    undo: str
    repeat: Repeat
    arguments: tuple[Argument, ...] = ()
    kind: Literal["configured-command"] = "configured-command"

    def line(self) -> str:
        return " ".join(
            ["the configured command", self.name, *(str(argument) for argument in self.arguments)]
        )


@dataclass(frozen=True, kw_only=True)
class Wait:
    """Wait until `until` holds, at most `at_most_s` seconds."""

    at_most_s: float
    until: str
    undo: str = "Nothing to undo."
    repeat: Repeat = Repeat.HARMLESS
    kind: Literal["wait"] = "wait"

    def line(self) -> str:
        return f"wait at most {self.at_most_s:g} s until {self.until}"


Step = Annotated[
    RedisCommand | RedisSweep | HttpCall | ConfiguredCommand | Wait,
    Field(discriminator="kind"),
]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What will run on `target`, which resolved to `address` (host:port), and what that means.

    `title` is what people call it ("Clear cache"), `lost` and `undo` are sentences, `goal` is what has to
    be true afterwards.
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


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What was measured before anybody was asked. None means: could not be measured.

    `keys` may be off by `keys_margin` either way; `classes` are those that lose keys, `untouched` the
    known others; percentages are of 100 and of the memory limit; `ttl_share` is between 0 and 1.
    """

    measured_at_ms: int
    classes: tuple[str, ...]
    keys: int
    keys_margin: int
    sampled_keys: int
    database_keys: int
    freed_bytes: int | None = None
    ttl_share: float | None = None
    memory_before_percent: float | None = None
    memory_after_percent: float | None = None
    untouched: tuple[str, ...] = ()


def canonical(value: object) -> bytes:
    """The one way to write `value`: the same bytes for the same facts, whatever their order in a mapping."""
    plain = _whole(TypeAdapter(type(value)).dump_python(value, mode="json"))
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")


def digest(plan: Plan, preview: Preview, *, incident_id: int, runbook_hash: str, policy: object) -> str:
    """What an approval binds (sha256, hex). The resolved address is bound as `plan.address`."""
    bound = {
        "plan": canonical(plan).decode(),
        "preview": canonical(preview).decode(),
        "incident": str(incident_id),
        "runbook": runbook_hash,
        "policy": canonical(policy).decode(),
    }
    return hashlib.sha256(canonical(bound)).hexdigest()


def to_json(value: object) -> str:
    """A plan, a preview, or another frozen value as the store keeps it."""
    return canonical(value).decode("ascii")


def from_json(kind: type[T], text: str) -> T:
    """What `to_json` wrote, without loss. Raises BadInput when it is not a whole `kind`."""
    try:
        value = TypeAdapter(kind).validate_json(text)
    except ValidationError as error:
        faults = error.error_count()
        raise BadInput(f"What is kept is not a whole {kind.__name__}: {faults} fault(s).") from None
    return value


def loses_more(preview: Preview, approved: Preview) -> bool:
    """Whether `preview` would lose more than was approved: over the upper end of that interval, or
    another class of key. Fewer keys never supersede an approval."""
    is_wider = not set(preview.classes) <= set(approved.classes)
    return is_wider or preview.keys > approved.keys + approved.keys_margin


def _whole(value: Any) -> Any:
    # 97 and 97.0 are the same figure, and JSON keeps them apart: a kept plan has to digest as it did.
    if isinstance(value, dict):
        return {name: _whole(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_whole(part) for part in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
