"""Do all name servers give the target's name the same addresses, and for how long do these count? Step 7.

Each server that this host is told to use is asked by itself. https://dnspython.readthedocs.io/en/stable/
"""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import dns.asyncquery
import dns.exception
import dns.message
import dns.rcode
import dns.rdatatype

from bot.config.tables import ThresholdsTable
from bot.diagnostics.finding import Finding, NextStep, Severity
from bot.diagnostics.question import Measured, NotSet, NotSupported, Subject
from bot.diagnostics.units import count
from bot.targets.address import Address
from bot.targets.endpoint import Endpoint
from bot.targets.names import is_number
from bot.targets.rest import Rest

CHECK = "name"
ANSWERS_WITHIN_S = 1.0
SERVERS_MOST = 4
TTL_LONG_S = 3_600
RESOLV_CONF = Path("/etc/resolv.conf")

NameServer = tuple[str, int]


@dataclass(frozen=True, kw_only=True)
class Said:
    """What one name server says: the addresses, the shortest TTL; or why it says none, in words."""

    addresses: frozenset[str] = frozenset()
    ttl_s: int | None = None
    fault: str = ""


async def read(subject: Subject) -> Measured:
    """servers that were asked; silent of them; answers: how many differ; addresses; ttl_s: the longest."""
    host = host_of(subject.target.address)
    servers = await asyncio.to_thread(name_servers)
    if not servers:
        raise NotSupported("this host names no name server of its own")
    said = await asyncio.gather(*(ask(server, host) for server in servers))
    answers = {one.addresses for one in said if one.addresses}
    if not answers:
        raise NotSupported(f"no name server tells its address: {next(one.fault for one in said)}")
    return {
        "servers": len(said),
        "silent": sum(bool(one.fault) for one in said),
        "answers": len(answers),
        "addresses": len(frozenset.union(*answers)),
        "ttl_s": max((one.ttl_s for one in said if one.ttl_s is not None), default=0),
    }


def judge(measured: Measured, thresholds: ThresholdsTable) -> list[Finding]:
    found = [finding for rule in (_differ, _silent, _long) if (finding := rule(measured))]
    if found:
        return found
    addresses = count(measured["addresses"], "address", "addresses")
    servers = count(measured["servers"], "name server", "name servers")
    title = f"{servers} agree: {addresses}, TTL {measured['ttl_s']} s"
    return [Finding(check=CHECK, severity=Severity.OK, title=title, figures={"dns_ttl_s": measured["ttl_s"]})]


def host_of(endpoint: Endpoint) -> str:
    """The one name that is looked up. Raises NotSet or NotSupported where there is none."""
    if isinstance(endpoint, Rest):
        return endpoint.host
    if not isinstance(endpoint, Address):
        raise NotSet("it has several servers: each was pinged")
    if endpoint.scheme == "unix" or is_number(endpoint.host) or "." not in endpoint.host.strip("."):
        raise NotSet("its address is not looked up in DNS")
    return endpoint.host


def name_servers(settings: Path = RESOLV_CONF) -> list[NameServer]:
    """Those of resolv.conf; "host:port" is understood too."""
    try:
        lines = settings.read_text("utf-8", "replace").splitlines()
    except OSError:
        return []
    named = [words[1] for line in lines if (words := line.split())[:1] == ["nameserver"] and len(words) > 1]
    return [_server(one) for one in named[:SERVERS_MOST]]


async def ask(server: NameServer, host: str) -> Said:
    """The addresses of `host` by `server`, within a second. Raises nothing."""
    where, port = server
    found: set[str] = set()
    ttls: list[int] = []
    for kind in (dns.rdatatype.A, dns.rdatatype.AAAA):
        try:
            query = dns.message.make_query(host, kind)
            reply = await dns.asyncquery.udp(query, where, port=port, timeout=ANSWERS_WITHIN_S)
        except (dns.exception.DNSException, OSError, ValueError):
            return Said(fault="it does not answer")
        if reply.rcode() not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
            return Said(fault=f"it answers {dns.rcode.to_text(reply.rcode())}")
        for records in reply.answer:
            if records.rdtype == kind:
                found |= {record.to_text() for record in records}
                ttls.append(records.ttl)
    if not found:
        return Said(fault="it knows no address")
    return Said(addresses=frozenset(found), ttl_s=min(ttls))


def _server(text: str) -> NameServer:
    host, colon, port = text.rpartition(":")
    is_pair = colon and port.isdigit() and ":" not in host
    return (host, int(port)) if is_pair else (text, 53)


def _differ(measured: Measured) -> Finding | None:
    if measured["answers"] < 2:
        return None
    return Finding(
        check=CHECK,
        severity=Severity.WARNING,
        title=f"The name servers do not agree: {measured['answers']} different answers",
        meaning="Who asks one reaches another server than who asks the next: as if the fault came and went.",
        figure=f"{measured['answers']} answers",
        threshold="one",
        next_step=NextStep(label="Compare them (dig @SERVER NAME), and wait for the TTL after a change."),
        figures={"dns_answers": measured["answers"]},
    )


def _silent(measured: Measured) -> Finding | None:
    if not measured["silent"]:
        return None
    figure = f"{measured['silent']} of {measured['servers']}"
    return Finding(
        check=CHECK,
        severity=Severity.NOTICE,
        title=f"{figure} name servers do not tell its address",
        meaning="Each look-up that meets it first waits for seconds.",
        figure=figure,
        threshold="none",
        next_step=NextStep(label="Look at that name server, or take it out of resolv.conf (step 7)."),
    )


def _long(measured: Measured) -> Finding | None:
    if measured["ttl_s"] <= TTL_LONG_S:
        return None
    figure = f"{measured['ttl_s']:,} s"
    return Finding(
        check=CHECK,
        severity=Severity.NOTICE,
        title=f"Its addresses count for {figure}",
        meaning="After a failover by DNS the old address is used as long.",
        figure=figure,
        threshold=f"over {TTL_LONG_S:,} s",
        next_step=NextStep(label="Give the name a TTL of a minute or less."),
        figures={"dns_ttl_s": measured["ttl_s"]},
    )
