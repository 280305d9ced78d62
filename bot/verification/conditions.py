"""Does what a plan waits for hold by now?

Every condition is asked of the outside at each look; `given` is what the plan was made with.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.applications.health import Application, ask
from bot.applications.logs import times_connected
from bot.diagnostics.units import count, in_bytes
from bot.remediations.clients import Client, is_application, parse_list
from bot.remediations.nodes import replicas_in
from bot.remediations.trouble import in_words
from bot.targets.endpoint import Sentinels
from bot.targets.ping import ping
from bot.targets.sentinel import do_agree, primary_of, views_of
from bot.text import plain
from bot.verification.at_providers import AT_PROVIDERS
from bot.verification.held import Condition, Held, Looker
from bot.verification.refusals import refusals_are_watched

LOOK_WITHIN_S = 5.0


async def look(condition: str, given: str, looker: Looker) -> Held:
    """Ask it once. Raises nothing: what could not be asked does not hold yet."""
    try:
        async with asyncio.timeout(LOOK_WITHIN_S):
            return await CONDITIONS[condition](looker, given)
    except (RedisError, OSError, TimeoutError) as error:
        return Held("not yet", in_words(error))


async def _redis_answers(looker: Looker, _: str) -> Held:
    outcome = await ping(looker.target, looker.clock)
    says = f"{looker.target.name} {outcome.says}"
    return Held("yes" if outcome.is_healthy else "not yet", says)


async def _redis_is_new(looker: Looker, run_id: str) -> Held:
    """It answers, and is not the process that had `run_id`."""
    info = await _info(looker, "server")
    if info.get("run_id") == run_id:
        return Held("not yet", "it is still the process from before")
    return await _redis_answers(looker, "")


async def _primary_is_another(looker: Looker, before: str) -> Held:
    """The Sentinels agree on another server than `before` (host:port), and it answers."""
    group = looker.target.remediation
    if not isinstance(group, Sentinels):
        return Held("never", "no Sentinels are configured")
    views = await views_of(group)
    primary = primary_of(group, views)
    named = f"{primary.host}:{primary.port}" if primary else "none"
    if primary is None or named == before or not do_agree(views):
        return Held("not yet", f"the Sentinels name {named}" if do_agree(views) else "they do not agree yet")
    held = await _redis_answers(looker, "")
    return Held(held.state, f"{named} is the primary; {held.says}")


async def _limit_is(looker: Looker, wanted: str) -> Held:
    info = await _info(looker, "memory")
    limit, used = int(info.get("maxmemory") or 0), int(info.get("used_memory") or 0)
    if limit != int(wanted):
        return Held("not yet", f"maxmemory is {limit:,} bytes")
    if not limit:
        return Held("yes", "it has no limit")
    return Held("yes", f"the limit is {in_bytes(limit)}, memory at {100 * used / limit:.0f} % of it")


async def _application_is_connected(looker: Looker, name: str) -> Held:
    """The target's application, or the one of its consumers that is called `name`."""
    named = (one for one in looker.target.consumers if one.name == name)
    application = next(named, looker.target.application)
    if application is None or application.health_url is None:
        return Held("never", "no health address is configured")
    answer = await ask(looker.http, application.health_url)
    checks: Any = answer.body.get("checks") if answer.body else None
    redis = checks.get("redis") if isinstance(checks, dict) else None
    if answer.body is None:
        return Held("not yet", f"{application.name} {answer.fault}")
    told = "not told" if redis is None else plain(redis, 40)
    says = f"{application.name} says redis {told}"
    if redis != "connected":
        return Held("not yet", says)
    return Held("yes", says + await _in_its_log(looker, application))


async def _in_its_log(looker: Looker, application: Application) -> str:
    """How often it wrote so since the plan began, where its log can be read."""
    times = await times_connected(application.logs, looker.http, since_ms=looker.since_ms)
    return "" if times is None else f", and its log {f'{times:,} times' if times != 1 else 'once'} since"


async def _user_is_in_use(looker: Looker, user: str) -> Held:
    """By an application: that replicas and Sentinels are logged in as it says nothing of those."""
    number = sum(is_application(client) for client in await _clients_of(looker, user))
    return Held("yes" if number else "not yet", _connections(number, user))


async def _user_is_unused(looker: Looker, user: str) -> Held:
    number = len(await _clients_of(looker, user))
    return Held("not yet" if number else "yes", _connections(number, user))


def _connections(number: int, user: str) -> str:
    return f"{count(number, 'connection', 'connections') if number else 'no connections'} as {user}"


async def _clients_of(looker: Looker, user: str) -> list[Client]:
    # In two words, so that redis-py leaves the reply as it is.
    raw: Any = await _client(looker).execute_command("CLIENT", "LIST")  # type: ignore[no-untyped-call]
    return [client for client in parse_list(raw) if client.user == user]


async def _replica_is_online(looker: Looker, place: str) -> Held:
    """The primary counts the replica at `place` (host:port) among those that follow it."""
    states = {at: state for at, state in replicas_in(await _info(looker, "replication"))}
    state = states.get(place)
    says = f"the replica {place} is {state or 'not connected'}"
    return Held("yes" if state == "online" else "not yet", says)


async def _commands_run(looker: Looker, _: str) -> Held:
    """No script keeps the server busy: an ordinary command is answered."""
    await _client(looker).ping()
    return Held("yes", "it takes commands again")


async def _memory_is_freed(looker: Looker, _: str) -> Held:
    """What was left to the background is freed."""
    pending = int((await _info(looker, "memory")).get("lazyfree_pending_objects") or 0)
    if pending:
        return Held("not yet", f"{count(pending, 'object is', 'objects are')} still being freed")
    # The application goes on writing, so there may be keys again.
    return Held("yes", f"{count(int(await _client(looker).dbsize()), 'key', 'keys')} by now")


async def _info(looker: Looker, section: str) -> Mapping[str, Any]:
    info: Mapping[str, Any] = await _client(looker).info(section)
    return info


def _client(looker: Looker) -> Redis:
    if looker.redis is None:
        raise OSError("Pong may only look at this target")
    return looker.redis


CONDITIONS: Mapping[str, Condition] = {
    **AT_PROVIDERS,
    "redis-answers": _redis_answers,
    "redis-is-new": _redis_is_new,
    "limit-is": _limit_is,
    "primary-is-another": _primary_is_another,
    "application-connected": _application_is_connected,
    "commands-run": _commands_run,
    "user-in-use": _user_is_in_use,
    "user-unused": _user_is_unused,
    "refusals-watched": refusals_are_watched,
    "replica-online": _replica_is_online,
    "memory-freed": _memory_is_freed,
}
