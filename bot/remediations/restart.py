"""What would a restart mean: of the application, or of the Redis itself?

The runbook's step 8. Both are programs or calls that pong.toml fixes.
https://docs.digitalocean.com/reference/api/
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from redis.exceptions import RedisError

from bot.diagnostics.units import count, seconds
from bot.errors import BadInput, Refused, ServiceUnavailable
from bot.providers.digitalocean import newest_deployment
from bot.remediations.plan import (
    ConfiguredCommand,
    HttpCall,
    Plan,
    Preview,
    Repeat,
    Step,
    Tier,
    Wait,
)
from bot.remediations.remediation import Prepared, Remediation, Scene, Words
from bot.remediations.saves import NEVER_SAVED, age_of_save, keys_of
from bot.remediations.trouble import in_words
from bot.targets.outcome import Kind
from bot.targets.ping import ping

TAKES = "app | redis"
APPLICATION_WITHIN_S = 180
DEPLOYED_WITHIN_S = 600
REDIS_WITHIN_S = 120
END_SAVES = ", unless it saves as it ends"
# The way there is fine or unknown, and nothing speaks at its end.
SILENT = frozenset({Kind.FROZEN, Kind.TLS_STALLED, Kind.BLACK_HOLE})


async def prepare(scene: Scene, words: Words) -> Prepared:
    word = words[0].lower() if words else ""
    if word == "app":
        return await _application(scene)
    if word == "redis":
        return await _redis(scene)
    raise BadInput(f"Restart what? Write one of {TAKES}.")


# -- the application --------------------------------------------------------------------------------------


async def _application(scene: Scene) -> Prepared:
    application, cloud = scene.target.application, scene.target.cloud
    if application is None:
        raise BadInput(f"{scene.target.name} has no application in pong.toml, so there is none to restart.")
    if application.restart_command:
        steps: tuple[Step, ...] = (
            ConfiguredCommand(
                arguments=application.restart_command, undo="Nothing to undo.", repeat=Repeat.NEVER
            ),
        )
    elif cloud and cloud.app_id:
        newest = await newest_deployment(scene.http, cloud)
        if isinstance(newest, str):
            raise ServiceUnavailable(f"Nothing was planned: {newest}.")
        steps = cloud_steps(cloud.app_id, newest.id)
    else:
        raise BadInput(
            f"How {application.name} is restarted is not known: set restart_command or digitalocean_app_id "
            f"in [applications.{application.name}] of pong.toml."
        )
    is_asked = application.health_url is not None
    preview = Preview(
        measured_at_ms=scene.clock.now_ms(),
        says=() if is_asked else ("It has no health_url, so nothing verifies the restart",),
    )
    return plan_of_application(scene, application.name, steps, is_asked=is_asked), preview


def cloud_steps(app_id: str, newest: str) -> tuple[Step, ...]:
    """What runs is restarted as it is; nothing newer is built. `newest` is the deployment from before."""
    return (
        HttpCall(
            service="DigitalOcean",
            method="POST",
            path=f"/v2/apps/{app_id}/restart",
            undo="Nothing to undo.",
            repeat=Repeat.CHECK,
        ),
        Wait(
            at_most_s=DEPLOYED_WITHIN_S,
            until="the restart is deployed",
            condition="deployment-active",
            given=newest,
        ),
    )


def plan_of_application(scene: Scene, name: str, steps: tuple[Step, ...], *, is_asked: bool) -> Plan:
    verified = Wait(
        at_most_s=APPLICATION_WITHIN_S,
        until=f"{name} says that Redis is connected",
        condition="application-connected",
    )
    return Plan(
        remediation="restart",
        title=f"Restart {name}",
        target=scene.target.name,
        address=scene.address,
        tier=Tier.REVERSIBLE,
        steps=(*steps, verified) if is_asked else steps,
        lost="requests that are under way when an instance ends",
        undo="Nothing to undo: the same version starts again",
        preconditions=(),
        goal=f"{name} is connected to Redis again",
    )


# -- the Redis itself -------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Saved:
    """What a restart finds on the disk: `changes` since the last save, which was `age_s` ago, None where it
    has not saved since it started; `is_logged`: an append-only file has them too; `has_failed`: it could not
    save when it last tried."""

    run_id: str
    changes: int
    age_s: float | None
    is_logged: bool
    role: str = "master"
    replicas: int = 0
    has_failed: bool = False


async def _redis(scene: Scene) -> Prepared:
    command = scene.target.restart_command
    if not command:
        raise BadInput(
            f"How {scene.target.name} is restarted is not known: set restart_command in "
            f"[targets.{scene.target.name}] of pong.toml."
        )
    now_ms = scene.clock.now_ms()
    outcome = await ping(scene.target, scene.clock)
    if outcome.kind is Kind.LOADING:
        raise Refused(f"{scene.target.name} is loading its data: a restart would begin that anew. Wait.")
    if outcome.kind is Kind.REFUSED:
        preview = Preview(
            measured_at_ms=now_ms, says=("Nobody listens on its port: there is nothing to lose",)
        )
        return plan_of_redis(scene, command, None, is_down=True), preview
    saved = await _saved(scene, now_ms)
    if not isinstance(saved, Saved):
        says = (f"What it has not saved is not known: {saved}",)
        made = plan_of_redis(scene, command, None)
        return replace(made, for_silent=outcome.kind in SILENT), Preview(measured_at_ms=now_ms, says=says)
    preview = Preview(measured_at_ms=now_ms, unsaved_changes=unsaved(saved), says=says_of(saved))
    return plan_of_redis(scene, command, saved), preview


def unsaved(saved: Saved) -> int:
    """The changes that a restart would lose."""
    return 0 if saved.is_logged else saved.changes


def says_of(saved: Saved) -> tuple[str, ...]:
    changes = count(saved.changes, "change", "changes")
    replicas = count(saved.replicas, "replica", "replicas")
    if saved.is_logged:
        first = "Its append-only file holds every change, but for the last second's"
    elif saved.age_s is None:
        first = f"{NEVER_SAVED}: up to {changes} would be lost"
    else:
        first = f"Its last save was {seconds(saved.age_s)} ago, with {changes} since"
    role = "It is a replica" if saved.role != "master" else f"It has {replicas}"
    return first, role


def plan_of_redis(
    scene: Scene, command: tuple[str, ...], saved: Saved | None, *, is_down: bool = False
) -> Plan:
    """`saved` is None when it could not be asked; `is_down`: nobody listens, so nothing is left to lose."""
    keeps_all = is_down or (saved is not None and unsaved(saved) == 0)
    if saved is not None:
        verified = Wait(
            at_most_s=REDIS_WITHIN_S,
            until="a new process answers",
            condition="redis-is-new",
            given=saved.run_id,
        )
    else:
        verified = Wait(at_most_s=REDIS_WITHIN_S, until="it answers again", condition="redis-answers")
    # Only another run_id proves that it was restarted: that it answers may have other reasons.
    repeat = Repeat.CHECK if saved is not None else Repeat.NEVER
    cannot = saved is not None and saved.has_failed
    ends = ": its last attempt to save failed, so do not count on one as it ends" if cannot else END_SAVES
    lost = f"every change since its last save{ends}"
    return Plan(
        remediation="restart",
        title="Restart Redis",
        target=scene.target.name,
        address=scene.address,
        tier=Tier.REVERSIBLE if keeps_all else Tier.DATA_LOSING,
        steps=(
            ConfiguredCommand(arguments=command, undo="Cannot be undone.", repeat=repeat),
            verified,
        ),
        lost="no data; every client is disconnected and connects again" if keeps_all else lost,
        undo="Cannot be undone",
        preconditions=("it is not loading its data",),
        goal="it answers again",
    )


async def _saved(scene: Scene, now_ms: int) -> Saved | str:
    """Or why that is not known, as a clause."""
    try:
        info = await scene.redis.info()
    except (RedisError, OSError) as error:
        return in_words(error)
    if info.get("run_id") is None or info.get("rdb_changes_since_last_save") is None:
        return "its INFO does not tell"
    return Saved(
        run_id=str(info["run_id"]),
        changes=_changes(info, now_ms),
        age_s=age_of_save(info, now_ms),
        is_logged=bool(info.get("aof_enabled")) and info.get("aof_last_write_status") == "ok",
        role=str(info.get("role") or "master"),
        replicas=int(info.get("connected_slaves") or 0),
        has_failed=info.get("rdb_last_bgsave_status") == "err",
    )


def _changes(info: Mapping[str, Any], now_ms: int) -> int:
    """Where nothing was saved since the start, every key may be lost: its count of changes begins anew when
    a replica takes its primary's data, too."""
    changes = int(info["rdb_changes_since_last_save"])
    return changes if age_of_save(info, now_ms) is not None else max(changes, keys_of(info))


REMEDIATION = Remediation(name="restart", takes=TAKES, prepare=prepare, needs_redis=False)
