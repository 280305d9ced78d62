"""Which kind of failure is an exception?

A table: the first sign that fits decides. Server replies: https://redis.io/docs/latest/develop/reference/
"""

import errno
import os
import re
import socket
import ssl
from dataclasses import dataclass

import redis.exceptions as py

from bot.targets.outcome import Kind
from bot.text import beginning

SEEN_MOST = 1_000  # it is clipped further once no secret is in it any more


class ServerSaid(Exception):
    """An error reply; its first word is the code."""


class NotRedis(Exception):
    """What came back is no reply of a Redis; `first_bytes` is how it begins."""

    def __init__(self, first_bytes: bytes) -> None:
        super().__init__(beginning(first_bytes.split(b"\n")[0].decode("ascii", "replace"), SEEN_MOST))
        self.first_bytes = first_bytes


class OwnTlsFiles(Exception):
    """A TLS file that the address names cannot be used."""


REPLY = (ServerSaid, py.RedisError)


@dataclass(frozen=True, kw_only=True)
class Sign:
    """One way to know a `kind`: fits an `error`, met at `stage`, with `number` as errno, `text` in its words.

    An empty `stage` or `text` fits any.
    """

    kind: Kind
    error: type[BaseException] | tuple[type[BaseException], ...] = REPLY
    stage: str = ""
    number: int | None = None
    text: str = ""

    def fits(self, error: BaseException, stage: str) -> bool:
        if not isinstance(error, self.error) or (self.stage and self.stage != stage):
            return False
        if self.number is not None and getattr(error, "errno", None) != self.number:
            return False
        return re.search(self.text, f"{getattr(error, 'status_code', None) or ''} {error}") is not None


# What the server says is the same whether the probe's own socket or redis-py heard it.
_REPLIES = (
    Sign(kind=Kind.TOO_MANY_CLIENTS, text=r"max number of clients reached|max concurrent connections"),
    Sign(kind=Kind.QUOTA_USED_UP, text=r"max (daily )?requests? limit exceeded"),
    Sign(kind=Kind.MOVED, text=r"^ ?(MOVED|ASK|CROSSSLOT)\b"),
    Sign(kind=Kind.CLUSTER_DOWN, text=r"^ ?CLUSTERDOWN\b"),
    Sign(kind=Kind.NOT_A_CLUSTER, text=r"cluster support disabled"),
    Sign(kind=Kind.PROTECTED_MODE, text=r"^ ?DENIED\b.*protected mode"),
    Sign(kind=Kind.OPEN_TO_ALL, text=r"without any password configured|no password is set"),
    Sign(kind=Kind.CREDENTIALS_WRONG, text=r"^ ?WRONGPASS\b|invalid username-password pair|invalid password"),
    Sign(
        kind=Kind.CREDENTIALS_MISSING, text=r"^ ?NOAUTH\b|Authentication required|HELLO must be called with"
    ),
    Sign(kind=Kind.NO_PERMISSION, text=r"^ ?NOPERM\b|has no permissions"),
    Sign(kind=Kind.LOADING, text=r"^ ?LOADING\b"),
    Sign(kind=Kind.REPLICA_CUT_OFF, text=r"^ ?MASTERDOWN\b"),
    Sign(kind=Kind.READ_ONLY, text=r"^ ?READONLY\b"),
    Sign(kind=Kind.FULL, text=r"^ ?OOM\b|DB capacity quota exceeded"),
    Sign(kind=Kind.WRITES_STOPPED, text=r"^ ?MISCONF\b"),
    Sign(kind=Kind.BUSY, text=r"^ ?BUSY\b"),
    Sign(kind=Kind.WRONG_DATABASE, text=r"DB index is out of range|invalid DB index"),
)

