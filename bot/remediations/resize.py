"""What would another plan mean for a database that a provider runs, and which may it be?

The runbook's step 10, where no memory limit can be set: the provider's plan is it.
https://upstash.com/docs/devops/developer-api/redis/change_plan and
https://docs.digitalocean.com/reference/api/
"""

from bot.diagnostics.units import in_bytes
from bot.errors import BadInput, Refused, ServiceUnavailable
from bot.providers.digitalocean import Cluster, ManagedDatabase, memory_of
from bot.providers.upstash import PLANS, Booked, UpstashDatabase
from bot.remediations.plan import HttpCall, Plan, Preview, Repeat, Tier, Wait
from bot.remediations.remediation import Prepared, Scene

ENGINES = ("redis", "valkey")
SIZES_SHOWN = 8
PLAN_WITHIN_S = 180
BEGUN_WITHIN_S = 180
# A node of the new size is made, filled and put in the old one's place; the account's calls are counted.
RESIZED_WITHIN_S = 3600
LOOK_EVERY_S = 10.0


# -- Upstash ------------------------------------------------------------------------------------------------


async def at_upstash(scene: Scene, database: UpstashDatabase, word: str) -> Prepared:
    booked = await database.booked(scene.http)
    if isinstance(booked, str):
        raise ServiceUnavailable(f"Nothing was planned: {booked}.")
    check_plan(word, booked)
    preview = Preview(measured_at_ms=scene.clock.now_ms(), says=says_of_plan(word, booked))
    return plan_at_upstash(scene, database.plan_path, old=booked.plan, new=word), preview


def check_plan(new: str, booked: Booked) -> None:
    """Raises BadInput for a plan that there is not, that it has, or that its data would not fit in."""
    if booked.is_busy:
        raise Refused(f"The database at Upstash is {booked.says}: wait until it is active, then ask again.")
    if not booked.plan:
        raise Refused("Upstash does not tell which plan it has, so it is not changed: look at its console.")
    if new not in PLANS:
        raise BadInput(f"Which plan? It has {booked.plan}. Write one of {', '.join(PLANS)}.")
    if new == booked.plan:
        raise BadInput(f"Its plan is {new} already: write another one of {', '.join(PLANS)}.")
    used, size = booked.used_bytes, PLANS[new]
    if used is None and size < PLANS[booked.plan]:
        raise Refused(f"How much is in use is not told, so it is not put on {new}, which holds less.")
    if used is not None and size <= used:
        raise BadInput(
            f"{new} holds {in_bytes(size)}, and {in_bytes(used)} are in use: write a plan that holds more."
        )


def says_of_plan(new: str, booked: Booked) -> tuple[str, ...]:
    old, used = booked.plan, booked.used_bytes
    in_use = "How much is in use is not told" if used is None else f"In use: {in_bytes(used)}"
    return (
        f"The plan {old} (holds {in_bytes(PLANS[old])}) → {new} (holds {in_bytes(PLANS[new])})",
        in_use,
        f"It costs money: from then on Upstash bills {new} instead of {old}",
    )


def plan_at_upstash(scene: Scene, path: str, *, old: str, new: str) -> Plan:
    """What a plan sets beside its size (upgrades by itself, the production pack) is left as it is."""
    back = f"/redis scale {old} {scene.target.name}, while its data still fit in that"
    return Plan(
        remediation="scale",
        title=f"Put it on Upstash's plan {new}",
        target=scene.target.name,
        address=scene.address,
        tier=Tier.REVERSIBLE,
        steps=(
            HttpCall(
                service="Upstash",
                method="POST",
                path=path,
                undo=f"{back}.",
                repeat=Repeat.CHECK,
                fields=(("plan_name", new),),
            ),
            Wait(
                at_most_s=PLAN_WITHIN_S,
                until=f"the plan at Upstash is {new}",
                condition="plan-is",
                given=new,
            ),
        ),
        lost="no data; connections for a second or two, which clients have to make again (expected)",
        undo=f"Undo: {back}; what was billed until then stays billed",
        preconditions=(f"its plan is {old}", "less is in use than the new plan holds"),
        goal=f"the plan at Upstash is {new}",
    )


