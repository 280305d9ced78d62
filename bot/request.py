"""What did a person ask for, and what answers it?"""

import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from bot.people import Role

if TYPE_CHECKING:
    from bot.pong import Pong
    from bot.store.records import Records

Via = Literal["command", "mention", "button", "modal", "reaction"]
Work = Callable[["Records"], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Request:
    """One thing that a person asked for. `words` are what followed the verb, `ref` what a button carried,
    `values` what a modal's fields held. `id` is its number in the inbox,
    `attempt` the claim of it that is being worked."""

    verb: str
    user: str
    team: str
    channel: str
    via: Via
    received_ms: int
    words: tuple[str, ...] = ()
    ref: str = ""
    values: dict[str, str] = field(default_factory=dict)
    thread_ts: str | None = None
    message_ts: str | None = None
    response_url: str | None = None
    id: int = 0
    attempt: int = 0

    def __post_init__(self) -> None:
        """Raises TypeError where there is anything but text: then it is no request of Slack's."""
        texts = [self.verb, self.user, self.team, self.channel, self.ref, *self.words, *self.values.values()]
        may_lack = [one for one in (self.thread_ts, self.message_ts, self.response_url) if one is not None]
        if not all(isinstance(one, str) for one in (*texts, *may_lack)):
            raise TypeError("a request of Slack's holds nothing but text")

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    @staticmethod
    def of(facts: dict[str, Any], *, id: int, attempt: int) -> "Request":
        return Request(**(facts | {"words": tuple(facts["words"]), "id": id, "attempt": attempt}))


@dataclass(frozen=True, kw_only=True)
class Verb:
    """One verb: who may ask for it, and how it is answered.

    `run` asks and measures first and gives back the one transaction that holds all its effects; it raises
    BadInput, Refused or IllegalMove with the sentence that the person reads. `view` draws the modal that a
    button opens before anything is asked for; `faults` finds what is wrong with the modal's values, by field.
    `usage`, `example` and `explains` are its help; `also` is another command under which it can be typed.
    """

    name: str
    role: Role
    run: "Callable[[Request, Pong], Awaitable[Work]]"
    usage: str = ""
    example: str = ""
    explains: str = ""
    command: str | None = None
    also: str | None = None
    view: "Callable[[Request, Pong], Awaitable[dict[str, Any]]] | None" = None
    faults: Callable[[dict[str, str]], dict[str, str]] | None = None
