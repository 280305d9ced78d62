"""How does one command reach the target, and did it happen?

Every connection is made without retries: a retried INCR on a frozen server ran twice.
https://redis.io/docs/latest/develop/clients/redis-py/produsage/
"""

import ssl
from collections.abc import Awaitable, Callable
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, BusyLoadingError, RedisError, ResponseError
from redis.maint_notifications import MaintNotificationsConfig

from bot.execution.effects.effect import Effect, Outcome, Reveal
from bot.remediations.plan import RedisCommand
from bot.remediations.secret import NewSecret, SecretRef
from bot.remediations.trouble import in_words
from bot.targets.address import Address

TIMEOUT_S = 2.0

# BusyLoadingError and AuthenticationError are ConnectionErrors, though the server did answer.
_REFUSALS = (ResponseError, BusyLoadingError, AuthenticationError)


def remediation_client(address: Address, *, timeout_s: float = TIMEOUT_S) -> Redis:
    """A client that never retries, gives up after `timeout_s` and leaves replies as bytes."""
    options: dict[str, Any] = {
        "username": address.user,
        "password": address.password.get_secret_value() if address.password else None,
        "db": address.db,
        "socket_timeout": timeout_s,
        "socket_connect_timeout": timeout_s,
        "retry": Retry(NoBackoff(), 0),
        "decode_responses": False,
        # Neither is known to older servers, whose count of errors would rise with every connection.
        "driver_info": None,
        "maint_notifications_config": MaintNotificationsConfig(enabled=False),
    }
    if address.scheme == "unix":
        return Redis(unix_socket_path=address.path, **options)
    return Redis(host=address.host, port=address.port, **options, **_tls(address))


async def run(redis: Redis, command: RedisCommand, reveal: Reveal) -> Effect:
    """Send `command` once; `reveal` gives the secrets it refers to. Raises nothing of redis-py's."""
    send: Callable[..., Awaitable[Any]] = redis.execute_command
    try:
        await redis.ping()  # so that a dead server is found before the effect
    except _REFUSALS:
        pass  # it lives: a server that a script keeps busy refuses this and takes SCRIPT KILL
    except (RedisError, OSError) as error:
        return Effect(Outcome.NOT_SENT, in_words(error))
    try:
        reply = await send(*(_value(argument, reveal) for argument in command.arguments))
    except _REFUSALS as error:
        return Effect(Outcome.REFUSED, in_words(error))
    except (RedisError, OSError) as error:
        return Effect(Outcome.UNKNOWN, in_words(error))
    return Effect(Outcome.DONE, _answer(reply))


def _value(argument: str | SecretRef | NewSecret, reveal: Reveal) -> str:
    return argument if isinstance(argument, str) else reveal(argument)


def _answer(reply: Any) -> str:
    # Only whole numbers and OK are repeated: any other reply may hold keys or values.
    if reply is True or reply in (b"OK", "OK"):
        return "answered OK"
    return f"answered {reply}" if isinstance(reply, int) else "answered"


def _tls(address: Address) -> dict[str, Any]:
    if address.tls is None:
        return {}
    return {
        "ssl": True,
        "ssl_ca_certs": address.tls.ca_file,
        "ssl_certfile": address.tls.certificate_file,
        "ssl_keyfile": address.tls.key_file,
        "ssl_cert_reqs": ssl.CERT_REQUIRED if address.tls.verifies else ssl.CERT_NONE,
        "ssl_check_hostname": address.tls.verifies,
    }