# -- DigitalOcean -----------------------------------------------------------------------------------------


async def at_digitalocean(scene: Scene, database: ManagedDatabase, word: str) -> Prepared:
    cluster = await database.cluster(scene.http)
    if isinstance(cluster, str):
        raise ServiceUnavailable(f"Nothing was planned: {cluster}.")
    sizes = await database.sizes(scene.http, cluster)
    if isinstance(sizes, str):
        raise ServiceUnavailable(f"Nothing was planned: {sizes}.")
    check_size(word, cluster, sizes)
    preview = Preview(measured_at_ms=scene.clock.now_ms(), says=says_of_size(word, cluster))
    return plan_at_digitalocean(scene, database.resize_path, cluster, new=word), preview


def check_size(new: str, cluster: Cluster, sizes: tuple[str, ...]) -> None:
    """Raises BadInput for a size that there is not for it, or that is not larger."""
    if cluster.engine not in ENGINES:
        raise Refused("The database at DigitalOcean is no Redis: look at digitalocean_database_id.")
    if not cluster.is_online:
        raise Refused(f"It is {cluster.status} now: wait until it is online, then ask again.")
    old_gb = memory_of(cluster.size)
    if old_gb is None:
        raise Refused(f"How large {cluster.size} is cannot be told from its name: resize it by hand.")
    larger = [size for size in sizes if (memory_of(size) or 0) > old_gb]
    there_are = f"Write one of {', '.join(larger[:SIZES_SHOWN])}" if larger else "There is no larger one"
    if new == cluster.size:
        raise BadInput(f"Its size is {new} already. {there_are}.")
    if new not in sizes:
        raise BadInput(f"Which size? It has {cluster.size}. {there_are}.")
    if new not in larger:
        raise BadInput(f"{new} has no more memory than {cluster.size}, which it has. {there_are}.")


def says_of_size(new: str, cluster: Cluster) -> tuple[str, ...]:
    nodes = "its one node" if cluster.num_nodes == 1 else f"each of its {cluster.num_nodes} nodes"
    return (
        f"The size {cluster.size} → {new}, of {nodes}; how many nodes it has stays as it is",
        f"It costs money: from then on DigitalOcean bills {new} instead of {cluster.size} for {nodes}",
        "It takes minutes, with much data longer (expected)",
    )


def plan_at_digitalocean(scene: Scene, path: str, cluster: Cluster, *, new: str) -> Plan:
    never_back = "Cannot be undone: DigitalOcean takes no storage back, so Pong books no smaller size"
    return Plan(
        remediation="scale",
        title=f"Resize it at DigitalOcean to {new}",
        target=scene.target.name,
        address=scene.address,
        tier=Tier.REVERSIBLE,
        steps=(
            HttpCall(
                service="DigitalOcean",
                method="PUT",
                path=path,
                undo=f"{never_back}.",
                repeat=Repeat.CHECK,
                # Both have to be sent: a number of nodes that is left out or another one changes that too.
                fields=(("size", new), ("num_nodes", cluster.num_nodes)),
            ),
            Wait(
                at_most_s=BEGUN_WITHIN_S,
                until="the resize has begun",
                condition="resize-begun",
                given=new,
            ),
            Wait(
                at_most_s=RESIZED_WITHIN_S,
                until=f"it is online with {new}",
                condition="size-is",
                given=f"{new} {cluster.num_nodes}",
                every_s=LOOK_EVERY_S,
            ),
        ),
        lost="no data; connections when the new node takes over, which clients have to make again (expected)",
        undo=never_back,
        preconditions=(f"its size is {cluster.size}", "it is online"),
        goal=f"it is online with {new}",
        by_approvers=True,
    )
