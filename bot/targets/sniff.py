"""What really listens on a port whose probe failed in a way that has several causes?

Each sniff is a connection of its own, as a server that turned the probe away may have said why in bytes that
were lost with the connection.
"""

import asyncio
import ssl

from bot.targets.address import Address
from bot.targets.names import Place
from bot.targets.outcome import Kind
from bot.targets.outcomes import NotRedis, ServerSaid, kind_of, words_of
from bot.targets.wire import Wire, connect_tcp, connect_unix

LISTENS_FOR_S = 0.08  # a full or protected server speaks within a round trip, before it is asked
TRIES_FOR_S = 0.4

WORTH_A_SNIFF = {Kind.CLOSED, Kind.TLS_STALLED, Kind.TLS_FAILED}

Sniffed = tuple[Kind, str]


async def sniff(address: Address, places: list[Place], kind: Kind, seen: str) -> Sniffed:
    """A surer kind than `kind` with what was seen; the same ones again when nothing more can be known."""
    try:
        if said := await _says_unasked(address, places):
            return said
        if address.scheme == "redis" and await _speaks_tls(places):
            return Kind.PLAIN_TO_TLS, seen
        if address.scheme == "rediss" and kind is Kind.CLOSED:
            return await _closes_after_tls(address, places) or (kind, seen)
        if address.scheme == "rediss" and await _speaks_plain(places):
            return Kind.TLS_TO_PLAIN, "a plain PING was answered"
    except (OSError, TimeoutError):
        pass  # it listened a moment ago and does not now: what the probe itself saw stands
    return kind, seen


async def _open(address: Address | None, places: list[Place]) -> Wire:
    async with asyncio.timeout(TRIES_FOR_S):
        is_unix = address is not None and address.scheme == "unix"
        return await Wire.over(
            await (connect_unix(address.path) if is_unix and address else connect_tcp(places))
        )


async def _says_unasked(address: Address, places: list[Place]) -> Sniffed | None:
    wire = await _open(address, places)
    try:
        heard = await wire.overhear(LISTENS_FOR_S)
    except OSError:
        heard = b""
    finally:
        wire.close()
    if not heard:
        return None
    words = heard.decode("utf-8", "replace").strip().removeprefix("-")
    error = ServerSaid(words) if heard[:1] == b"-" else NotRedis(heard)
    return kind_of(error), words


async def _speaks_tls(places: list[Place]) -> bool:
    """Only whether there is TLS: nothing is sent through it, so nothing needs to be trusted."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    connection = await connect_tcp(places)
    try:
        async with asyncio.timeout(TRIES_FOR_S):
            _, writer = await asyncio.open_connection(sock=connection, ssl=context, server_hostname="")
    except (OSError, TimeoutError):
        connection.close()
        return False
    writer.transport.abort()
    return True


async def _closes_after_tls(address: Address, places: list[Place]) -> Sniffed | None:
    """TLS 1.3 asks for a client's certificate after the handshake: who writes first never sees the alert."""
    try:
        async with asyncio.timeout(TRIES_FOR_S):
            wire = await Wire.over(await connect_tcp(places), address)
    except TimeoutError:
        return None
    try:
        await wire.overhear(LISTENS_FOR_S)
    except ssl.SSLError as error:
        return kind_of(error), words_of(error)
    finally:
        wire.close()
    return None


async def _speaks_plain(places: list[Place]) -> bool:
    wire = await _open(None, places)
    try:
        async with asyncio.timeout(TRIES_FOR_S):
            await wire.ask("PING")
    except ServerSaid:
        return True  # NOAUTH is an answer too
    except (NotRedis, EOFError, OSError, TimeoutError):
        return False
    finally:
        wire.close()
    return True
