"""Who is told another password for Redis, how, and how is it seen that they use it?

By pong.toml's `credentials_command`, which reads two lines, the user and the password; or by the variable of
an app at DigitalOcean that holds its Redis address, `digitalocean_redis_env`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from bot.applications.health import Application
from bot.errors import BadInput
from bot.providers.app_spec import App
from bot.remediations.app_variable import AppVariable
from bot.remediations.in_app import Seen, around_password, deployed, look, says_of
from bot.remediations.plan import ConfiguredCommand, Repeat, Step, Wait
from bot.remediations.remediation import Scene
from bot.remediations.secret import Handed
from bot.targets.target import Target

CONNECTED_WITHIN_S = 180

Making = Callable[..., Handed]


@dataclass(frozen=True, kw_only=True)
class Way:
    """How a consumer is told: by its command, or where it is `seen` at DigitalOcean."""

    consumer: Application
    seen: Seen | None = None


def consumers_of(target: Target) -> tuple[Application, ...]:
    """Raises BadInput unless there are some and each can be told."""
    if not target.consumers:
        raise BadInput(
            f"Nobody would be told the new password: set application or consumers in [targets.{target.name}]."
        )
    silent = [one.name for one in target.consumers if not one.credentials_command and not _app(target, one)]
    if silent:
        raise BadInput(
            f"How {silent[0]} is told a new password is not known: set credentials_command in "
            f"[applications.{silent[0]}] of pong.toml, or digitalocean_redis_env for an app at DigitalOcean."
        )
    return target.consumers


async def ways_of(scene: Scene) -> tuple[Way, ...]:
    """How each of them is told; who shares an app and its variable is told with the first. Raises as
    `consumers_of` does, Refused and ServiceUnavailable."""
    found: dict[object, Way] = {}
    for one in consumers_of(scene.target):
        app = None if one.credentials_command else _app(scene.target, one)
        if app is None:
            found[one.name] = Way(consumer=one)
        elif (app.app_id, app.redis_env) not in found:
            seen = await look(scene, app, app.redis_env)
            found[app.app_id, app.redis_env] = Way(consumer=one, seen=seen)
    return tuple(found.values())


def _app(target: Target, consumer: Application) -> App | None:
    app = target.app_of(consumer.name)
    return app if app and app.redis_env else None


def named(consumers: tuple[Application, ...]) -> str:
    names = ", ".join(one.name for one in consumers)
    # Not "password: …", behind which every reader of a secret would be hidden.
    return f"{names} will be told the new password. Make sure that nobody else uses it"


def said_of(ways: tuple[Way, ...]) -> tuple[str, ...]:
    """What is to be known of the apps before one of them is deployed anew."""
    return tuple(dict.fromkeys(line for way in ways if way.seen for line in says_of(way.seen)))


def told(ways: tuple[Way, ...], user: str, secret: Making, *, undo: Callable[[str], str]) -> tuple[Step, ...]:
    """Each is told, then each deployment is followed: so that nobody waits for another's. `secret` makes a
    Handed, `undo` the sentence for the consumer of that name."""
    tellings = (_told(way, user, secret, undo=undo(way.consumer.name)) for way in ways)
    return (*tellings, *(deployed(way.seen) for way in ways if way.seen))


def _told(way: Way, user: str, secret: Making, *, undo: str) -> Step:
    if way.seen is None:
        lines = secret(before=f"{user}\n", after="\n")
        command = way.consumer.credentials_command
        return ConfiguredCommand(arguments=command, secret=lines, undo=undo, repeat=Repeat.HARMLESS)
    before, after = around_password(way.seen.app.redis_url, user)
    address = secret(before=before, after=after, is_quoted=True)
    return AppVariable(app_id=way.seen.app.app_id, name=way.seen.variable, value=address, undo=undo)


def unseen(scene: Scene) -> tuple[str, ...]:
    """Where the applications do without Redis nobody can see that they use the new password."""
    line = "Fallback mode is on: whether the applications connect is not waited for"
    return (line,) if scene.in_fallback else ()


def connected(consumers: tuple[Application, ...], *, in_fallback: bool = False) -> tuple[Step, ...]:
    """A look at each that can be asked, unless they do without Redis."""
    return tuple(
        Wait(
            at_most_s=CONNECTED_WITHIN_S,
            until=f"{one.name} says that Redis is connected",
            condition="application-connected",
            given=one.name,
        )
        for one in consumers
        if one.health_url is not None and not in_fallback
    )
