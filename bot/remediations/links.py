"""Which servers log in as one of the two users themselves, and how does each of them get the other one?

A replica keeps the connection it has and takes its new credentials only for the next one, so that is ended
once; a Sentinel connects again as soon as it is told. Of the primary it is what it logs in with once another
takes its place.
https://redis.io/docs/latest/operate/oss_and_stack/management/replication/
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from redis.exceptions import RedisError

from bot.diagnostics.units import count
from bot.remediations.clients import Client, sentinel_of
from bot.remediations.nodes import Node
from bot.remediations.plan import RedisCommand, RedisKill, Repeat, Step, Wait
from bot.remediations.remediation import Scene
from bot.remediations.secret import NewSecret
from bot.remediations.trouble import in_words
from bot.targets.endpoint import Sentinels

BACK_WITHIN_S = 300


@dataclass(frozen=True, kw_only=True)
class Links:
    """`nodes` log in as one of the two users, `sentinels` (host:port) watch `service` so. `untold` is how
    many more Sentinels do that Pong does not know; `silent` are sentences about those that do not answer."""

    nodes: tuple[Node, ...] = ()
    sentinels: tuple[str, ...] = ()
    service: str = ""
    untold: int = 0
    silent: tuple[str, ...] = ()

    @property
    def replicas(self) -> tuple[Node, ...]:
        return tuple(node for node in self.nodes if node.follows is not None)

    def given(self, new: str, old: str, secret: str) -> tuple[Step, ...]:
        """All get `new` and what is called `secret`, and keep it over a restart where they can."""
        back = f"the credentials of {old} again"
        command = partial(RedisCommand, repeat=Repeat.HARMLESS)
        put = partial(command, undo=f"Give it {back}.")
        told = ("SENTINEL", "SET", self.service, "auth-user", new, "auth-pass", NewSecret(secret))
        return (
            *(put(arguments=("CONFIG", "SET", "masteruser", new), at=node.place) for node in self.nodes),
            *(
                put(arguments=("CONFIG", "SET", "masterauth", NewSecret(secret)), at=node.place)
                for node in self.nodes
            ),
            *(
                command(arguments=node.rewrites, undo="Nothing to undo.", at=node.place)
                for node in self.nodes
                if node.rewrites
            ),
            *(command(arguments=told, undo=f"Give it {back}.", at=one) for one in self.sentinels),
        )

    def moved(self, old: str) -> tuple[Step, ...]:
        """Their connections as `old` end, so that they connect as they were told."""
        undo = "They connect again by themselves."
        followed = dict.fromkeys(node.follows or "" for node in self.replicas)
        kills = (RedisKill(by="replica", given=old, undo=undo, at=place) for place in followed)
        return (*kills, *self.back())

    def back(self) -> tuple[Step, ...]:
        """Each replica is connected again."""
        return tuple(
            Wait(
                at_most_s=BACK_WITHIN_S,
                until=f"the replica {node.place} is online",
                condition="replica-online",
                given=node.place,
                at=node.follows or "",
            )
            for node in self.replicas
        )

    def says(self, new: str) -> tuple[str, ...]:
        """What people read of it before they approve."""
        told = f"with these credentials too: told {new}"
        lines = []
        if many := len(self.replicas):
            lines.append(f"{count(many, 'replica logs', 'replicas log')} in {told}, and connected anew once")
        elif self.nodes:
            lines.append(f"As a replica it would log in {told}")
        if many := len(self.sentinels):
            lines.append(f"{count(many, 'Sentinel logs', 'Sentinels log')} in {told}")
        if self.untold:
            who = count(self.untold, "Sentinel", "Sentinels")
            lines.append(f"{who} that Pong does not know, logged in so: will be locked out")
        return tuple(lines)


async def links_of(
    scene: Scene, nodes: Iterable[Node], clients: Iterable[Client], turn: tuple[str, str]
) -> Links:
    """`clients` are those of the primary, which every Sentinel is connected to."""
    linked = tuple(node for node in nodes if node.masteruser in turn)
    watching = len({sentinel_of(client) for client in clients if client.user in turn} - {""})
    group = scene.target.remediation
    if not watching or not isinstance(group, Sentinels):
        return Links(nodes=linked, untold=watching)
    told: list[str] = []
    silent: list[str] = []
    for one in map(str, group.sentinels):
        try:
            await scene.client_at(one).ping()
        except (RedisError, OSError) as error:
            silent.append(f"The Sentinel {one} cannot be told, for {in_words(error)}")
        else:
            told.append(one)
    untold = max(0, watching - len(group.sentinels))
    return Links(
        nodes=linked, sentinels=tuple(told), service=group.service, untold=untold, silent=tuple(silent)
    )
