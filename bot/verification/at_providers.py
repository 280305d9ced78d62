"""Does what a plan waits for hold by now at an outside service: a host, a database's provider, a zone?

Asked at each look; what the service does not tell holds not yet.
"""

from collections.abc import Mapping

from bot.providers.access_rules import name_of, rules_noted
from bot.providers.cloudflare import note_of
from bot.providers.digitalocean import DEPLOYMENT_FAILED, Cloud, Cluster, ManagedDatabase, newest_deployment
from bot.providers.github import SUCCESS
from bot.providers.rate_limits import Limits, limits
from bot.providers.upstash import UpstashDatabase
from bot.verification.held import Condition, Held, Looker


async def _deployment_is_active(looker: Looker, before: str) -> Held:
    """The app's newest deployment is another one than `before`, and serves."""
    if looker.target.cloud is None:
        return Held("never", "no app is configured")
    return await _newest_is_active(looker, looker.target.cloud, before)


async def _app_is_deployed(looker: Looker, given: str) -> Held:
    """The same of the app whose id stands first in `given`, before the id of the deployment from before."""
    app_id, _, before = given.partition(" ")
    app = looker.target.app_by_id(app_id)
    if app is None:
        return Held("never", "the app is not configured any more")
    held = await _newest_is_active(looker, app.cloud, before)
    if held.state != "never":
        return held
    return Held("never", f"{held.says}, so what ran before it goes on: read its log at DigitalOcean")


async def _newest_is_active(looker: Looker, cloud: Cloud, before: str) -> Held:
    newest = await newest_deployment(looker.http, cloud)
    if isinstance(newest, str):
        return Held("not yet", newest)
    if newest.id in ("", before):
        return Held("not yet", "DigitalOcean has not begun the deployment yet")
    if newest.phase in DEPLOYMENT_FAILED:
        return Held("never", newest.says)
    return Held("yes" if newest.phase == "ACTIVE" else "under way", newest.says)


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
    return Held("yes" if newest.is_over else "under way", newest.says)


async def _security_level_is(looker: Looker, wanted: str) -> Held:
    zone = looker.target.zone
    if zone is None:
        return Held("never", "no zone is configured")
    level = await zone.level(looker.http)
    says = f"the zone's security level is {level or 'not told'}"
    return Held("yes" if level == wanted else "not yet", says)


async def _plan_is(looker: Looker, wanted: str) -> Held:
    """Upstash has put the database on the plan `wanted`, and is done with that."""
    database = looker.target.database
    if not isinstance(database, UpstashDatabase):
        return Held("never", "no database at Upstash is configured")
    booked = await database.booked(looker.http)
    if isinstance(booked, str):
        return Held("not yet", booked)
    if booked.is_busy:
        return Held("not yet", f"the database at Upstash is {booked.says}")
    says = f"the plan at Upstash is {booked.plan or 'not told'}"
    return Held("yes" if booked.plan == wanted else "not yet", says)


async def _password_is_another(looker: Looker, mark: str) -> Held:
    database = looker.target.database
    if not isinstance(database, UpstashDatabase):
        return Held("never", "no database at Upstash is configured")
    credential = await database.credential(looker.http)
    if isinstance(credential, str):
        return Held("not yet", credential)
    if credential.mark == mark:
        return Held("not yet", "Upstash still has the old password")
    return Held("yes", "Upstash has another password")


async def _resize_has_begun(looker: Looker, size: str) -> Held:
    cluster = await _cluster(looker)
    if isinstance(cluster, Held):
        return cluster
    has_begun = cluster.status == "resizing" or cluster.size == size
    return Held("yes" if has_begun else "not yet", _stands(cluster))


async def _size_is(looker: Looker, wanted: str) -> Held:
    """A resize that has begun is over, with the size and the number of nodes `wanted`."""
    cluster = await _cluster(looker)
    if isinstance(cluster, Held):
        return cluster
    if not cluster.is_online:
        return Held("not yet", _stands(cluster))
    is_so = f"{cluster.size} {cluster.num_nodes}" == wanted
    return Held("yes" if is_so else "never", _stands(cluster))


async def _cluster(looker: Looker) -> Cluster | Held:
    database = looker.target.database
    if not isinstance(database, ManagedDatabase):
        return Held("never", "no database at DigitalOcean is configured")
    cluster = await database.cluster(looker.http)
    return Held("not yet", cluster) if isinstance(cluster, str) else cluster


def _stands(cluster: Cluster) -> str:
    nodes = f"{cluster.num_nodes} node{'' if cluster.num_nodes == 1 else 's'}"
    return f"the database at DigitalOcean is {cluster.status}, {cluster.size}, {nodes}"


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


AT_PROVIDERS: Mapping[str, Condition] = {
    "deployment-active": _deployment_is_active,
    "app-deployed": _app_is_deployed,
    "security-level-is": _security_level_is,
    "workflow-succeeded": _workflow_succeeded,
    "plan-is": _plan_is,
    "password-is-another": _password_is_another,
    "resize-begun": _resize_has_begun,
    "size-is": _size_is,
    "address-blocked": _address_is_blocked,
    "address-let-in": _address_is_let_in,
    "limit-at-cloudflare": _limit_at_cloudflare_is,
    "limit-gone-at-cloudflare": _limit_at_cloudflare_is_gone,
}
