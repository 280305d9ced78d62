"""Which addresses does a host's name have, asked so that a silent name server delays nobody?

https://docs.python.org/3/library/socket.html#socket.getaddrinfo
"""

import asyncio
import contextlib
import ipaddress
import socket
import threading
from typing import Any

Place = tuple[socket.AddressFamily, Any]  # what socket.connect takes


def is_number(host: str) -> bool:
    """True for an IP address, which needs no look-up."""
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


async def resolve(host: str, port: int) -> list[Place]:
    """The places of `host`, best first. Raises socket.gaierror, or UnicodeError for what is no name."""
    loop = asyncio.get_running_loop()
    found: asyncio.Future[list[Place]] = loop.create_future()

    def look_up() -> None:
        try:
            answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            report(found.set_exception, error)
        else:
            report(found.set_result, [(family, place) for family, _, _, _, place in answers])

    def report(settle: Any, what: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended: nobody waits any more
            loop.call_soon_threadsafe(lambda: None if found.done() else settle(what))

    # getaddrinfo cannot be cancelled. In the loop's own pool a silent server would hold up the exit.
    threading.Thread(target=look_up, name="pong-dns", daemon=True).start()
    return await found