_PROBE = (
    Sign(kind=Kind.NAME_UNKNOWN, error=socket.gaierror, number=socket.EAI_NONAME),
    Sign(
        kind=Kind.NAME_UNKNOWN, error=socket.gaierror, number=-5
    ),  # EAI_NODATA, which not every platform names
    Sign(kind=Kind.NAME_SERVER_FAILED, error=socket.gaierror),
    Sign(kind=Kind.NAME_UNKNOWN, error=UnicodeError, stage="DNS"),
    Sign(kind=Kind.NAME_SERVER_SILENT, error=TimeoutError, stage="DNS"),
    Sign(kind=Kind.OWN_TLS_FILES, error=OwnTlsFiles),
    Sign(kind=Kind.CERTIFICATE, error=ssl.SSLCertVerificationError),
    Sign(kind=Kind.CERTIFICATE_NEEDED, error=ssl.SSLError, text=r"(?i)certificate.required"),
    Sign(kind=Kind.TLS_VERSION, error=ssl.SSLError, text=r"(?i)protocol.version|unsupported.protocol"),
    Sign(kind=Kind.TLS_FAILED, error=ssl.SSLError),
    Sign(kind=Kind.TLS_STALLED, error=TimeoutError, stage="TLS"),
    Sign(kind=Kind.TLS_FAILED, error=OSError, stage="TLS"),
    Sign(kind=Kind.SOCKET_MISSING, error=FileNotFoundError, stage="SOCKET"),
    Sign(kind=Kind.SOCKET_FORBIDDEN, error=PermissionError, stage="SOCKET"),
    Sign(kind=Kind.REFUSED, error=ConnectionRefusedError),
    Sign(kind=Kind.REFUSED, error=ConnectionResetError, stage="TCP"),
    Sign(kind=Kind.NO_ROUTE, error=OSError, number=errno.EHOSTUNREACH),
    Sign(kind=Kind.NO_ROUTE, error=OSError, number=errno.ENETUNREACH),
    Sign(kind=Kind.BLACK_HOLE, error=TimeoutError, stage="TCP"),
    Sign(kind=Kind.BLACK_HOLE, error=OSError, number=errno.ETIMEDOUT),
    Sign(kind=Kind.BLACK_HOLE, error=TimeoutError, stage="SOCKET"),
    Sign(kind=Kind.PLAIN_TO_TLS, error=NotRedis, text=r"^ [\x15\x16]"),  # a TLS alert or handshake record
    Sign(kind=Kind.NOT_REDIS, error=NotRedis),
    Sign(kind=Kind.FROZEN, error=TimeoutError),
    Sign(kind=Kind.CLOSED, error=EOFError),
    Sign(kind=Kind.CLOSED, error=ConnectionError),
)

# redis-py folds the causes into words; a wrong certificate too is its "network" error.
_CLIENT = (
    Sign(kind=Kind.OWN_POOL_FULL, error=py.MaxConnectionsError),
    Sign(kind=Kind.MOVED, error=(py.AskError, py.ClusterCrossSlotError)),  # MovedError is an AskError
    Sign(kind=Kind.CLUSTER_DOWN, error=py.ClusterDownError),
    Sign(kind=Kind.NAME_UNKNOWN, error=py.ConnectionError, text=r"Error -(2|5) connecting to"),
    Sign(kind=Kind.NAME_SERVER_FAILED, error=py.ConnectionError, text=r"Error -3 connecting to"),
    Sign(kind=Kind.CERTIFICATE, error=py.ConnectionError, text=r"CERTIFICATE_VERIFY_FAILED"),
    Sign(kind=Kind.TLS_VERSION, error=py.ConnectionError, text=r"PROTOCOL_VERSION"),
    Sign(kind=Kind.REFUSED, error=py.ConnectionError, text=r"Error 111 connecting to"),
    Sign(kind=Kind.NO_ROUTE, error=py.ConnectionError, text=r"Error (101|113) connecting to"),
    Sign(kind=Kind.OWN_TLS_FILES, error=py.ConnectionError, text=r"Error 2 connecting to (?!/)"),
    Sign(kind=Kind.SOCKET_MISSING, error=py.ConnectionError, text=r"Error 2 connecting to"),
    Sign(kind=Kind.NOT_REDIS, error=py.InvalidResponse),
    Sign(kind=Kind.BLACK_HOLE, error=py.TimeoutError, text=r"connecting to"),
    Sign(kind=Kind.FROZEN, error=py.TimeoutError),
    Sign(kind=Kind.CREDENTIALS_WRONG, error=py.AuthenticationError),
    Sign(kind=Kind.CLOSED, error=py.ConnectionError),
    Sign(kind=Kind.ERROR, error=py.RedisError),
    Sign(kind=Kind.ERROR, error=ServerSaid),
)

SIGNS = (*_REPLIES, *_PROBE, *_CLIENT)


def words_of(error: BaseException) -> str:
    """What `error` says, without Python's way of putting it."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    if isinstance(error, ssl.SSLError):
        return (error.reason or "").replace("_", " ").lower()
    if isinstance(error, OSError) and error.errno and error.errno > 0:
        return os.strerror(error.errno)
    if isinstance(error, socket.gaierror):
        return error.strerror or ""
    return str(error)


def kind_of(error: BaseException, stage: str = "") -> Kind:
    """The kind of failure that `error`, met at `stage`, is; UNKNOWN when no sign fits."""
    return next((sign.kind for sign in SIGNS if sign.fits(error, stage)), Kind.UNKNOWN)
