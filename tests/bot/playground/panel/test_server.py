import os
import signal
from pathlib import Path

import pytest
from redis.exceptions import ConnectionError as NotConnected
from redis.exceptions import TimeoutError as TooSlow

from bot.clock import SystemClock
from bot.errors import ServiceUnavailable
from bot.playground.panel.configuration import Configuration
from bot.playground.panel.server import RedisServer, ServerState, client


async def _ping(server: RedisServer) -> bool:
    async with client(server.configuration.url("pong"), timeout_s=0.3) as redis:
        return bool(await redis.ping())


async def test_a_started_server_answers(server: RedisServer) -> None:
    assert server.state is ServerState.RUNNING
    assert await _ping(server)


async def test_starting_twice_starts_once(server: RedisServer) -> None:
    pid = server.pid
    await server.start()
    assert server.pid == pid


async def test_a_stopped_server_refuses_connections(server: RedisServer) -> None:
    await server.stop()
    assert server.state is ServerState.STOPPED
    with pytest.raises(NotConnected, match="111"):
        await _ping(server)


async def test_a_killed_server_leaves_no_process_and_starts_again(server: RedisServer) -> None:
    pid = server.pid
    assert pid
    await server.kill()
    assert server.state is ServerState.KILLED
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    await server.start()
    assert await _ping(server)


async def test_a_frozen_server_answers_nothing_until_it_is_thawed(server: RedisServer) -> None:
    await server.freeze()
    assert server.state is ServerState.FROZEN
    with pytest.raises(TooSlow):
        await _ping(server)
    await server.thaw()
    assert server.state is ServerState.RUNNING
    assert await _ping(server)


async def test_a_frozen_server_can_be_stopped(server: RedisServer) -> None:
    await server.freeze()
    await server.stop()
    assert server.state is ServerState.STOPPED
    assert server.pid is None


async def test_a_server_killed_by_somebody_else_is_seen_as_killed(server: RedisServer) -> None:
    assert server.pid
    process = server._process
    assert process
    os.kill(server.pid, signal.SIGKILL)
    await process.wait()
    assert server.state is ServerState.KILLED


async def test_a_server_that_ends_at_once_is_reported_with_its_log(small: Configuration) -> None:
    server = RedisServer(Path("/bin/false"), small, clock=SystemClock())
    with pytest.raises(ServiceUnavailable, match=r"redis\.log says why"):
        await server.start()


async def test_the_name_says_which_server_it_is(server: RedisServer) -> None:
    assert (await server.name()).split()[0] in ("Redis", "Valkey")
