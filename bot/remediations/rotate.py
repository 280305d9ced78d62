"""What would it mean to give the applications another user and password, and to switch the old one off?

The runbook's step 11. Two users take turns: while one serves, the other is made anew, so that "the old one is
unused" can be seen. Where Upstash runs it and there are no two users, see reset.py.
https://redis.io/docs/latest/commands/acl-setuser/
"""

from functools import partial

from bot.config.quorum import ROTATION_NEEDS
from bot.diagnostics.units import count
from bot.errors import BadInput, Refused
from bot.providers.upstash import UpstashDatabase
from bot.remediations import reset
from bot.remediations.consumers import Way, connected, named, said_of, told, unseen, ways_of
from bot.remediations.plan import (
    Plan,
    Preview,
    RedisCommand,
    RedisKill,
    Repeat,
    Step,
    Tier,
    Wait,
)
from bot.remediations.remediation import Prepared, Remediation, Scene, Words
from bot.remediations.secret import NewSecret
from bot.remediations.users import Users, users_of
from bot.targets.target import Target
from bot.text import plain
from bot.verification.refusals import WATCHED_S

TAKES = "planned | leaked"
TURNS = 2
USED_WITHIN_S = 120
UNUSED_WITHIN_S = 300
WATCHED_WITHIN_S = 60
USERS_SHOWN = 8
IN_FALLBACK = (
    "Fallback mode is on, so the applications do not use Redis: switch it off first (/redis fallback off), "
    "then rotate."
)

UNKNOWN_SENTINELS = (
    "Sentinels that Pong does not know log in as {}: name all of them in REDIS_REMEDIATION_URL "
    "(redis+sentinel://…), or give them a user of their own (SENTINEL SET … auth-user) first."
)


async def prepare(scene: Scene, words: Words) -> Prepared:
    word = words[0].lower() if words else ""
    if word not in ("planned", "leaked"):
        raise BadInput(f"Is the rotation planned, or has the password leaked? Write one of {TAKES}.")
    if scene.in_fallback and word == "planned":
        raise Refused(IN_FALLBACK)
    database = scene.target.database
    if isinstance(database, UpstashDatabase) and _at_upstash(scene.target):
        return await reset.prepare(scene, database, has_leaked=word == "leaked")
    ways = await _ways(scene)
    users = await users_of(scene)
    if word == "planned":
        _is_whole(users)
    told = named(scene.target.consumers)
    leaked = (*others_of(users), *left_of(users)) if word == "leaked" else ()
    says = (*users.says(), told, users.forgets(), *leaked, *said_of(ways), *unseen(scene))
    make = plan_of_leaked if word == "leaked" else plan_of_planned
    preview = Preview(measured_at_ms=scene.clock.now_ms(), says=tuple(line for line in says if line))
    return make(scene, users, ways), preview


def _is_whole(users: Users) -> None:
    """Raises Refused where one server would be cut off, or keep the old user: a planned one can wait."""
    if silent := (*users.silent, *users.links.silent):
        raise Refused(f"{silent[0]}: mend that first, for it would keep the old password.")
    if users.links.untold:
        raise Refused(UNKNOWN_SENTINELS.format(users.old))


def _at_upstash(target: Target) -> bool:
    """It runs there, and there are no two users to take turns."""
    return isinstance(target.database, UpstashDatabase) and not target.users


def others_of(users: Users) -> tuple[str, ...]:
    """Users that this rotation leaves as they are: one that nobody knows may be the thief's own."""
    named = [f"{plain(name, 60)} ({count(many, 'connection', 'connections')})" for name, many in users.others]
    more = f" and {len(named) - USERS_SHOWN} more" if len(named) > USERS_SHOWN else ""
    shown = ", ".join(named[:USERS_SHOWN])
    return (f"Other users that are on, and stay: {shown}{more}. Do you know each of them",) if named else ()


def left_of(users: Users) -> tuple[str, ...]:
    """A leak is ended where it can be; what is left is left to people."""
    by_hand = f"so end {users.old} there by hand (ACL SETUSER {users.old} off resetpass)"
    return (
        *(f"{line}: it is left out, {by_hand}" for line in users.silent),
        *(f"{line}: it is left out, and will be locked out" for line in users.links.silent),
    )


def plan_of_planned(scene: Scene, users: Users, ways: tuple[Way, ...]) -> Plan:
    """Both users are valid until nobody uses the old one any more."""
    steps: tuple[Step, ...] = (
        *_made(users),
        *users.links.moved(users.old),
        *_told(users, ways),
        _used(users),
        *(_unused(users, node.place) for node in users.nodes),
        *(_off(users, node.place) for node in users.nodes),
        *_kept(users),
        *connected(scene.target.consumers),
        *_watched(users),
    )
    return Plan(
        remediation="rotate",
        title=f"Rotate from {users.old} to {users.new}",
        target=scene.target.name,
        address=scene.address,
        tier=Tier.ACCESS_CHANGING,
        steps=steps,
        lost=f"nothing, when nobody else uses {users.old}: both are valid until it is unused",
        undo=f"Undo: ACL SETUSER {users.old} on, and give the applications its old password",
        preconditions=(f"{users.old} is the user in use",),
        goal=f"the applications are connected as {users.new}, and {users.old} is off",
        least_approvals=ROTATION_NEEDS,
    )


