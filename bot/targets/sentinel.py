"""Which server is the primary now, by what the Sentinels say, and do they agree?

https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/#sentinel-commands
"""

import asyncio
from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from redis.exceptions import RedisError

from bot.targets.address import Address
from bot.targets.endpoint import Sentinels
from bot.targets.meanings import MEANINGS
from bot.targets.outcomes import kind_of
from bot.targets.read_only import reading

ANSWERS_WITHIN_S = 1.0


@dataclass(frozen=True, kw_only=True)
class View:
    """What one Sentinel says: the primary's (host, port), None when it knows none, and `fault` says why.

    `is_down`: it cannot reach that primary. `quorum` is its CKQUORUM in words, `can_fail_over` its verdict.
    """

    sentinel: str
    primary: tuple[str, int] | None = None
    is_down: bool = False
    can_fail_over: bool = False
    quorum: str = ""
    fault: str = ""
    is_reachable: bool = True


async def views_of(group: Sentinels) -> list[View]:
    """All of them at once, within a second each. Raises nothing: who does not answer is a View too."""
    return list(await asyncio.gather(*(_view(one, group.service) for one in group.sentinels)))


def primary_of(group: Sentinels, views: list[View]) -> Address | None:
    """The server that most of them name; None when none does. Pure."""
    named = Counter(view.primary for view in views if view.primary)
    if not named:
        return None
    host, port = named.most_common(1)[0][0]
    return replace(group.server, host=host, port=port)


def do_agree(views: list[View]) -> bool:
    return len({view.primary for view in views if view.primary}) <= 1


async def _view(address: Address, service: str) -> View:
    name = str(address)
    try:
        async with asyncio.timeout(ANSWERS_WITHIN_S), reading(address, budget_s=ANSWERS_WITHIN_S) as redis:
            asked = ("SENTINEL", "MASTER", service), ("SENTINEL", "CKQUORUM", service)
            master, quorum = await redis.ask_each(asked)
    except (RedisError, OSError, TimeoutError) as error:
        return View(sentinel=name, fault=MEANINGS[kind_of(error)].says, is_reachable=False)
    if isinstance(master, Exception):
        return View(sentinel=name, fault=_refusal(master))
    try:
        fields = _fields(master)
        primary = fields["ip"], int(fields["port"])
    except (KeyError, TypeError, ValueError):
        return View(sentinel=name, fault="answers as no Sentinel does")
    flags = fields.get("flags", "").split(",")
    return View(
        sentinel=name,
        primary=primary,
        is_down="s_down" in flags or "o_down" in flags or "disconnected" in flags,
        can_fail_over=not isinstance(quorum, Exception),
        quorum=_text(quorum),
    )


def _refusal(error: Exception) -> str:
    if "No such master" in str(error):
        return "does not know this service"
    return MEANINGS[kind_of(error)].says


def _fields(reply: Any) -> dict[str, str]:
    """SENTINEL MASTER, as either protocol gives it."""
    pairs = reply.items() if isinstance(reply, dict) else zip(reply[::2], reply[1::2], strict=False)
    return {_text(name): _text(value) for name, value in pairs}


def _text(value: Any) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
