"""Who is connected, and does somebody not read the answers?

By address, user and name; above 2,000 clients the list would cost the server too much (29 ms at 10,000).
https://redis.io/docs/latest/commands/client-list/
"""

import re
from collections import Counter
from typing import Any

from bot.config.tables import ThresholdsTable
from bot.diagnostics.finding import Finding, NextStep, Severity
from bot.diagnostics.question import Measured, NotSupported, Subject
from bot.diagnostics.samples import number
from bot.diagnostics.units import count, in_bytes

CHECK = "clients"
LISTED_MOST = 2_000
NAMED_MOST = 3
BUFFER_MOST_BYTES = 200 * 1024
REPLICA_BUFFER_MOST_BYTES = 10 * 2**20
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,30}")


async def read(subject: Subject) -> Measured:
    """addresses, users, names: {each: connections}, most first; buffers: output bytes over a limit.

    An address is told without its port; a name that is no plain word may be anything, and is not told.
    """
    connected = number(await subject.info(), "connected_clients")
    if connected is not None and connected > LISTED_MOST:
        raise NotSupported(f"{connected:,.0f} clients: listing them would cost the server too much")
    listed = parsed(await subject.redis.ask("CLIENT", "LIST"))
    addresses = Counter(client.get("addr", "").rpartition(":")[0] or "a socket file" for client in listed)
    return {
        "clients": len(listed),
        "addresses": dict(addresses.most_common()),
        "users": counted(listed, "user"),
        "names": counted(listed, "name"),
        "buffers": sorted((_buffer(client) for client in listed if _is_over(client)), reverse=True),
        "blocked": sum("b" in client.get("flags", "") for client in listed),
    }


def judge(measured: Measured, thresholds: ThresholdsTable) -> list[Finding]:
    addresses: dict[str, int] = measured["addresses"]
    told = _told(addresses)
    by = "".join(
        f"; by {what} {_told(measured[f'{what}s'])}" for what in ("user", "name") if measured[f"{what}s"]
    )
    found = [
        Finding(
            check=CHECK,
            severity=Severity.OK,
            title=f"{count(measured['clients'], 'client', 'clients')} by address: {told}{by}",
            figure=told,
            figures={"most_clients_of_one_address": max(addresses.values(), default=0)},
        )
    ]
    if buffers := measured["buffers"]:
        found.insert(0, _buffers(buffers))
    return found


def counted(listed: list[dict[str, str]], field: str) -> dict[str, int]:
    """How many clients by `field`, for those that the server tells it of."""
    words = Counter(_word(client[field]) for client in listed if client.get(field))
    return dict(words.most_common())


def _word(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else "another"


def _told(numbers: dict[str, int]) -> str:
    return ", ".join(f"{name} {number}" for name, number in list(numbers.items())[:NAMED_MOST])


def parsed(reply: Any) -> list[dict[str, str]]:
    """CLIENT LIST, raw or as redis-py reads it."""
    if isinstance(reply, list):
        return [{str(name): str(value) for name, value in client.items()} for client in reply]
    text = reply.decode(errors="replace") if isinstance(reply, bytes) else str(reply)
    return [
        dict(pair.partition("=")[::2] for pair in line.split(" ") if "=" in pair)
        for line in text.splitlines()
        if line
    ]


def _buffers(buffers: list[int]) -> Finding:
    readers = count(len(buffers), "client does not read its answers", "clients do not read their answers")
    return Finding(
        check=CHECK,
        severity=Severity.WARNING,
        title=f"{readers}: up to {in_bytes(buffers[0])} wait for one",
        meaning="What waits for them fills the memory: a slow reader, a huge reply, or MONITOR.",
        figure=in_bytes(buffers[0]),
        threshold=f"over {in_bytes(BUFFER_MOST_BYTES)}, of a replica {in_bytes(REPLICA_BUFFER_MOST_BYTES)}",
        next_step=NextStep(label="Find it (CLIENT LIST, the biggest omem) and restart that application."),
        figures={"output_buffer_bytes": buffers[0]},
    )


def _buffer(client: dict[str, str]) -> int:
    return int(waiting) if (waiting := client.get("omem", "0")).isdigit() else 0


def _is_over(client: dict[str, str]) -> bool:
    is_replica = "S" in client.get("flags", "")
    return _buffer(client) > (REPLICA_BUFFER_MOST_BYTES if is_replica else BUFFER_MOST_BYTES)
