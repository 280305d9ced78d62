"""Do DigitalOcean's firewalls let the application reach the target's port? Step 7.

Its droplets' own firewalls, and the trusted sources of a managed database.

https://docs.digitalocean.com/products/networking/firewalls/
"""

from typing import Any

from bot.config.tables import ThresholdsTable
from bot.diagnostics.finding import Finding, NextStep, Severity
from bot.diagnostics.question import Measured, NotSet, Subject
from bot.providers.digitalocean import ManagedDatabase, firewalls
from bot.targets.endpoint import port_of

CHECK = "firewall"
EVERY_PORT = ("all", "0", "")


async def read(subject: Subject) -> Measured:
    """port; closed: droplets whose firewalls let nothing out to it; trusts: None where it is not known."""
    cloud, database = subject.target.cloud, subject.target.database
    managed = database if isinstance(database, ManagedDatabase) else None
    if cloud is None or not (cloud.droplets or managed):
        raise NotSet("no droplets or managed database of DigitalOcean in pong.toml")
    walls = await firewalls(subject.http, cloud.account) if cloud.droplets else []
    trusted = await managed.trusted(subject.http) if managed else []
    faults = [one for one in (walls, trusted) if isinstance(one, str)]
    port = port_of(subject.target.address)
    return {
        "port": port,
        "droplets": len(cloud.droplets),
        "closed": [] if isinstance(walls, str) else closed(walls, cloud.droplets, port),
        "trusted": None if managed is None or isinstance(trusted, str) else len(trusted),
        "is_trusted": not isinstance(trusted, str) and is_trusted(trusted, cloud.app_id, cloud.droplets),
        "faults": faults,
    }


def judge(measured: Measured, thresholds: ThresholdsTable) -> list[Finding]:
    if measured["faults"]:
        return [Finding(check=CHECK, severity=Severity.UNKNOWN, title=measured["faults"][0])]
    found = [finding for rule in (_closed, _untrusted, _open) if (finding := rule(measured))]
    if found:
        return found
    title = f"The firewalls let port {measured['port']} through"
    return [Finding(check=CHECK, severity=Severity.OK, title=title)]


def closed(walls: list[dict[str, Any]], droplets: tuple[int, ...], port: int) -> list[int]:
    """The droplets that firewalls stand before, none of which lets TCP out to `port`. Pure."""
    shut = []
    for droplet in droplets:
        before = [wall for wall in walls if droplet in (wall.get("droplet_ids") or [])]
        if before and not any(_lets_out(wall, port) for wall in before):
            shut.append(droplet)
    return shut


def is_trusted(rules: list[dict[str, Any]], app_id: str, droplets: tuple[int, ...]) -> bool:
    """Whether the application may be among the trusted sources; a list without any trusts all. Pure."""
    own = {app_id, *map(str, droplets)} - {""}
    named = {str(rule.get("value")) for rule in rules if rule.get("type") in ("app", "droplet")}
    return (
        not rules or bool(own & named) or any(rule.get("type") in ("tag", "k8s", "ip_addr") for rule in rules)
    )


def _lets_out(wall: dict[str, Any], port: int) -> bool:
    rules = wall.get("outbound_rules") or []
    return any(
        rule.get("protocol") == "tcp" and _covers(str(rule.get("ports", "")), port)
        for rule in rules
        if isinstance(rule, dict)
    )


def _covers(ports: str, port: int) -> bool:
    """ "all", "0", "6379" or "6000-7000"."""
    if ports in EVERY_PORT:
        return True
    first, dash, last = ports.partition("-")
    if not first.isdigit() or (dash and not last.isdigit()):
        return False
    return int(first) <= port <= int(last if dash else first)


def _closed(measured: Measured) -> Finding | None:
    if not measured["closed"]:
        return None
    figure = f"{len(measured['closed'])} of {measured['droplets']}"
    return Finding(
        check=CHECK,
        severity=Severity.CRITICAL,
        title=f"The firewall lets {figure} droplets not out to port {measured['port']}",
        meaning="The application there cannot reach Redis at all.",
        figure=figure,
        threshold="none",
        next_step=NextStep(label=f"Add an outbound rule for TCP {measured['port']} (step 7)."),
    )


def _untrusted(measured: Measured) -> Finding | None:
    if not measured["trusted"] or measured["is_trusted"]:
        return None
    return Finding(
        check=CHECK,
        severity=Severity.CRITICAL,
        title="The application is not among the database's trusted sources",
        meaning="The database refuses its connections.",
        figure=f"{measured['trusted']} sources",
        threshold="the application is one of them",
        next_step=NextStep(label="Add the app or its droplets to the trusted sources (step 7)."),
    )


def _open(measured: Measured) -> Finding | None:
    if measured["trusted"] != 0:
        return None
    return Finding(
        check=CHECK,
        severity=Severity.NOTICE,
        title="The database has no trusted sources: whoever knows its password may come from anywhere",
        next_step=NextStep(label="Name the application as a trusted source."),
    )
