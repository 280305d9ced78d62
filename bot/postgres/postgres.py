"""Which PostgreSQL does Pong look at, and where is it?

The forms of its address: https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS
"""

from dataclasses import dataclass, field

from psycopg import Error
from psycopg.conninfo import conninfo_to_dict

from bot.applications.health import Application
from bot.errors import BadInput
from bot.postgres.table import DatabaseThresholdsTable

PORT = 5432
FORM = "write it like postgresql://user:password@host:5432/name"
OURS = ("options", "connect_timeout", "application_name", "hostaddr")


@dataclass(frozen=True, kw_only=True)
class Postgres:
    """One PostgreSQL. `said` is its address as libpq takes it, password and all; `host` begins with / for the
    folder of a socket."""

    name: str
    host: str
    port: int = PORT
    said: dict[str, str] = field(default_factory=dict, repr=False)
    application: Application | None = None
    thresholds: DatabaseThresholdsTable = field(default_factory=DatabaseThresholdsTable)
    links: tuple[tuple[str, str], ...] = ()

    @property
    def is_local(self) -> bool:
        return self.host.startswith("/")

    @property
    def wants_tls(self) -> bool:
        """Whether its address insists on TLS; else it is used where the server has it."""
        return self.said.get("sslmode", "prefer") in ("require", "verify-ca", "verify-full")


def parse(url: str) -> dict[str, str]:
    """The parts of an address, without those that Pong sets itself. Raises BadInput, which quotes nothing."""
    if not url.startswith(("postgresql://", "postgres://")):
        raise BadInput(f"this is no address of a PostgreSQL: {FORM}.")
    try:
        found = conninfo_to_dict(url)
    except Error:  # its message quotes the address
        raise BadInput(f"this address cannot be read: {FORM}; special signs are percent-encoded.") from None
    said = {name: str(value) for name, value in found.items() if value is not None and name not in OURS}
    host, port = said.get("host", ""), said.get("port", str(PORT))
    if not host or "," in host or not port.isdecimal():
        raise BadInput(f"this address names no host, or several: {FORM}, one server each.")
    return said
