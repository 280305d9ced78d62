"""Does one connection ask, hear and end as it should?"""

import pytest

from bot.playground.ports import free_port
from bot.targets.address import Tls
from bot.targets.names import resolve
from bot.targets.outcomes import NotRedis, OwnTlsFiles, ServerSaid
from bot.targets.wire import Wire, connect_tcp, connect_unix, tls_context
from tests.fixtures.listeners import speaks
from tests.fixtures.redis_fixtures import StartServer


async def wire_to(port: int) -> Wire:
    return await Wire.over(await connect_tcp(await resolve("127.0.0.1", port)))


async def test_replies_come_one_by_one(start_server: StartServer) -> None:
    wire = await wire_to(start_server().port)
    assert await wire.ask("PING") == "PONG"
    assert await wire.ask("ECHO", "däg") == "däg"
    wire.close()


async def test_an_error_reply_is_raised(start_server: StartServer) -> None:
    wire = await Wire.over(await connect_unix(str(start_server().socket_path)))
    with pytest.raises(ServerSaid, match=r"^ERR unknown command"):
        await wire.ask("NONSENSE")
    wire.close()


async def test_the_second_place_is_tried_when_the_first_refuses(start_server: StartServer) -> None:
    places = [*await resolve("127.0.0.1", free_port()), *await resolve("127.0.0.1", start_server().port)]
    wire = await Wire.over(await connect_tcp(places))
    assert await wire.ask("PING") == "PONG"
    wire.close()


async def test_what_is_no_reply_is_not_redis() -> None:
    with speaks(answer=b"220 mail.example ESMTP\r\n") as port:
        wire = await wire_to(port)
        with pytest.raises(NotRedis, match="220 mail"):
            await wire.ask("PING")
        wire.close()


async def test_hanging_up_is_the_end() -> None:
    with speaks(hangs_up=True) as port:
        wire = await wire_to(port)
        with pytest.raises((EOFError, ConnectionError)):
            await wire.ask("PING")
        wire.close()


async def test_silence_is_overheard_as_nothing() -> None:
    with speaks() as port:
        wire = await wire_to(port)
        assert await wire.overhear(0.01) == b""
        wire.close()


def test_a_missing_file_is_our_own_fault() -> None:
    with pytest.raises(OwnTlsFiles):
        tls_context(Tls(ca_file="/nowhere/ca.crt"))
