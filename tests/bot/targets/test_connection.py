"""Does the client give up in time, once, and under its own name?"""

import time

import pytest
import redis.exceptions as py

from bot.targets.address import parse
from bot.targets.connection import connect
from tests.fixtures.listeners import black_hole
from tests.fixtures.redis_fixtures import StartServer


async def test_it_calls_itself_pong(start_server: StartServer) -> None:
    server = start_server()
    async with connect(parse(server.url())) as client:
        await client.ping()
        assert server.command("CLIENT", "LIST").count(b"name=pong") == 1


async def test_a_frozen_server_costs_the_budget_and_no_more(start_server: StartServer) -> None:
    server = start_server()
    async with connect(parse(server.url()), budget_s=0.3) as client:
        await client.ping()
        server.freeze()
        began_s = time.monotonic()
        with pytest.raises(py.TimeoutError):
            await client.incr("counter")
        assert time.monotonic() - began_s < 1.5
        server.thaw()
    assert server.command("GET", "counter") in (None, b"1")  # never applied twice


async def test_a_black_hole_costs_the_budget_and_no_more() -> None:
    with black_hole() as port:
        began_s = time.monotonic()
        async with connect(parse(f"redis://127.0.0.1:{port}"), budget_s=0.3) as client:
            with pytest.raises(py.TimeoutError):
                await client.ping()
        assert time.monotonic() - began_s < 1.5


async def test_it_works_over_a_unix_socket_with_a_password(start_server: StartServer) -> None:
    server = start_server("--requirepass", "sesame")
    async with connect(parse(f"unix://:sesame@{server.socket_path}?db=1")) as client:
        assert await client.ping()


async def test_a_password_that_is_not_asked_for_does_no_harm(start_server: StartServer) -> None:
    async with connect(parse(start_server().url(password="sesame"))) as client:
        assert await client.ping()


async def test_a_wrong_password_is_tried_once(start_server: StartServer) -> None:
    server = start_server("--requirepass", "sesame")
    async with connect(parse(server.url(password="simsim"))) as client:
        with pytest.raises(py.AuthenticationError):
            await client.ping()
    refused = server.command("INFO", "errorstats", password="sesame")["errorstat_WRONGPASS"]["count"]
    assert refused == 1
