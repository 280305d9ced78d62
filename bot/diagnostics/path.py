"""Does the target's name lead somewhere, and does every address behind it take connections? Step 7.

Seen from where Pong runs. https://docs.python.org/3/library/socket.html#socket.getaddrinfo
"""

import asyncio

from bot.config.tables import ThresholdsTable
from bot.diagnostics.finding import Finding, NextStep, Severity
from bot.diagnostics.question import Measured, NotSet, NotSupported, Subject
from bot.diagnostics.units import count
from bot.targets.address import Address
from bot.targets.names import resolve
from bot.targets.rest import Rest

CHECK = "path"
ADDRESSES_MOST = 8
RESOLVED_WITHIN_S = 1.5
CONNECTS_WITHIN_S = 1.0


async def read(subject: Subject) -> Measured:
    """addresses: how many the name has; open: of so many the port takes connections; slowest_ms of these."""
    address = subject.target.address
    if isinstance(address, Rest):
        address = address.way
    if not isinstance(address, Address):
        raise NotSet("it has several servers: each was pinged")
    if address.scheme == "unix":
        raise NotSupported("a socket file has no network path")
    try:
        async with asyncio.timeout(RESOLVED_WITHIN_S):
            found = await resolve(address.host, address.port)
    except TimeoutError:
        raise NotSupported(f"its name was not resolved within {RESOLVED_WITHIN_S:g} s") from None
    places = list(dict.fromkeys(where[:2] for _, where in found))[:ADDRESSES_MOST]
    took_ms = await asyncio.gather(*(_connect(subject, str(host), int(port)) for host, port in places))
    opened = [one for one in took_ms if one is not None]
    return {"addresses": len(places), "open": len(opened), "slowest_ms": max(opened, default=0.0)}


def judge(measured: Measured, thresholds: ThresholdsTable) -> list[Finding]:
    addresses, opened = measured["addresses"], measured["open"]
    figure = f"{opened} of {addresses}"
    figures = {"addresses": addresses, "addresses_open": opened}
    if opened == addresses:
        told = count(addresses, "address takes", "addresses take")
        title = f"{told} connections, the slowest after {measured['slowest_ms']:.0f} ms"
        return [Finding(check=CHECK, severity=Severity.OK, title=title, figures=figures)]
    if addresses == 1:
        said = "its one address takes no connection: the ping says why"
        return [Finding(check=CHECK, severity=Severity.UNKNOWN, title=said)]
    severity = Severity.WARNING if opened else Severity.CRITICAL
    return [
        Finding(
            check=CHECK,
            severity=severity,
            title=f"{figure} addresses {'takes' if opened == 1 else 'take'} connections",
            meaning="Who meets the others fails: as if the fault came and went." if opened else "",
            figure=figure,
            threshold="all of them",
            next_step=NextStep(label="Look at the DNS entries, the firewall and the servers (step 7)."),
            figures=figures,
        )
    ]


async def _connect(subject: Subject, host: str, port: int) -> float | None:
    """How many milliseconds a connection takes; None when there is none."""
    began_s = subject.clock.monotonic_s()
    try:
        async with asyncio.timeout(CONNECTS_WITHIN_S):
            _, writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError):
        return None
    took_ms = 1000 * (subject.clock.monotonic_s() - began_s)
    writer.transport.abort()
    return took_ms
