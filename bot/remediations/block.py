"""What would it mean to let Cloudflare turn addresses away, and to let them in again?

The runbook's step 21. One access rule for each address: https://developers.cloudflare.com/waf/tools/ip-access-rules/
"""

import asyncio
import ipaddress

from bot.errors import BadInput, ServiceUnavailable
from bot.providers.access_rules import (
    BLOCK,
    AccessRule,
    Network,
    name_of,
    path_of,
    rules_noted,
    rules_on,
    target_of,
)
from bot.providers.cloudflare import Zone, note_of
from bot.remediations import change
from bot.remediations.change import Change
from bot.remediations.plan import HttpCall, Plan, Preview, Repeat, Step, Tier, Wait
from bot.remediations.remediation import Prepared, Scene, Words
from bot.text import first_few, plain

MOST = 10
SEEN_WITHIN_S = 60
# How long Cloudflare takes a prefix to be, the widest first; the last one is a single address.
PREFIXES = {4: (16, 24, 32), 6: (32, 48, 64, 128)}
# From where nobody comes through the internet; of IPv6 only 2000::/3 is given out.
INSIDE = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "224.0.0.0/3",
    )
)
GIVEN_OUT = ipaddress.ip_network("2000::/3")


async def prepare_block(scene: Scene, zone: Zone, words: Words) -> Prepared:
    networks = _read(words)
    for network in networks:
        _check(network, zone)
    found = await asyncio.gather(*(rules_on(zone, scene.http, network) for network in networks))
    for network, rules in zip(networks, found, strict=True):
        if isinstance(rules, str):
            raise ServiceUnavailable(f"Nothing was planned: {rules}.")
        if rules:
            raise BadInput(_taken(network, rules[0], note_of(scene.target.name)))
    says = [f"{one} is {one.num_addresses:,} addresses" for one in networks if one.num_addresses > 1]
    if not zone.never_block:
        says.append("No address is kept from being blocked: cloudflare_never_block is not set in pong.toml")
    return plan_of_block(scene, zone, networks), Preview(
        measured_at_ms=scene.clock.now_ms(), says=tuple(says)
    )


async def prepare_unblock(scene: Scene, zone: Zone, words: Words) -> Prepared:
    networks, note = _read(words), note_of(scene.target.name)
    rules = await rules_noted(zone, scene.http, note)
    if isinstance(rules, str):
        raise ServiceUnavailable(f"Nothing was planned: {rules}.")
    ours = {rule.network: rule for rule in rules}
    found = [network for network in networks if network in ours]
    others = [name_of(network) for network in networks if network not in ours]
    if not found:
        raise BadInput(
            f"No rule of Pong's for {scene.target.name} blocks {first_few(others, most=MOST)}, and Pong "
            "removes no other. It has: "
            + (first_few([name_of(one) for one in ours], most=MOST) or "none")
            + "."
        )
    says = (f"No rule of Pong's blocks {first_few(others, most=MOST)}: nothing to take back there",)
    preview = Preview(measured_at_ms=scene.clock.now_ms(), says=says if others else ())
    return plan_of_unblock(scene, zone, [ours[network] for network in found]), preview


def plan_of_block(scene: Scene, zone: Zone, networks: tuple[Network, ...]) -> Plan:
    steps = [step for one in networks for step in _blocked(scene.target.name, zone, one)]
    lost = "whoever comes from there is turned away from the whole zone, also people who did nothing"
    return _plan(scene, "Block", networks, steps=tuple(steps), lost=lost)


def plan_of_unblock(scene: Scene, zone: Zone, rules: list[AccessRule]) -> Plan:
    steps = [step for rule in rules for step in _let_in(scene.target.name, zone, rule)]
    networks = tuple(rule.network for rule in rules)
    return _plan(
        scene, "Unblock", networks, steps=tuple(steps), lost="nothing; who was turned away may come again"
    )


def _plan(
    scene: Scene, verb: str, networks: tuple[Network, ...], *, steps: tuple[Step, ...], lost: str
) -> Plan:
    names = [name_of(one) for one in networks]
    back = "unblock" if verb == "Block" else "block"
    what = names[0] if len(names) == 1 else f"{len(names)} addresses"
    return Plan(
        remediation="protect",
        title=f"{verb} {what} at Cloudflare",
        target=scene.target.name,
        address=scene.address,
        tier=Tier.REVERSIBLE,
        steps=steps,
        lost=lost,
        undo=f"Undo: /redis protect {back} {' '.join(names)} {scene.target.name}",
        preconditions=(),
        goal=f"Cloudflare {verb.lower()}s what is listed",
    )


