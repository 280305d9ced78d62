"""Which of a server's clients are meant? Pure.

https://redis.io/docs/latest/commands/client-list/
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

# N normal, nothing else: replicas, subscribers, clients in MULTI or blocked on a queue are at work.
AT_REST = "N"
REPLICA = "S"


@dataclass(frozen=True, kw_only=True)
class Client:
    """One line of CLIENT LIST; `idle_s` is since its last command."""

    id: int
    name: str
    address: str
    idle_s: int
    flags: str
    user: str = ""


def parse_list(raw: bytes | str) -> list[Client]:
    """The reply of CLIENT LIST; a line that is none is left out."""
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw
    return [client for line in text.splitlines() if (client := _client(line))]


def chosen(clients: Iterable[Client], by: str, given: str) -> list[Client]:
    """Those meant: by name, address or user exactly, of a user the replicas, or idle for over `given` seconds
    and at rest."""
    if by == "user":
        return [client for client in clients if client.user == given]
    if by == "replica":
        return [client for client in clients if client.user == given and REPLICA in client.flags]
    if by == "address":
        return [client for client in clients if client.address == given]
    if by == "name":
        return [client for client in clients if client.name == given and client.flags == AT_REST]
    return [client for client in clients if client.idle_s > int(given) and client.flags == AT_REST]


def sentinel_of(client: Client) -> str:
    """The beginning of the id of the Sentinel whose connection it calls itself, "" for any other client."""
    found = re.fullmatch(r"sentinel-([0-9a-f]+)-\w+", client.name)
    return found[1] if found else ""


def is_application(client: Client) -> bool:
    """Whether it is no server: no replica and no Sentinel."""
    return REPLICA not in client.flags and not sentinel_of(client)


def _client(line: str) -> Client | None:
    # A name holds no space, so nothing that a client calls itself can pass for another field.
    fields = dict(part.partition("=")[::2] for part in line.split(" "))
    if not re.fullmatch(r"\d+", fields.get("id", "")) or not re.fullmatch(r"\d+", fields.get("idle", "")):
        return None
    return Client(
        id=int(fields["id"]),
        name=fields.get("name", ""),
        address=fields.get("addr", ""),
        idle_s=int(fields["idle"]),
        flags=fields.get("flags", ""),
        user=fields.get("user", ""),
    )
