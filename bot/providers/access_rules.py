"""Which addresses has the zone at Cloudflare rules for, and which of them did Pong make?

https://developers.cloudflare.com/api/resources/firewall/subresources/access_rules/methods/list/
"""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from bot.providers.cloudflare import Zone, why_not
from bot.text import plain

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
RIGHT = "Firewall Services Edit"
BLOCK = "block"
ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
PAGES_MOST, PAGE_RULES = 5, 200


@dataclass(frozen=True, kw_only=True)
class AccessRule:
    """`mode` is Cloudflare's word: block, whitelist, or one of its challenges."""

    id: str
    mode: str
    network: Network
    note: str


def path_of(zone: Zone) -> str:
    return f"{zone.path}/firewall/access_rules/rules"


def target_of(network: Network) -> str:
    """What Cloudflare calls this kind of address."""
    if not is_single(network):
        return "ip_range"
    return "ip" if network.version == 4 else "ip6"


def name_of(network: Network) -> str:
    """As people write it: `203.0.113.7`, `198.51.100.0/24`."""
    return str(network.network_address) if is_single(network) else str(network)


def is_single(network: Network) -> bool:
    return network.prefixlen == network.max_prefixlen


async def rules_on(zone: Zone, http: httpx.AsyncClient, network: Network) -> tuple[AccessRule, ...] | str:
    """The rules for exactly this address or range; or why they are not known. Raises nothing."""
    # Cloudflare keeps IPv6 with all its zeros, whatever it was given.
    whole = network.network_address.exploded if is_single(network) else network.exploded
    found = await _listed(zone, http, {"configuration.value": whole})
    return found if isinstance(found, str) else tuple(rule for rule in found if rule.network == network)


async def rules_noted(zone: Zone, http: httpx.AsyncClient, note: str) -> tuple[AccessRule, ...] | str:
    """The rules that block and carry exactly this note; or why they are not known. Raises nothing."""
    found = await _listed(zone, http, {"notes": note})
    if isinstance(found, str):
        return found
    # Cloudflare searches within notes: another target's name may begin with this one's.
    return tuple(rule for rule in found if rule.note == note and rule.mode == BLOCK)


async def _listed(
    zone: Zone, http: httpx.AsyncClient, asked: Mapping[str, str | int]
) -> list[AccessRule] | str:
    rules: list[AccessRule] = []
    for page in range(1, PAGES_MOST + 1):
        query = {**asked, "page": page, "per_page": PAGE_RULES}
        answer = await zone.get(http, path_of(zone), query)
        listed = answer.body.get("result") if answer.body else None
        if not isinstance(listed, list):
            return why_not(answer, "its access rules", right=RIGHT)
        rules += [rule for one in listed if (rule := _rule(one))]
        if len(listed) < PAGE_RULES:
            return rules
    return f"Cloudflare has more than {PAGES_MOST * PAGE_RULES:,} access rules of this kind"


def _rule(one: Any) -> AccessRule | None:
    """None for a rule about a country or a provider."""
    configuration = one.get("configuration") if isinstance(one, dict) else None
    if not isinstance(configuration, dict) or not ID.fullmatch(str(one.get("id"))):
        return None
    try:
        network = ipaddress.ip_network(str(configuration.get("value")), strict=False)
    except ValueError:
        return None
    note = str(one.get("notes") or "")
    return AccessRule(id=one["id"], mode=plain(one.get("mode", ""), 40), network=network, note=note)
