"""What would a higher memory limit mean, and how far may it be raised?

What a provider runs is scaled by the provider: see resize.py. `parse_size` and `plan` are pure.
https://redis.io/docs/latest/operate/oss_and_stack/management/config/
"""

import re
from dataclasses import dataclass

from redis.exceptions import RedisError

from bot.config.tables import ThresholdsTable
from bot.diagnostics.units import in_bytes
from bot.errors import BadInput, Refused
from bot.providers.digitalocean import ManagedDatabase
from bot.providers.upstash import UpstashDatabase
from bot.remediations import resize
from bot.remediations.plan import Plan, Preview, RedisCommand, Repeat, Tier, Wait
from bot.remediations.remediation import Prepared, Remediation, Scene, Words
from bot.remediations.trouble import unmeasured
from bot.targets.target import Target

# As the server reads them: k, m and g count in thousands, kb, mb and gb in 1024s.
UNITS = {"": 1, "b": 1, "k": 10**3, "kb": 2**10, "m": 10**6, "mb": 2**20, "g": 10**9, "gb": 2**30}
# Beside the data a server needs memory for buffers, fragments and the copy that a snapshot makes.
SAFE_SHARE = 0.7
TAKES = "SIZE (as 512mb, 2gb; at a provider the plan)"


@dataclass(frozen=True, kw_only=True)
class Memory:
    """The server's memory now, in bytes; `limit` is 0 where there is none, `host` 0 where it is not told."""

    used: int
    limit: int
    host: int
    policy: str
    has_file: bool


def parse_size(word: str) -> int:
    """`512mb` in bytes. Raises BadInput."""
    found = re.fullmatch(r"([0-9]{1,15})([a-z]{0,2})", word.lower())
    # In small letters the Kelvin sign is a k.
    if not found or not word.isascii() or found[2] not in UNITS:
        raise BadInput("How large? Write SIZE as 512mb, 2gb.")
    return int(found[1]) * UNITS[found[2]]


async def prepare(scene: Scene, words: Words) -> Prepared:
    """Where a provider runs it, by the provider's plan; else by its own limit."""
    word, database = words[0].lower() if words else "", scene.target.database
    if isinstance(database, UpstashDatabase):
        return await resize.at_upstash(scene, database, word)
    if isinstance(database, ManagedDatabase):
        return await resize.at_digitalocean(scene, database, word)
    return await _own_limit(scene, word)


def _at_provider(target: Target) -> bool:
    return isinstance(target.database, UpstashDatabase | ManagedDatabase)


async def _own_limit(scene: Scene, word: str) -> Prepared:
    wanted = parse_size(word)
    memory = await _read(scene)
    check(wanted, memory, most=scene.target.maxmemory_most_bytes)
    preview = preview_of(wanted, memory, scene.target.thresholds, at_ms=scene.clock.now_ms())
    return plan(scene, wanted, memory), preview


def check(wanted: int, memory: Memory, *, most: int | None) -> None:
    """Raises BadInput for a limit that would hurt, with the figure that it hurts by."""
    if wanted <= memory.used:
        raise BadInput(
            f"{in_bytes(wanted)} is less than the {in_bytes(memory.used)} in use: "
            "it would refuse writes or evict keys at once. Write a larger size."
        )
    if memory.limit and wanted <= memory.limit:
        raise BadInput(f"The limit is {in_bytes(memory.limit)} already: write a larger size.")
    if most is not None:
        if wanted > most:
            raise BadInput(f"maxmemory_most_bytes of pong.toml is {in_bytes(most)}: write a smaller size.")
    elif not memory.host:
        raise Refused("How much memory it may have is not known: set maxmemory_most_bytes in pong.toml.")
    elif wanted > (safe := int(memory.host * SAFE_SHARE)):
        raise BadInput(
            f"Its host has {in_bytes(memory.host)}, {in_bytes(safe)} of it are safe: write a smaller size, "
            "or set maxmemory_most_bytes in pong.toml."
        )


def preview_of(wanted: int, memory: Memory, thresholds: ThresholdsTable, *, at_ms: int) -> Preview:
    before = 100 * memory.used / memory.limit if memory.limit else None
    after = 100 * memory.used / wanted
    then = f"memory {before:.0f} % → {after:.0f} %" if before is not None else f"memory at {after:.0f} %"
    old = in_bytes(memory.limit) if memory.limit else "no limit"
    host = f"Its host has {in_bytes(memory.host)}; a container may have less" if memory.host else ""
    says = (
        f"maxmemory {old} → {in_bytes(wanted)} ({then})",
        _too_little(after, thresholds),
        f"The policy stays {memory.policy}",
        host,
    )
    return Preview(
        measured_at_ms=at_ms,
        memory_before_percent=None if before is None else round(before, 1),
        memory_after_percent=round(after, 1),
        says=tuple(line for line in says if line),
    )


def _too_little(after: float, thresholds: ThresholdsTable) -> str:
    """What triage would say of it, said before."""
    for name, limit in (
        ("critical", thresholds.memory_critical_percent),
        ("a warning", thresholds.memory_warning_percent),
    ):
        if after > limit:
            return f"At {after:.0f} % of it memory is still over {limit:g} %, which is {name}: ask for more"
    return ""


def plan(scene: Scene, wanted: int, memory: Memory) -> Plan:
    """In whole bytes, verified, and kept over a restart where there is a file to keep it in."""
    back = f"CONFIG SET maxmemory {memory.limit}"
    steps: list[RedisCommand | Wait] = [
        RedisCommand(
            arguments=("CONFIG", "SET", "maxmemory", str(wanted)), undo=f"{back}.", repeat=Repeat.HARMLESS
        ),
        Wait(at_most_s=10, until=f"maxmemory is {wanted}", condition="limit-is", given=str(wanted)),
    ]
    if memory.has_file:
        undo = f"{back}, then CONFIG REWRITE."
        steps.append(RedisCommand(arguments=("CONFIG", "REWRITE"), undo=undo, repeat=Repeat.HARMLESS))
    kept = "" if memory.has_file else ". It has no configuration file: a restart forgets it"
    return Plan(
        remediation="scale",
        title=f"Raise the memory limit to {in_bytes(wanted)}",
        target=scene.target.name,
        address=scene.address,
        tier=Tier.REVERSIBLE,
        steps=tuple(steps),
        lost=f"nothing{kept}",
        undo=f"Undo: {back}, once less than that is in use",
        preconditions=("more than is in use", "less than is safe"),
        goal=f"maxmemory is {in_bytes(wanted)}",
        needed_over_percent=scene.target.thresholds.memory_goal_percent,
    )


async def _read(scene: Scene) -> Memory:
    try:
        info = await scene.redis.info("memory")
        server = await scene.redis.info("server")
    except (RedisError, OSError) as error:
        raise unmeasured("Its memory was not measured", error) from None
    if info.get("used_memory") is None:
        raise Refused("It does not tell how much memory is in use, so its limit is not changed.")
    return Memory(
        used=int(info["used_memory"]),
        limit=int(info.get("maxmemory") or 0),
        host=int(info.get("total_system_memory") or 0),
        policy=str(info.get("maxmemory_policy") or "as it is"),
        has_file=bool(server.get("config_file")),
    )


REMEDIATION = Remediation(name="scale", takes=TAKES, prepare=prepare, at_provider=_at_provider)
