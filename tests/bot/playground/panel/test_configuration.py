import pytest
from redis.exceptions import NoPermissionError

from bot.playground.panel.configuration import Configuration
from bot.playground.panel.server import RedisServer, client

READS = (
    "INFO everything",
    "CONFIG GET maxmemory",
    "SLOWLOG GET 5",
    "LATENCY LATEST",
    "MEMORY STATS",
    "MEMORY DOCTOR",
    "MEMORY USAGE cache:1",
    "CLIENT LIST",
    "SCAN 0",
    "TYPE cache:1",
    "PTTL cache:1",
    "ROLE",
    "ACL WHOAMI",
    "ACL LOG",
    "DBSIZE",
    "PING",
)
WRITES = ("SET cache:1 x", "DEL cache:1", "UNLINK cache:1", "EXPIRE cache:1 5", "FLUSHALL")
HARMS = ("KEYS *", "MONITOR", "CLIENT KILL ID 5", "CLIENT PAUSE 1", "CONFIG SET maxmemory 1", "SHUTDOWN")


async def _run(server: RedisServer, user: str, command: str) -> object:
    async with client(server.configuration.url(user)) as redis:
        return await redis.execute_command(*command.split())


@pytest.mark.parametrize("user", ["pong", "pong-remedy"])
async def test_pong_may_read_all_that_diagnostics_need(server: RedisServer, user: str) -> None:
    for command in READS:
        await _run(server, user, command)


async def test_the_reader_may_write_nothing(server: RedisServer) -> None:
    for command in WRITES + HARMS:
        with pytest.raises(NoPermissionError):
            await _run(server, "pong", command)


async def test_the_remedy_deletes_cached_answers_and_sessions_and_no_other_key(server: RedisServer) -> None:
    for key in ("cache:1", "session:1"):
        await _run(server, "panel", f"SET {key} x")
        assert await _run(server, "pong-remedy", f"UNLINK {key}") == 1
    for command in (
        "UNLINK jobs:1",
        "DEL ratelimit:1",
        "SET session:1 x",
        "SET cache:1 x",
        "FLUSHALL",
        "KEYS *",
        "MONITOR",
        "CLIENT PAUSE 1",
        "SHUTDOWN",
    ):
        with pytest.raises(NoPermissionError):
            await _run(server, "pong-remedy", command)


async def test_the_remedy_has_a_canary_key(server: RedisServer) -> None:
    for command in ("SET pong:canary:1 x", "GET pong:canary:1", "UNLINK pong:canary:1"):
        assert await _run(server, "pong-remedy", command)


def test_the_file_holds_no_password(small: Configuration) -> None:
    text = small.write().read_text("utf-8")
    assert not [password for password in small.passwords.values() if password in text]


def test_passwords_are_new_each_time_and_never_printed(small: Configuration) -> None:
    other = Configuration(directory=small.directory, port=small.port)
    assert set(other.passwords.values()).isdisjoint(small.passwords.values())
    assert not [password for password in small.passwords.values() if password in repr(small)]
