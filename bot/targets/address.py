"""Where is a Redis, and how is it spoken to?

redis://, rediss:// and unix:// as https://redis.io/docs/latest/develop/clients/redis-py/connect/ has them.
"""

from dataclasses import dataclass
from typing import Literal
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from pydantic import SecretStr

from bot.errors import BadInput

DEFAULT_PORT = 6379
FORMS = "redis://user:password@host:6379/0, rediss://… for TLS, or unix:///path/to/redis.sock"

_OPTIONS = {"db", "ssl_ca_certs", "ssl_certfile", "ssl_keyfile", "ssl_cert_reqs"}


@dataclass(frozen=True, kw_only=True)
class Tls:
    """Which files vouch for whom. `verifies` is False only where the URL says ssl_cert_reqs=none."""

    ca_file: str | None = None
    certificate_file: str | None = None
    key_file: str | None = None
    verifies: bool = True


@dataclass(frozen=True, kw_only=True)
class Address:
    """One server. `str(address)` is host:port or the socket's path; the password shows nowhere."""

    scheme: Literal["redis", "rediss", "unix"]
    host: str = ""
    port: int = DEFAULT_PORT
    path: str = ""
    user: str | None = None
    password: SecretStr | None = None
    db: int = 0
    tls: Tls | None = None

    def __str__(self) -> str:
        if self.scheme == "unix":
            return self.path
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def stages(self) -> tuple[str, ...]:
        """What a probe goes through, in order."""
        return ("SOCKET", "AUTH", "PING") if self.scheme == "unix" else ("DNS", "TCP", "TLS", "AUTH", "PING")


def parse(url: str) -> Address:
    """The Address in `url`. Raises BadInput, whose sentence never repeats a password."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port or DEFAULT_PORT
    except ValueError:
        raise BadInput(
            f"The address of a Redis has a host or port that cannot be read: write {FORMS}."
        ) from None
    options = _options(parts)
    if parts.scheme == "unix":
        return _unix(parts, options)
    if parts.scheme not in ("redis", "rediss"):
        raise BadInput(f"The address of a Redis begins with redis://, rediss:// or unix://: write {FORMS}.")
    if not parts.hostname:
        raise BadInput(f"The address of a Redis names no host: write {FORMS}.")
    return Address(
        scheme="rediss" if parts.scheme == "rediss" else "redis",
        host=parts.hostname,
        port=port,
        user=_user(parts),
        password=_password(parts),
        db=_db(options.get("db") or parts.path.strip("/")),
        tls=_tls(options) if parts.scheme == "rediss" else None,
    )


def _unix(parts: SplitResult, options: dict[str, str]) -> Address:
    if not parts.path or parts.hostname:
        raise BadInput("The address of a Unix socket is unix:///path/to/redis.sock, with three slashes.")
    return Address(
        scheme="unix",
        path=unquote(parts.path),
        user=_user(parts),
        password=_password(parts),
        db=_db(options.get("db", "")),
    )


def _options(parts: SplitResult) -> dict[str, str]:
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    if unknown := sorted(set(options) - _OPTIONS):
        raise BadInput(f"The address of a Redis has an option Pong does not know: {unknown[0][:40]}.")
    if options.get("ssl_cert_reqs", "required") not in ("required", "none"):
        raise BadInput("The address of a Redis has ssl_cert_reqs neither required nor none.")
    return options


def _user(parts: SplitResult) -> str | None:
    return unquote(parts.username) if parts.username else None


def _password(parts: SplitResult) -> SecretStr | None:
    return SecretStr(unquote(parts.password)) if parts.password else None


def _db(text: str) -> int:
    if not text:
        return 0
    if not text.isascii() or not text.isdigit():
        raise BadInput("The address of a Redis ends in the number of a database, such as /0.")
    return int(text)


def _tls(options: dict[str, str]) -> Tls:
    return Tls(
        ca_file=options.get("ssl_ca_certs"),
        certificate_file=options.get("ssl_certfile"),
        key_file=options.get("ssl_keyfile"),
        verifies=options.get("ssl_cert_reqs") != "none",
    )