def _blocked(target: str, zone: Zone, network: Network) -> tuple[Step, ...]:
    name = name_of(network)
    call = HttpCall(
        service="Cloudflare",
        method="POST",
        path=path_of(zone),
        undo=f"/redis protect unblock {name} {target}.",
        repeat=Repeat.CHECK,
        fields=(
            ("mode", BLOCK),
            ("configuration.target", target_of(network)),
            ("configuration.value", name),
            ("notes", note_of(target)),
        ),
        changes=Change(f"{change.BLOCK}{name}", "", "blocked"),
    )
    seen = Wait(at_most_s=SEEN_WITHIN_S, until=f"{name} is blocked", condition="address-blocked", given=name)
    return call, seen


def _let_in(target: str, zone: Zone, rule: AccessRule) -> tuple[Step, ...]:
    name = name_of(rule.network)
    call = HttpCall(
        service="Cloudflare",
        method="DELETE",
        path=f"{path_of(zone)}/{rule.id}",
        undo=f"/redis protect block {name} {target}.",
        repeat=Repeat.CHECK,
        changes=Change(f"{change.BLOCK}{name}", "blocked", ""),
    )
    seen = Wait(
        at_most_s=SEEN_WITHIN_S,
        until=f"Pong blocks {name} no longer",
        condition="address-let-in",
        given=name,
    )
    return call, seen


def _taken(network: Network, rule: AccessRule, note: str) -> str:
    name = name_of(network)
    if rule.mode != BLOCK:
        return f"{name} has another rule at Cloudflare already ({rule.mode}): change it there."
    if rule.note == note:
        return f"{name} is blocked already, by Pong."
    return f"{name} is blocked already at Cloudflare, by a rule that is not Pong's for this target."


# -- which addresses may be meant ---------------------------------------------------------------------------


def _read(words: Words) -> tuple[Network, ...]:
    """The addresses, each once. Raises BadInput for what is none."""
    if not words:
        raise BadInput("Which address? Write it as 203.0.113.7, or a range as 203.0.113.0/24.")
    networks = tuple(dict.fromkeys(_network(word) for word in words))
    if len(networks) > MOST:
        raise BadInput(f"At most {MOST} addresses at once: block ranges, or ask again for the others.")
    return networks


def _network(word: str) -> Network:
    try:
        interface = ipaddress.ip_interface(word)
    except ValueError:
        raise BadInput(f"{plain(word, 60)} is no IP address and no range of them.") from None
    if "%" in word:
        raise BadInput(f"{plain(word, 60)} is an address within one network: nobody comes from there.")
    if interface.ip != interface.network.network_address:
        raise BadInput(f"{interface} is within a range: write {interface.network}, or {interface.ip} alone.")
    return interface.network


def _check(network: Network, zone: Zone) -> None:
    """Raises BadInput for what must not or cannot be blocked, with what to write instead."""
    name, prefixes = name_of(network), PREFIXES[network.version]
    if network.prefixlen < prefixes[0]:
        raise BadInput(f"{name} is too wide: block a /{prefixes[0]} at most.")
    if _is_inside(network):
        raise BadInput(f"{name} is no address of the internet: nobody comes to the zone from there.")
    for never in zone.never_block:
        if network.overlaps(ipaddress.ip_network(never)):
            raise BadInput(f"{name} is never blocked: {never} stands in cloudflare_never_block of pong.toml.")
    if network.prefixlen not in prefixes:
        nearest = next(length for length in prefixes if length > network.prefixlen)
        takes, narrower = ", ".join(f"/{length}" for length in prefixes[:-1]), network.network_address
        raise BadInput(
            f"Cloudflare takes ranges of IPv{network.version} as {takes} only: "
            f"write {narrower}/{nearest}, or more of them."
        )


def _is_inside(network: Network) -> bool:
    if isinstance(network, ipaddress.IPv6Network):
        return not network.overlaps(GIVEN_OUT)
    return any(network.overlaps(one) for one in INSIDE)
