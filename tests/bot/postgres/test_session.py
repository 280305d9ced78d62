"""Does a session only read, end what takes long, and hang up on a server that says nothing?"""

import os
import signal
import time

import pytest
from psycopg import Error
from psycopg.errors import QueryCanceled, ReadOnlySqlTransaction

from bot.postgres.session import ANSWERS_WITHIN_S, session
from tests.bot.postgres.test_triage import orders
from tests.fixtures.postgres_server import PostgresServer


async def test_it_cannot_write_even_as_the_owner(server: PostgresServer) -> None:
    async with session(orders(server.url()), "127.0.0.1") as one:
        with pytest.raises(ReadOnlySqlTransaction):
            await one.row("CREATE TABLE written (i int)")


async def test_its_address_cannot_lift_its_bounds(server: PostgresServer) -> None:
    lifted = server.url(more="?options=-c%20statement_timeout%3D0&application_name=other")
    async with session(orders(lifted), "127.0.0.1") as one:
        assert await one.row("SELECT current_setting('statement_timeout')") == ("1s",)
        assert await one.row("SELECT current_setting('application_name')") == ("pong",)


async def test_the_server_ends_what_takes_long(server: PostgresServer) -> None:
    async with session(orders(server.url()), "127.0.0.1") as one:
        with pytest.raises(QueryCanceled):
            await one.row("SELECT pg_sleep(30)")
        assert not one.is_silent


async def test_a_server_that_freezes_after_the_login_is_hung_up_on(server: PostgresServer) -> None:
    began_s = time.monotonic()
    async with session(orders(server.url()), "127.0.0.1") as one:
        serves = one.connection.info.backend_pid
        os.kill(serves, signal.SIGSTOP)
        try:
            with pytest.raises(Error):
                await one.row("SELECT 1")
        finally:
            os.kill(serves, signal.SIGCONT)
        assert one.is_silent
    assert ANSWERS_WITHIN_S - 0.1 <= time.monotonic() - began_s < ANSWERS_WITHIN_S + 1.5


async def test_it_leaves_nothing_behind(server: PostgresServer) -> None:
    async with session(orders(server.url()), "127.0.0.1"):
        pass
    with server.connect() as owner:
        deadline_s = time.monotonic() + 5
        query = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pong'"
        while owner.execute(query).fetchone() != (0,):
            assert time.monotonic() < deadline_s
