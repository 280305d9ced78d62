"""Do name servers that disagree, stay silent, or give a long TTL become findings?"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import dns.message
import dns.rcode
import dns.rrset
import pytest

from bot.config.tables import ThresholdsTable
from bot.diagnostics import name
from bot.diagnostics.finding import Severity
from bot.diagnostics.name import ask, host_of, judge, name_servers, read
from bot.diagnostics.question import NotSet, NotSupported
from bot.targets.address import parse
from bot.targets.endpoint import parse_endpoint
from tests.fixtures.recorded import TARGET, RecordedSubject, recorded

HOST = "redis.example"


class Server(asyncio.DatagramProtocol):
    """A name server that knows one name by `addresses`; silent without any."""

    def __init__(self, addresses: tuple[str, ...], ttl_s: int, rcode: int) -> None:
        self.addresses, self.ttl_s, self.rcode = addresses, ttl_s, rcode

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, whence: tuple[str, int]) -> None:
        asked = dns.message.from_wire(data)
        reply = dns.message.make_response(asked)
        reply.set_rcode(self.rcode)
        question = asked.question[0]
        if question.rdtype == dns.rdatatype.A and self.rcode == dns.rcode.NOERROR:
            reply.answer.append(dns.rrset.from_text(question.name, self.ttl_s, "IN", "A", *self.addresses))
        if self.addresses or self.rcode:
            self.transport.sendto(reply.to_wire(), whence)


@asynccontextmanager
async def server(*addresses: str, ttl_s: int = 60, rcode: int = 0) -> AsyncIterator[str]:
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(
        lambda: Server(addresses, ttl_s, rcode), local_addr=("127.0.0.1", 0)
    )
    try:
        yield "{}:{}".format(*transport.get_extra_info("sockname"))
    finally:
        transport.close()


async def judged(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *servers: str) -> tuple[Severity, str]:
    settings = tmp_path / "resolv.conf"
    settings.write_text("search example\n" + "".join(f"nameserver {one}\n" for one in servers), "utf-8")
    found = name_servers(settings)
    monkeypatch.setattr(name, "name_servers", lambda: found)
    target = type(TARGET)(name="redis-prod", address=parse(f"redis://{HOST}"))
    worst, *_ = judge(
        await read(RecordedSubject(recorded("redis-healthy"), target=target)), ThresholdsTable()
    )
    return worst.severity, worst.title


async def test_servers_that_agree_are_fine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async with server("10.0.0.1", "10.0.0.2") as one, server("10.0.0.2", "10.0.0.1") as two:
        said = await judged(monkeypatch, tmp_path, one, two)
    assert said == (Severity.OK, "2 name servers agree: 2 addresses, TTL 60 s")


async def test_servers_that_do_not_agree_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async with server("10.0.0.1") as one, server("10.0.0.9") as two:
        said = await judged(monkeypatch, tmp_path, one, two)
    assert said == (Severity.WARNING, "The name servers do not agree: 2 different answers")


async def test_one_that_fails_is_a_notice(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async with server("10.0.0.1") as one, server(rcode=dns.rcode.SERVFAIL) as two:
        said = await judged(monkeypatch, tmp_path, one, two)
    assert said == (Severity.NOTICE, "1 of 2 name servers do not tell its address")


async def test_a_long_ttl_is_a_notice(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async with server("10.0.0.1", ttl_s=86_400) as one:
        said = await judged(monkeypatch, tmp_path, one)
    assert said == (Severity.NOTICE, "Its addresses count for 86,400 s")


async def test_a_silent_server_costs_a_second(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async with server() as silent:
        host, _, port = silent.rpartition(":")
        said = await asyncio.wait_for(ask((host, int(port)), HOST), timeout=2)
        assert said.fault == "it does not answer"
        with pytest.raises(NotSupported, match="no name server tells its address"):
            await judged(monkeypatch, tmp_path, silent)


@pytest.mark.parametrize("url", ["redis://127.0.0.1", "redis://localhost", "unix:///run/redis.sock"])
def test_what_is_no_name_is_not_looked_up(url: str) -> None:
    with pytest.raises(NotSet):
        host_of(parse_endpoint(url))


def test_a_group_is_not_looked_up_by_one_name() -> None:
    with pytest.raises(NotSet):
        host_of(parse_endpoint("redis+cluster://one.example"))
    assert host_of(parse_endpoint("https://eu1.example")) == "eu1.example"


def test_a_machine_without_name_servers_has_none(tmp_path: Path) -> None:
    assert name_servers(tmp_path / "none") == []
