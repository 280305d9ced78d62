"""Which servers log in as one of the two users themselves, and how does each of them get the other one? Pure.

A replica keeps the connection it has and takes its new credentials only for the next one, so that is ended
once; a Sentinel connects again as soon as it is told. Of the primary it is what it logs in with once another
takes its place.
https://redis.io/docs/latest/operate/oss_and_stack/management/replication/
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial

from bot.diagnostics.units import count
from bot.errors import Refused
from bot.remediations.clients import REPLICA, Client
from bot.remediations.plan import RedisCommand, RedisKill, Repeat, Step, Wait
from bot.remediations.secret import NewSecret
from bot.targets.endpoint import Endpoint, Sentinels

SENTINELS = "sentinel-"  # what each of their connections is called, before the beginning of its id
BACK_WITHIN_S = 300


@dataclass(frozen=True, kw_only=True)
class Links:
    """`replicas` (host:port) are those that log in as one of the two users, `is_primary_one` says that the
    primary would; `sentinels` (host:port) watch `service`. `untold` is how many connections of Sentinels
    log in so that Pong has no way to tell."""

    replicas: tuple[str, ...] = ()
    is_primary_one: bool = False
    sentinels: tuple[str, ...] = ()
    service: str = ""
    untold: int = 0

    @property
    def nodes(self) -> tuple[str, ...]:
        """Where the credentials have to be changed that a server logs in with; "" is the primary."""
        return (*(("",) if self.is_primary_one else ()), *self.replicas)

    def given(self, new: str, old: str, secret: str, *, kept: tuple[str, ...]) -> tuple[Step, ...]:
        """All get `new` and what is called `secret`; `kept` is the command that writes down a node's own."""
        back = f"the credentials of {old} again"
        command = partial(RedisCommand, repeat=Repeat.HARMLESS)
        steps: list[Step] = []
        for node in self.nodes:
            put = partial(command, at=node, undo=f"Give it {back}.")
            steps.append(put(arguments=("CONFIG", "SET", "masteruser", new)))
            steps.append(put(arguments=("CONFIG", "SET", "masterauth", NewSecret(secret))))
            if kept:
                steps.append(command(arguments=kept, at=node, undo="Nothing to undo."))
        told = ("SENTINEL", "SET", self.service, "auth-user", new, "auth-pass", NewSecret(secret))
        steps.extend(
            command(arguments=told, at=one, undo=f"Give this Sentinel {back}.") for one in self.sentinels
        )
        return tuple(steps)

    def moved(self, old: str) -> tuple[Step, ...]:
        """Their connections as `old` end, so that they connect as they were told."""
        if not self.replicas:
            return ()
        undo = "They connect again by themselves."
        return (RedisKill(by="replica", given=old, undo=undo), *self.back())

    def back(self) -> tuple[Step, ...]:
        """Each replica is connected again."""
        return tuple(
            Wait(
                at_most_s=BACK_WITHIN_S,
                until=f"the replica {replica} is online",
                condition="replica-online",
                given=replica,
            )
            for replica in self.replicas
        )

    def says(self, new: str) -> tuple[str, ...]:
        """What people read of it before they approve."""
        told = f"with these credentials too: told {new}"
        lines = []
        if self.replicas:
            who = count(len(self.replicas), "replica logs", "replicas log")
            lines.append(f"{who} in {told}, and connected anew once")
        elif self.is_primary_one:
            lines.append(f"As a replica it would log in {told}")
        if self.sentinels:
            lines.append(f"{count(len(self.sentinels), 'Sentinel logs', 'Sentinels log')} in {told}")
        if self.untold:
            who = count(self.untold, "connection", "connections")
            lines.append(f"Sentinels that Pong does not know ({who}) log in so, and will be locked out")
        return tuple(lines)


def links_of(
    clients: Iterable[Client],
    turn: tuple[str, str],
    *,
    replicas: tuple[str, ...],
    masteruser: str,
    behind: Endpoint | None,
) -> Links:
    """`replicas` are all that the primary has, `masteruser` is its own, `behind` how the target is reached.
    Raises Refused where one replica would be cut off, or given what is not its own."""
    clients, both = list(clients), set(turn)
    users = {client.user for client in clients if REPLICA in client.flags}
    if users & both and users - both:
        names = " and ".join(sorted(users))
        raise Refused(f"Its replicas log in as {names}: give all of them the same user (masteruser) first.")
    watching = sum(client.name.startswith(SENTINELS) and client.user in both for client in clients)
    links = Links(replicas=replicas if users & both else (), is_primary_one=masteruser in both)
    if not isinstance(behind, Sentinels):
        return replace(links, untold=watching)
    told = tuple(map(str, behind.sentinels)) if watching else ()
    return replace(links, sentinels=told, service=behind.service)
