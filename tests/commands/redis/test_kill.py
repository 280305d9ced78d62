"""Is a script that never ends, or a client that leaks, ended on the real server after a confirm?"""

from pathlib import Path

import redis as client

from tests.commands.redis.test_restart import incident
from tests.fixtures.asking import asked
from tests.fixtures.busy import busy_with_a_script
from tests.fixtures.carrying_out import carried_out, confirmed, in_real_time, outcome
from tests.fixtures.redis_server import RedisServer
from tests.fixtures.small_pong import MARIA, SmallPong, asks

WRITES = "redis.call('SET', 'cache:0', 'x') while true do end"


async def test_script_is_ended_and_commands_run_again(on_redis: SmallPong, redis: RedisServer):
    small = in_real_time(on_redis)
    with busy_with_a_script(redis):
        assert "SCRIPT KILL" in await asked(small, asks("kill", words=("script",)))
        await confirmed(small, [MARIA])
        assert (await carried_out(small))["state"] == "succeeded"
        assert redis.command("PING")
    assert "it takes commands again" in await outcome(small)


async def test_script_that_ended_by_itself_needs_nothing(on_redis: SmallPong, redis: RedisServer):
    small = in_real_time(on_redis)
    with busy_with_a_script(redis):
        await asked(small, asks("kill", words=("script",)))
        await confirmed(small, [MARIA])
    await carried_out(small)
    assert "did not run. No script keeps redis-prod busy" in await outcome(small)


async def test_script_that_has_written_says_what_alone_ends_it(tmp_path: Path):
    with RedisServer() as own, busy_with_a_script(own, script=WRITES):
        async with incident(tmp_path, own) as small:
            await asked(small, asks("kill", words=("script",)))
            await confirmed(small, [MARIA])
            assert (await carried_out(small))["state"] == "failed"
            assert "only SHUTDOWN NOSAVE ends it" in await outcome(small)
        own.kill()


async def test_leaking_clients_are_closed_by_their_name(on_redis: SmallPong, redis: RedisServer):
    small = in_real_time(on_redis)
    leaking = [client.Redis(port=redis.port, client_name="leak") for _ in range(4)]
    for one in leaking:
        one.ping()
    assert "Closes 4 of" in await asked(small, asks("kill", words=("name:leak",)))
    await confirmed(small, [MARIA])
    assert (await carried_out(small))["state"] == "succeeded"
    assert "4 of 4 connections closed" in await outcome(small)
    for one in leaking:
        one.close()
