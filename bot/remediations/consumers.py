"""Who is told another password for Redis, how, and how is it seen that they use it?

The commands are pong.toml's `credentials_command`: each reads two lines, the user and the password.
"""

from bot.applications.health import Application
from bot.errors import BadInput
from bot.remediations.plan import ConfiguredCommand, Repeat, Step, Wait
from bot.remediations.secret import Handed
from bot.targets.target import Target

CONNECTED_WITHIN_S = 180


def consumers_of(target: Target) -> tuple[Application, ...]:
    """Raises BadInput unless there are some and each can be told."""
    if not target.consumers:
        raise BadInput(
            f"Nobody would be told the new password: set application or consumers in [targets.{target.name}]."
        )
    silent = [one.name for one in target.consumers if not one.credentials_command]
    if silent:
        raise BadInput(
            f"How {silent[0]} is told a new password is not known: set credentials_command in "
            f"[applications.{silent[0]}] of pong.toml."
        )
    return target.consumers


def named(consumers: tuple[Application, ...]) -> str:
    names = ", ".join(one.name for one in consumers)
    return f"Whoever is told the new password: {names}. Is that all of them"


def told(consumer: Application, secret: Handed, *, undo: str) -> Step:
    return ConfiguredCommand(
        arguments=consumer.credentials_command, secret=secret, undo=undo, repeat=Repeat.HARMLESS
    )


def connected(consumers: tuple[Application, ...]) -> tuple[Step, ...]:
    """A look at each that can be asked."""
    return tuple(
        Wait(
            at_most_s=CONNECTED_WITHIN_S,
            until=f"{one.name} says that Redis is connected",
            condition="application-connected",
            given=one.name,
        )
        for one in consumers
        if one.health_url is not None
    )
