"""Can a diagnostic change or stall a server? (Invariant I11, on every command of a real one.)"""

from collections.abc import Iterator
from typing import Any

import pytest

from bot.targets.address import parse
from bot.targets.read_only import ALLOWED, NotAllowed, is_allowed, reading
from tests.fixtures.redis_fixtures import StartServer
from tests.fixtures.redis_server import RedisServer

HARMFUL = {"write", "dangerous", "blocking", "pubsub", "scripting", "transaction"}
READS_THAT_ARE_DANGEROUS = {"info", "role", "latency|latest", "slowlog|len", "slowlog|get", "config|get"}
READS_THAT_ARE_DANGEROUS |= {"client|list", "acl|log"}
ARGUMENTS: tuple[tuple[str, ...], ...] = (
    (),
    ("x",),
    ("0",),
    ("x", "y"),
    ("0", "count", "9"),
    ("x", "samples", "1"),
)


def commands(server: RedisServer) -> dict[str, set[str]]:
    """Each command and sub-command that COMMAND DOCS tells of, with its flags and ACL categories."""
    with server.client(protocol=2) as client:
        client.response_callbacks.clear()
        names = list(documented(client.execute_command("COMMAND", "DOCS")))
        entries = client.execute_command("COMMAND", "INFO", *names)
    assert all(entries), [name for name, entry in zip(names, entries, strict=True) if not entry]
    return {
        name: {text(flag).lstrip("@") for flag in (*entry[2], *entry[6])}
        for name, entry in zip(names, entries, strict=True)
    }


def documented(docs: list[Any]) -> Iterator[str]:
    """The names in a reply of COMMAND DOCS, sub-commands as "config|get"."""
    for name, told in zip(docs[::2], docs[1::2], strict=True):
        yield text(name)
        about = dict(zip(map(text, told[::2]), told[1::2], strict=True))
        yield from documented(about.get("subcommands", []))


def text(raw: bytes | str) -> str:
    return raw.decode() if isinstance(raw, bytes) else raw


def test_of_all_commands_only_reads_are_allowed(start_server: StartServer) -> None:
    known = commands(start_server())
    assert len(known) > 300
    assert sum("write" in flags for flags in known.values()) > 100
    for name, flags in known.items():
        words = tuple(name.split("|"))
        if any(is_allowed((*words, *arguments)) for arguments in ARGUMENTS):
            assert words in ALLOWED, name
            assert name in READS_THAT_ARE_DANGEROUS or not flags & HARMFUL, (name, flags)


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("KEYS", "*"),
        ("MONITOR",),
        ("DEBUG", "SLEEP", 1),
        ("FLUSHALL",),
        ("CONFIG", "SET", "maxmemory", 1),
        ("CONFIG",),
        ("CONFIG", "GET"),
        ("CONFIG", "GET", "*"),
        ("CONFIG", "GET", "requirepass"),
        ("CONFIG", "GET", "require*"),
        ("CONFIG", "GET", "maxmemory", "masterauth"),
        ("MEMORY", "USAGE", "key", "SAMPLES", 0),
        ("MEMORY", "USAGE", "key", "SAMPLES", 1000),
        ("MEMORY", "PURGE"),
        ("SCAN", 0, "COUNT", 1_000_000),
        ("SCAN", 0, "COUNT"),
        ("SCAN",),
        ("CLIENT", "LIST", "ID", 1),
        ("CLIENT", "KILL", "ID", 1),
        ("ACL", "LOG", "RESET"),
        ("ACL", "LOG", 100_000),
        ("ACL", "LIST"),
        ("SLOWLOG", "GET"),
        ("SLOWLOG", "GET", -1),
        ("SLOWLOG", "RESET"),
        ("HGETALL", "key"),
        ("LRANGE", "key", 0, -1),
        ("SMEMBERS", "key"),
        ("ZRANGE", "key", 0, -1),
        ("SORT", "key"),
        ("SORT_RO", "key"),
        ("DEBUG", "DIGEST"),
        ("DEBUG", "OBJECT", "key"),
        ("MEMORY", "DOCTOR"),
        ("LATENCY", "DOCTOR"),
        ("CLUSTER", "FAILOVER"),
        ("CLUSTER", "RESET"),
        ("SENTINEL", "FAILOVER", "shop"),
        ("SENTINEL", "RESET", "*"),
        ("SENTINEL", "REMOVE", "shop"),
        ("GET", "key"),
        ("EVAL", "return 1", 0),
        ("PING", "x" * 100),
        ("PING\r\nFLUSHALL",),
        ("LATENCY", "RESET"),
        ("INFO", "x\r\nFLUSHALL"),
    ],
)
def test_what_harms_or_leaks_is_refused(words: tuple[str | int, ...]) -> None:
    assert not is_allowed(words)


@pytest.mark.parametrize(
    "words",
    [
        ("ping",),
        ("INFO",),
        ("INFO", "everything"),
        ("ROLE",),
        ("CONFIG", "GET", "maxmemory", "maxmemory-policy"),
        ("SCAN", 0, "MATCH", b"cache:*", "COUNT", 1000),
        ("SCAN", b"17"),
        ("MEMORY", "USAGE", b"\xff", "SAMPLES", 5),
        ("PTTL", b"\xff"),
    ],
)
def test_bounded_reads_are_allowed(words: tuple[str | int | bytes, ...]) -> None:
    assert is_allowed(words)


async def test_a_refused_command_never_reaches_the_server(start_server: StartServer) -> None:
    server = start_server()
    server.command("SET", "one", "1")
    async with reading(parse(server.url())) as redis:
        with pytest.raises(NotAllowed):
            await redis.ask("FLUSHALL")
        with pytest.raises(NotAllowed):
            await redis.ask_each([("PING",), ("DEL", "one")])
        with pytest.raises(NotAllowed):
            await redis.ask_each([("PING",)] * 1001)
        assert await redis.ask("DBSIZE") == 1
    assert not any("flushall" in name or "del" in name for name in server.command("INFO", "commandstats"))


async def test_an_error_in_a_pipeline_stands_in_its_place(start_server: StartServer) -> None:
    async with reading(parse(start_server().url())) as redis:
        first, second = await redis.ask_each([("TYPE", "one"), ("MEMORY", "USAGE", "one")])
        assert (first, second) == (b"none", None)


async def test_reading_takes_one_client_of_a_sick_server(start_server: StartServer) -> None:
    server = start_server()
    async with reading(parse(server.url())) as redis:
        await redis.ask("PING")
        await redis.ask_each([("PING",)])
        assert server.command("CLIENT", "LIST").count(b"name=pong") == 1
