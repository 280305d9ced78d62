"""Are Cloudflare's access rules read whole, and Pong's told apart from the others?"""

from ipaddress import ip_network

import httpx
import pytest

from bot.providers.access_rules import AccessRule, name_of, rules_noted, rules_on, target_of
from bot.providers.cloudflare import Zone
from tests.bot.remediations.test_block import scene
from tests.fixtures.cloud import CloudflareZone

NOTE = "Pong: redis-prod"


async def noted(zone: CloudflareZone) -> tuple[AccessRule, ...] | str:
    async with scene(zone) as there:
        assert there.target.zone
        return await rules_noted(there.target.zone, there.http, NOTE)


async def test_a_note_counts_only_when_it_is_exactly_ours_and_the_rule_blocks() -> None:
    zone = CloudflareZone()
    for number, notes in enumerate((NOTE, "Pong: redis-prod-2", "not Pong: redis-prod", "pong: REDIS-PROD")):
        zone.blocks(f"192.0.2.{number}", notes=notes)
    zone.blocks("192.0.2.9", notes=NOTE, mode="challenge")
    found = await noted(zone)
    assert not isinstance(found, str)
    assert [name_of(rule.network) for rule in found] == ["192.0.2.0"]


async def test_every_page_is_read() -> None:
    zone = CloudflareZone()
    for number in range(450):
        zone.blocks(f"192.0.{number // 256}.{number % 256}", notes=NOTE)
    assert len(await noted(zone)) == 450


async def test_too_many_to_be_read_is_said_and_nothing_is_claimed() -> None:
    zone = CloudflareZone()
    for number in range(1000):
        zone.blocks(f"192.0.{number // 256}.{number % 256}", notes=NOTE)
    assert await noted(zone) == "Cloudflare has more than 1,000 access rules of this kind"


async def test_ipv6_is_found_however_it_is_written() -> None:
    zone = CloudflareZone()
    zone.blocks("2001:db8::7")
    zone.blocks("2001:db8:5::/48")
    async with scene(zone) as there:
        assert there.target.zone
        for typed in ("2001:db8::7", "2001:db8:5::/48"):
            [rule] = await rules_on(there.target.zone, there.http, ip_network(typed))
            assert isinstance(rule, AccessRule)
            assert name_of(rule.network) == typed


@pytest.mark.parametrize(
    ("typed", "target"),
    [
        ("192.0.2.1", "ip"),
        ("2001:db8::1", "ip6"),
        ("192.0.2.0/24", "ip_range"),
        ("2001:db8::/64", "ip_range"),
    ],
)
def test_each_kind_of_address_has_cloudflares_name(typed: str, target: str) -> None:
    assert target_of(ip_network(typed)) == target


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"result": None}, "does not tell its access rules"),
        ({"result": [{"id": "../x", "configuration": {"value": "192.0.2.1"}, "mode": "block"}]}, ()),
        ({"result": [{"id": "a", "configuration": {"value": "DE"}, "mode": "block", "notes": NOTE}, 7]}, ()),
    ],
)
async def test_what_is_no_rule_for_an_address_is_left_out(body: object, said: object) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json=body))
    async with scene(CloudflareZone()) as there, httpx.AsyncClient(transport=transport) as http:
        zone: Zone | None = there.target.zone
        assert zone
        found = await rules_noted(zone, http, NOTE)
    assert said in found if isinstance(found, str) else found == said  # type: ignore[operator]
