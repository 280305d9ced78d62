"""What stands between Pong and a Redis, and is it well?

A staged probe: DNS, TCP, TLS, AUTH, PING, then one look at INFO; where a stage fails ambiguously, a sniff.
One PING alone cannot tell these apart: https://redis.io/docs/latest/commands/ping/
"""

import asyncio
from dataclasses import dataclass, field, replace

from bot.clock import Clock
from bot.targets import look
from bot.targets.address import Address
from bot.targets.meanings import outcome
from bot.targets.outcome import Kind, Outcome
from bot.targets.outcomes import NotRedis, ServerSaid, kind_of, words_of
from bot.targets.rest import OverHttp, Rest
from bot.targets.sniff import WORTH_A_SNIFF, sniff
from bot.targets.walk import STAGE_MOST_S, StageFailed, Walk, reach
from bot.targets.wire import Wire
from bot.text import plain

PONG = "PONG"
BUDGET_S = 3.0
LOOK_MOST_S = 0.5
WALK_SHARE = 0.7  # of the budget
SNIFF_SHARE = 0.25

ANSWERS_INFO = {Kind.LOADING, Kind.REPLICA_CUT_OFF, Kind.WRITES_STOPPED}


@dataclass(frozen=True)
class Probed:
    """Where a probe ended, and the INFO that it saw: empty where it saw none."""

    outcome: Outcome
    info: look.Info = field(default_factory=dict, repr=False)


async def probe(target: str, server: Address | Rest, clock: Clock, *, budget_s: float = BUDGET_S) -> Probed:
    """Where the way to `server` ends, within `budget_s`. Raises nothing: every failure is an Outcome."""
    began_s = clock.monotonic_s()
    if isinstance(server, Rest):
        walk = Walk(server.way, clock, (*server.way.stages[:3], "PING"))
        judging = _judged_over_http(walk, server, budget_s)
    else:
        walk = Walk(server, clock, server.stages)
        judging = _judged(walk, budget_s)
    try:
        kind, seen = await judging
    finally:
        if walk.wire:
            walk.wire.close()
    took_ms = 1000 * (clock.monotonic_s() - began_s)
    ended = replace(
        outcome(kind, target, seen=plain(seen, 160)),
        stages=walk.stages(kind),
        took_ms=round(took_ms),
        measured_at_ms=clock.now_ms(),
    )
    return Probed(ended, walk.info)


async def _judged(walk: Walk, budget_s: float) -> tuple[Kind, str]:
    try:
        await _whole_way(walk, budget_s)
    except StageFailed as failure:
        return await _explained(walk, failure, budget_s)
    try:
        await _look(walk)
    except ServerSaid as error:
        return kind_of(error), f"INFO: {error}"
    except (OSError, EOFError, TimeoutError) as error:
        return kind_of(error), "PING was answered, INFO was not"
    if not walk.info:
        return Kind.ERROR, "INFO is empty"
    kind = look.kind_by(walk.info)
    if kind is Kind.HEALTHY and walk.asks_no_password:
        kind = Kind.OPEN_TO_ALL
    return kind, look.seen_by(kind, walk.info)


async def _judged_over_http(walk: Walk, rest: Rest, budget_s: float) -> tuple[Kind, str]:
    line = OverHttp(rest, budget_s=STAGE_MOST_S)
    try:
        async with asyncio.timeout(WALK_SHARE * budget_s):
            await reach(walk)
            async with walk.stage("PING"):
                pong, info = await line.pipeline((("PING",), ("INFO",)))
                if isinstance(pong, Exception):
                    raise pong
                if pong != PONG.encode():
                    raise NotRedis(b"PING is answered with something else")
    except StageFailed as failure:
        walk.failed_ms = walk.elapsed_ms()
        return kind_of(failure.error, failure.stage), words_of(failure.error)
    except TimeoutError as error:
        walk.failed_ms = walk.elapsed_ms()
        return kind_of(error, walk.current), ""
    finally:
        await line.close()
    if not isinstance(info, dict):
        return (kind_of(info), f"INFO: {info}") if isinstance(info, Exception) else (Kind.ERROR, "no INFO")
    if not info:
        return Kind.ERROR, "INFO is empty"
    walk.info = info
    kind = look.kind_by(info)
    return kind, look.seen_by(kind, info)


async def _whole_way(walk: Walk, budget_s: float) -> None:
    try:
        async with asyncio.timeout(WALK_SHARE * budget_s):
            await reach(walk)
            await _log_in(walk)
            async with walk.stage("PING"):
                await _ping(walk)
    except TimeoutError as error:
        raise StageFailed(walk.current, error) from error


async def _log_in(walk: Walk) -> None:
    password = walk.address.password
    if not password:
        walk.skip("AUTH", "no password in the address")
        return
    user = [walk.address.user] if walk.address.user else []
    async with walk.stage("AUTH") as step:
        try:
            await _ask(walk, "AUTH", *user, password.get_secret_value())
        except ServerSaid as error:
            if kind_of(error) is not Kind.OPEN_TO_ALL:
                raise
            walk.asks_no_password, step.note = True, "it asks for none"


async def _ask(walk: Walk, *words: str) -> str:
    return str(await _wire(walk).ask(*words))


async def _ping(walk: Walk) -> None:
    """INFO goes out right behind PING: waiting for PONG first would cost a round trip."""
    wire = _wire(walk)
    if walk.address.db:
        wire.say("SELECT", str(walk.address.db))
    wire.say("PING")
    wire.say("INFO", "everything")
    if walk.address.db:
        await wire.reply()
    if (said := await wire.reply()) != PONG:
        raise NotRedis(f"PING is answered with {said}".encode())


async def _look(walk: Walk) -> None:
    async with asyncio.timeout(LOOK_MOST_S):
        walk.info = look.parse_info(str(await _wire(walk).last_reply()))
        if walk.info.get("cluster_enabled") == 1:  # a node of a cluster that is down says PONG
            walk.info |= look.parse_info(await _ask(walk, "CLUSTER", "INFO"))


def _wire(walk: Walk) -> Wire:
    if walk.wire is None:
        raise EOFError("not connected")
    return walk.wire


async def _explained(walk: Walk, failure: StageFailed, budget_s: float) -> tuple[Kind, str]:
    """What `failure` means, after a second look where one tells more."""
    walk.failed_ms = walk.elapsed_ms()
    kind, seen = kind_of(failure.error, failure.stage), words_of(failure.error)
    if kind in WORTH_A_SNIFF:
        kind, seen = await _sniffed(walk, kind, seen, within_s=SNIFF_SHARE * budget_s)
    if kind in ANSWERS_INFO:
        try:
            await _look(walk)
        except (ServerSaid, OSError, EOFError, TimeoutError):
            return kind, seen
        seen = look.seen_by(kind, walk.info) or seen
    return kind, seen


async def _sniffed(walk: Walk, kind: Kind, seen: str, *, within_s: float) -> tuple[Kind, str]:
    try:
        async with asyncio.timeout(within_s):
            return await sniff(walk.address, walk.places, kind, seen)
    except TimeoutError:
        return kind, seen
