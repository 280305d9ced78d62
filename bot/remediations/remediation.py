"""What does a remediation consist of, and what may it look at?

One file each beside this one, one line in bot/catalog.py. What no runbook allows cannot be asked for.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import httpx
from redis.asyncio import Redis

from bot.clock import Clock
from bot.errors import Refused
from bot.remediations.plan import Plan, Preview
from bot.runbooks.runbook import Allowed
from bot.targets.target import Target

Words = tuple[str, ...]
Prepared = tuple[Plan, Preview]


def _nowhere_else(place: str) -> Redis:
    raise Refused(f"Pong has no way to {place}.")


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What is at hand to measure with: `allowed` is what the runbook says of this remediation.

    `clients` connect only when they are asked something: one for each server that takes changes (several of
    a cluster), none where Pong may only look; `client_at` gives one for another place (host:port) of the same
    group. `address` is what the target's own resolved to; `primary` is the place of the server that the
    Sentinels name by now, "" where the address itself leads to it. With `in_fallback` Pong has switched its
    application to do without it.
    """

    target: Target
    allowed: Allowed
    clock: Clock
    http: httpx.AsyncClient
    address: str
    clients: tuple[Redis, ...] = ()
    client_at: Callable[[str], Redis] = _nowhere_else
    primary: str = ""
    in_fallback: bool = False

    @property
    def redis(self) -> Redis:
        """The one server. Raises Refused where Pong may only look, and for a cluster."""
        if len(self.each_redis) > 1:
            raise Refused(
                f"{self.target.name} is a cluster, of which Pong can clear a class of keys (/redis clear) "
                "and nothing else."
            )
        return self.each_redis[0]

    @property
    def each_redis(self) -> tuple[Redis, ...]:
        """Every server that holds a part of the keys. Raises Refused where Pong may only look."""
        if not self.clients:
            raise Refused(may_only_look(self.target))
        return self.clients


def _nowhere(_: Target) -> bool:
    return False


@dataclass(frozen=True, kw_only=True)
class Remediation:
    """Something that Pong can do once people have said yes.

    `name` is its name in a runbook and after /redis, `takes` what is typed after that, from `words_least` to
    `words_most` words. `prepare` measures, then plans, and changes nothing: it raises BadInput for words that
    mean nothing here, Refused where it may not be done, ServiceUnavailable when nothing answers. After a word
    of `typed` the target's name has to be typed; words of `flags` may stand anywhere. Where their number
    differs, `own` says how many of the typed words are its own, and raises BadInput as `prepare` does. A
    target of which `at_provider` is true is changed by its provider, and Pong needs no way into the Redis.
    """

    name: str
    takes: str
    prepare: Callable[[Scene, Words], Awaitable[Prepared]]
    words_least: int = 1
    words_most: int = 1
    needs_redis: bool = True
    at_provider: Callable[[Target], bool] = _nowhere
    typed: frozenset[str] = frozenset()
    flags: frozenset[str] = frozenset()
    own: Callable[[Words], int] | None = None

    def takes_of(self, words: Words) -> int:
        """How many of these words are its own at most; the one behind them names the target."""
        return self.own(words) if self.own and words else self.words_most

    def wants_redis(self, target: Target) -> bool:
        return self.needs_redis and not self.at_provider(target)


def may_only_look(target: Target) -> str:
    return (
        f"Pong may only look at {target.name}: a change needs REDIS_REMEDIATION_URL "
        "(the README says which rights that user has)."
    )
