"""Does what a plan waits for hold by now?

Every condition is asked of the outside at each look; `given` is what the plan was made with.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import httpx
from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.applications.health import ask
from bot.clock import Clock
from bot.providers.access_rules import name_of, rules_noted
from bot.providers.cloudflare import note_of
from bot.providers.digitalocean import DEPLOYMENT_FAILED, newest_deployment
from bot.providers.github import SUCCESS
from bot.providers.rate_limits import Limits, limits
from bot.remediations.clients import parse_list
from bot.remediations.trouble import in_words
from bot.targets.endpoint import Sentinels
from bot.targets.ping import ping
from bot.targets.sentinel import do_agree, primary_of, views_of
from bot.targets.target import Target
from bot.text import plain

LOOK_WITHIN_S = 5.0


@dataclass(frozen=True, kw_only=True)
class Looker:
    """What a condition may look with."""

    target: Target
    clock: Clock
    http: httpx.AsyncClient
    redis: Redis | None = None


@dataclass(frozen=True)
class Held:
    """`state` is "never" when waiting longer cannot help; `says` is a clause for people."""

    state: Literal["yes", "not yet", "never"]
    says: str

    @property
    def is_so(self) -> bool:
        return self.state == "yes"


Condition = Callable[[Looker, str], Awaitable[Held]]


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
    return Held(
        "yes", f"memory is at {100 * used / limit:.0f} % of the new limit" if limit else "it has no limit"
    )


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
    is_so = redis == "connected"
    told = "not told" if redis is None else plain(redis, 40)
    return Held("yes" if is_so else "not yet", f"{application.name} says redis {told}")


async def _user_is_in_use(looker: Looker, user: str) -> Held:
    count = await _connections_of(looker, user)
    return Held("yes" if count else "not yet", f"{count:,} connections as {user}")


async def _user_is_unused(looker: Looker, user: str) -> Held:
    count = await _connections_of(looker, user)
    return Held("not yet" if count else "yes", f"{count or 'no':} connections as {user}")


async def _connections_of(looker: Looker, user: str) -> int:
    # In two words, so that redis-py leaves the reply as it is.
    raw: Any = await _client(looker).execute_command("CLIENT", "LIST")  # type: ignore[no-untyped-call]
    return sum(client.user == user for client in parse_list(raw))


async def _commands_run(looker: Looker, _: str) -> Held:
    """No script keeps the server busy: an ordinary command is answered."""
    await _client(looker).ping()
    return Held("yes", "it takes commands again")


async def _memory_is_freed(looker: Looker, _: str) -> Held:
    """What was left to the background is freed."""
    pending = int((await _info(looker, "memory")).get("lazyfree_pending_objects") or 0)
    if pending:
        return Held("not yet", f"{pending:,} objects are still being freed")
    # The application goes on writing, so there may be keys again.
    return Held("yes", f"{int(await _client(looker).dbsize()):,} keys by now")


async def _deployment_is_active(looker: Looker, before: str) -> Held:
    """The app's newest deployment is another one than `before`, and serves."""
    if looker.target.cloud is None:
        return Held("never", "no app is configured")
    newest = await newest_deployment(looker.http, looker.target.cloud)
    if isinstance(newest, str):
        return Held("not yet", newest)
    if newest.id == before:
        return Held("not yet", "DigitalOcean has not begun the deployment yet")
    if newest.phase in DEPLOYMENT_FAILED:
        return Held("never", newest.says)
    return Held("yes" if newest.phase == "ACTIVE" else "not yet", newest.says)


async def _workflow_succeeded(looker: Looker, before: str) -> Held:
    """The workflow's newest run is a later one than `before`, and ended well."""
    if looker.target.workflow is None:
        return Held("never", "no workflow is configured")
    newest = await looker.target.workflow.newest_run(looker.http)
    if isinstance(newest, str):
        return Held("not yet", newest)
    if newest.id <= int(before):
        return Held("not yet", "GitHub has not begun the run yet")
    if newest.is_over and newest.conclusion != SUCCESS:
        return Held("never", newest.says)
    return Held("yes" if newest.is_over else "not yet", newest.says)


async def _security_level_is(looker: Looker, wanted: str) -> Held:
    zone = looker.target.zone
    if zone is None:
        return Held("never", "no zone is configured")
    level = await zone.level(looker.http)
    says = f"the zone's security level is {level or 'not told'}"
    return Held("yes" if level == wanted else "not yet", says)


async def _address_is_blocked(looker: Looker, address: str) -> Held:
    return await _look_at_blocks(looker, address, is_wanted=True)


async def _address_is_let_in(looker: Looker, address: str) -> Held:
    return await _look_at_blocks(looker, address, is_wanted=False)


async def _look_at_blocks(looker: Looker, address: str, *, is_wanted: bool) -> Held:
    """Whether a rule of Pong's for this target blocks it; what others made does not count."""
    zone = looker.target.zone
    if zone is None:
        return Held("never", "no zone is configured")
    rules = await rules_noted(zone, looker.http, note_of(looker.target.name))
    if isinstance(rules, str):
        return Held("not yet", rules)
    is_blocked = address in {name_of(rule.network) for rule in rules}
    says = f"Pong blocks {address}" if is_blocked else f"Pong does not block {address}"
    return Held("yes" if is_blocked is is_wanted else "not yet", says)


async def _limit_at_cloudflare_is(looker: Looker, wanted: str) -> Held:
    now = await _limits_at_cloudflare(looker)
    if isinstance(now, Held):
        return now
    ours = [rule.limit.says for rule in now.ours if rule.limit]
    return Held("yes" if wanted in ours else "not yet", f"Pong's limit is {', '.join(ours) or 'not there'}")


async def _limit_at_cloudflare_is_gone(looker: Looker, rule_id: str) -> Held:
    now = await _limits_at_cloudflare(looker)
    if isinstance(now, Held):
        return now
    stands = rule_id in {rule.id for rule in now.ours}
    return Held("not yet" if stands else "yes", f"Pong's limit is {'still there' if stands else 'gone'}")


async def _limits_at_cloudflare(looker: Looker) -> Limits | Held:
    zone = looker.target.zone
    if zone is None:
        return Held("never", "no zone is configured")
    now = await limits(zone, looker.http, note_of(looker.target.name))
    return Held("not yet", now) if isinstance(now, str) else now


async def _info(looker: Looker, section: str) -> Mapping[str, Any]:
    info: Mapping[str, Any] = await _client(looker).info(section)
    return info


def _client(looker: Looker) -> Redis:
    if looker.redis is None:
        raise OSError("Pong may only look at this target")
    return looker.redis


CONDITIONS: Mapping[str, Condition] = {
    "redis-answers": _redis_answers,
    "redis-is-new": _redis_is_new,
    "limit-is": _limit_is,
    "primary-is-another": _primary_is_another,
    "application-connected": _application_is_connected,
    "commands-run": _commands_run,
    "user-in-use": _user_is_in_use,
    "user-unused": _user_is_unused,
    "memory-freed": _memory_is_freed,
    "deployment-active": _deployment_is_active,
    "security-level-is": _security_level_is,
    "address-blocked": _address_is_blocked,
    "address-let-in": _address_is_let_in,
    "limit-at-cloudflare": _limit_at_cloudflare_is,
    "limit-gone-at-cloudflare": _limit_at_cloudflare_is_gone,
    "workflow-succeeded": _workflow_succeeded,
}