def _unused(users: Users, node: str) -> Wait:
    return Wait(
        at_most_s=UNUSED_WITHIN_S,
        until=f"nobody is connected as {users.old}",
        condition="user-unused",
        given=users.old,
        at=node,
    )


def _off(users: Users, node: str) -> RedisCommand:
    return RedisCommand(
        arguments=("ACL", "SETUSER", users.old, "off"),
        undo=f"ACL SETUSER {users.old} on: its old password is valid again.",
        repeat=Repeat.HARMLESS,
        at=node,
    )


def plan_of_leaked(scene: Scene, users: Users, ways: tuple[Way, ...]) -> Plan:
    """The leaked password ends at once; who used it is without Redis until told the new one."""
    off = [
        RedisCommand(
            arguments=("ACL", "SETUSER", users.old, "off", "resetpass"),
            undo="Cannot be undone: the leaked password is gone.",
            repeat=Repeat.HARMLESS,
            at=node.place,
        )
        for node in users.nodes
    ]
    # A session that logged in before outlives its password.
    kill = partial(RedisKill, by="user", given=users.old, undo="They connect again with the new password.")
    killed = [kill(at=node.place) for node in users.nodes]
    made = _made(users)
    steps: tuple[Step, ...] = (
        *(*made, *off, *killed),
        *_kept(users),
        *_told(users, ways),
        *(() if scene.in_fallback else (_used(users),)),
        *connected(scene.target.consumers, in_fallback=scene.in_fallback),
        *(*users.links.back(), *_watched(users)),
    )
    has_it = "have the password of" if scene.in_fallback else "are connected as"
    return Plan(
        remediation="rotate",
        title=f"Replace {users.old}, which leaked, by {users.new}",
        target=scene.target.name,
        address=scene.address,
        tier=Tier.ACCESS_CHANGING,
        steps=steps,
        lost=f"every connection of {users.old}: no Redis for the applications until they have the new one",
        undo="Cannot be undone",
        preconditions=(f"{users.old} is the user in use",),
        goal=f"{users.old} is off, and the applications {has_it} {users.new}",
        least_approvals=ROTATION_NEEDS,
        goes_on_from=len(made) + 1,
        still=f"{users.old} and its leaked password still work",
    )


def _made(users: Users) -> tuple[Step, ...]:
    create = [
        RedisCommand(
            arguments=(
                "ACL",
                "SETUSER",
                users.new,
                "reset",
                *users.rules,
                "on",
                NewSecret(_secret(users), before=">"),
            ),
            undo=f"ACL DELUSER {users.new}.",
            repeat=Repeat.HARMLESS,
            at=node.place,
        )
        for node in users.nodes
    ]
    given = users.links.given(users.new, users.old, _secret(users))
    return (*create, *_kept(users), *given)


def _kept(users: Users) -> tuple[Step, ...]:
    command = partial(RedisCommand, undo="Nothing to undo.", repeat=Repeat.HARMLESS)
    return tuple(command(arguments=node.persists, at=node.place) for node in users.nodes if node.persists)


def _told(users: Users, ways: tuple[Way, ...]) -> tuple[Step, ...]:
    secret = partial(NewSecret, _secret(users))
    return told(ways, users.new, secret, undo=lambda name: f"Give {name} the password of {users.old} again.")


def _used(users: Users) -> Wait:
    return Wait(
        at_most_s=USED_WITHIN_S,
        until=f"an application is connected as {users.new}",
        condition="user-in-use",
        given=users.new,
    )


def _watched(users: Users) -> tuple[Step, ...]:
    return tuple(
        Wait(
            at_most_s=WATCHED_WITHIN_S,
            until=f"logins as {users.old} were watched for {WATCHED_S} s",
            condition="refusals-watched",
            given=users.old,
            at=node.place,
        )
        for node in users.nodes
    )


def _secret(users: Users) -> str:
    return f"password of {users.new}"


# -- what is there now ------------------------------------------------------------------------------------


async def _ways(scene: Scene) -> tuple[Way, ...]:
    target = scene.target
    if len(target.users) != len(set(target.users)) or len(target.users) != TURNS:
        raise BadInput(
            f'Between which users? Set users = ["app_a", "app_b"] in [targets.{target.name}] of pong.toml: '
            "the one that serves, and the one that takes turns with it."
        )
    return await ways_of(scene)


REMEDIATION = Remediation(name="rotate", takes=TAKES, prepare=prepare, at_provider=_at_upstash)
