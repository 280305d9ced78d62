"""Does a second look tell what the first could not?"""

from bot.playground.ports import free_port
from bot.targets.address import parse
from bot.targets.names import resolve
from bot.targets.outcome import Kind
from bot.targets.sniff import sniff
from tests.fixtures.listeners import speaks
from tests.fixtures.redis_fixtures import StartServer


async def sniffed(url: str, kind: Kind) -> Kind:
    address = parse(url)
    found, _ = await sniff(address, await resolve("127.0.0.1", address.port), kind, "seen")
    return found


async def test_an_unasked_error_tells_why() -> None:
    with speaks(first=b"-ERR max number of clients reached\r\n", hangs_up=True) as port:
        assert await sniffed(f"redis://127.0.0.1:{port}", Kind.CLOSED) is Kind.TOO_MANY_CLIENTS


async def test_a_plain_server_behind_rediss_is_found(start_server: StartServer) -> None:
    assert await sniffed(f"rediss://127.0.0.1:{start_server().port}", Kind.TLS_STALLED) is Kind.TLS_TO_PLAIN


async def test_a_plain_server_with_a_password_is_found_too(start_server: StartServer) -> None:
    server = start_server("--requirepass", "sesame")
    assert await sniffed(f"rediss://127.0.0.1:{server.port}", Kind.TLS_STALLED) is Kind.TLS_TO_PLAIN


async def test_a_port_that_is_closed_by_now_changes_nothing() -> None:
    assert await sniffed(f"redis://127.0.0.1:{free_port()}", Kind.CLOSED) is Kind.CLOSED
