"""How does Pong connect to a Redis so that one sick server costs neither time nor a command run twice?

Never retried: redis-py's own retries took 59 s on a black hole and applied one INCR twice.
https://redis.io/docs/latest/develop/clients/redis-py/produsage/
"""

from typing import Any

from redis.asyncio import Redis
from redis.asyncio.connection import (
    BlockingConnectionPool,
    Connection,
    SSLConnection,
    UnixDomainSocketConnection,
)
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.maint_notifications import MaintNotificationsConfig

from bot.targets.address import Address

CLIENT_NAME = "pong"
CONNECTIONS_MOST = 4


def connect(
    address: Address,
    *,
    budget_s: float = 2.0,
    connections_most: int = CONNECTIONS_MOST,
    client_name: str | None = CLIENT_NAME,
) -> "Redis":
    """A client for `address`: binary replies, no retries, at most `budget_s` for one answer.

    It connects at its first command. Close it with `aclose`, or use it in `async with`.
    """
    pool = BlockingConnectionPool(
        connection_class=_CLASSES[address.scheme],
        max_connections=connections_most,
        timeout=2 * budget_s,
        **_where(address),
        username=address.user,
        password=address.password.get_secret_value() if address.password else None,
        db=address.db,
        client_name=client_name,
        socket_timeout=budget_s,
        socket_connect_timeout=min(budget_s, 2.0),
        retry=Retry(NoBackoff(), 0),
        driver_info=None,
    )
    return Redis.from_pool(pool)


_CLASSES = {"redis": Connection, "rediss": SSLConnection, "unix": UnixDomainSocketConnection}


def _where(address: Address) -> dict[str, Any]:
    if address.scheme == "unix":
        return {"path": address.path}
    # A standalone server never says that it moves; asking for it costs a round trip and an error in its log.
    quiet = {"maint_notifications_config": MaintNotificationsConfig(enabled=False)}
    where: dict[str, Any] = {"host": address.host, "port": address.port, **quiet}
    if address.tls is None:
        return where
    return where | {
        "ssl_ca_certs": address.tls.ca_file,
        "ssl_certfile": address.tls.certificate_file,
        "ssl_keyfile": address.tls.key_file,
        "ssl_cert_reqs": "required" if address.tls.verifies else "none",
        "ssl_check_hostname": address.tls.verifies,
    }
