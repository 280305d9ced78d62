"""How does a probe speak to a port, one stage at a time?

redis-py folds DNS, TCP, TLS and AUTH into one error; here each is its own step, on one connection.
The protocol: https://redis.io/docs/latest/develop/reference/protocol-spec/
"""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Sequence
from typing import Any

import hiredis

from bot.targets.address import Address, Tls
from bot.targets.names import Place
from bot.targets.outcomes import NotRedis, OwnTlsFiles, ServerSaid

REPLY_MOST_BYTES = 1024 * 1024


def _packed(words: Sequence[str]) -> bytes:
    """A command as an array of bulk strings."""
    raw = [word.encode() for word in words]
    return b"*%d\r\n" % len(raw) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in raw)


async def connect_tcp(places: list[Place]) -> socket.socket:
    """A connection to the first of `places` that takes one; raises the last one's error."""
    for place in places[:-1]:
        try:
            return await _connect(*place)
        except OSError:
            continue
    return await _connect(*places[-1])


async def connect_unix(path: str) -> socket.socket:
    return await _connect(socket.AF_UNIX, path)


async def _connect(family: socket.AddressFamily, place: Any) -> socket.socket:
    connection = socket.socket(family, socket.SOCK_STREAM)
    connection.setblocking(False)
    try:
        await asyncio.get_running_loop().sock_connect(connection, place)
    except BaseException:
        connection.close()
        raise
    return connection


def tls_context(tls: Tls) -> ssl.SSLContext:
    """What Pong trusts and shows. Raises OwnTlsFiles when a file cannot be used."""
    try:
        context = ssl.create_default_context(cafile=tls.ca_file)
        if tls.certificate_file:
            context.load_cert_chain(tls.certificate_file, tls.key_file)
    except OSError as error:  # ssl.SSLError is one too
        raise OwnTlsFiles(error.strerror or "a TLS file cannot be read") from None
    if not tls.verifies:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


class Wire:
    """One connection over which replies are asked for. Close it with `close`, which never waits."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._replies = hiredis.Reader(encoding="utf-8", errors="replace", replyError=ServerSaid)
        self._has_heard = False
        self._unanswered = 0

    @classmethod
    async def over(cls, connection: socket.socket, address: Address | None = None) -> "Wire":
        """A Wire over `connection`, through TLS when `address` wants it; owns the socket from here on."""
        try:
            secure: dict[str, Any] = {}
            if address and address.tls:
                secure = {"ssl": tls_context(address.tls), "server_hostname": address.host}
            return cls(*await asyncio.open_connection(sock=connection, **secure))
        except BaseException:
            connection.close()
            raise

    async def ask(self, *words: str) -> Any:
        """The reply to a command. Raises ServerSaid, NotRedis, EOFError when it hangs up, or OSError."""
        self.say(*words)
        return await self.reply()

    def say(self, *words: str) -> None:
        """Send a command; its reply comes in its turn."""
        self._writer.write(_packed(words))
        self._unanswered += 1

    async def last_reply(self) -> Any:
        """The reply to the last command that was sent, whatever those before it came to."""
        while self._unanswered > 1:
            with contextlib.suppress(ServerSaid):
                await self.reply()
        return await self.reply()

    async def reply(self) -> Any:
        """The next reply. Raises ServerSaid, NotRedis, EOFError when it hangs up, or OSError."""
        read = 0
        while (reply := self._next()) is False:
            piece = await self._reader.read(64 * 1024)
            read += len(piece)
            if not piece or read > REPLY_MOST_BYTES:
                raise EOFError("hung up without an answer")
            self._feed(piece)
        self._unanswered -= 1
        if isinstance(reply, ServerSaid):
            raise reply
        return reply

    async def overhear(self, within_s: float) -> bytes:
        """What the other side says unasked: at most 1 KiB, nothing when it stays silent. Raises OSError."""
        try:
            async with asyncio.timeout(within_s):
                return await self._reader.read(1024)
        except TimeoutError:
            return b""

    def close(self) -> None:
        self._writer.transport.abort()

    def _feed(self, piece: bytes) -> None:
        if not self._has_heard and piece[:1] not in b"+-:$*":
            raise NotRedis(piece)
        self._has_heard = True
        self._replies.feed(piece)

    def _next(self) -> Any:
        try:
            return self._replies.gets()
        except hiredis.ProtocolError:
            raise NotRedis(b"bytes that are no reply") from None
