"""Which addresses may be blocked, and is everything else refused in one sentence?"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from pydantic import SecretStr

from bot.clock import DrivenClock
from bot.errors import BadInput
from bot.providers.cloudflare import Zone
from bot.remediations.plan import Plan, Repeat
from bot.remediations.protect import prepare
from bot.remediations.remediation import Scene
from bot.runbooks.redis_failure import REDIS_FAILURE
from bot.targets.address import parse
from bot.targets.target import Target
from tests.fixtures.cloud import CF_TOKEN, CloudflareZone

NEVER = ("203.0.113.96/28", "2001:db8:1::/48")


@asynccontextmanager
async def scene(
    zone: CloudflareZone, *, never: tuple[str, ...] = NEVER, path: str = "/"
) -> AsyncIterator[Scene]:
    address = parse("redis://127.0.0.1:1")
    guarded = Zone("https://api.cloudflare.com", SecretStr(CF_TOKEN), "zone-1", never, path)
    async with httpx.AsyncClient(transport=zone.transport()) as http:
        yield Scene(
            target=Target(name="redis-prod", address=address, zone=guarded),
            allowed=REDIS_FAILURE.allowed["protect"],
            clock=DrivenClock(),
            http=http,
            address=str(address),
        )


async def planned(zone: CloudflareZone, *words: str, never: tuple[str, ...] = NEVER) -> Plan:
    async with scene(zone, never=never) as there:
        return (await prepare(there, words))[0]


async def refused(zone: CloudflareZone, *words: str) -> str:
    with pytest.raises(BadInput) as refusal:
        await planned(zone, *words)
    assert not zone.changes
    return str(refusal.value)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("shop.example", "shop.example is no IP address and no range of them."),
        ("203.0.113.256", "203.0.113.256 is no IP address"),
        ("203.0.113.0/33", "203.0.113.0/33 is no IP address"),
        ("0x7f000001", "is no IP address"),
        ("203.0.113.7/24", "203.0.113.7/24 is within a range: write 203.0.113.0/24, or 203.0.113.7 alone."),
        ("2001:db8::1%eth0", "is an address within one network"),
    ],
)
async def test_what_is_no_address_is_called_so(typed: str, said: str) -> None:
    assert said in await refused(CloudflareZone(), "block", typed)


@pytest.mark.parametrize(
    "typed",
    [
        "10.1.2.3",
        "127.0.0.1",
        "169.254.169.254",
        "172.16.0.0/16",
        "192.168.1.0/24",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "0.0.0.0",
        "::",
        "::1",
        "fe80::1",
        "fd00::/48",
        "ff02::1",
        "::ffff:203.0.113.7",
    ],
)
async def test_a_private_or_a_loopback_address_is_refused(typed: str) -> None:
    assert "is no address of the internet" in await refused(CloudflareZone(), "block", typed)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("0.0.0.0/0", "0.0.0.0/0 is too wide: block a /16 at most."),
        ("203.0.0.0/15", "203.0.0.0/15 is too wide: block a /16 at most."),
        ("::/0", "::/0 is too wide: block a /32 at most."),
        ("2001:db8::/31", "2001:db8::/31 is too wide: block a /32 at most."),
        ("198.51.96.0/20", "Cloudflare takes ranges of IPv4 as /16, /24 only: write 198.51.96.0/24, or more"),
        ("198.51.100.0/30", "only: write 198.51.100.0/32, or more"),
        ("2001:db8::/56", "ranges of IPv6 as /32, /48, /64 only: write 2001:db8::/64, or more"),
    ],
)
async def test_a_range_that_is_too_wide_or_that_cloudflare_does_not_take_says_which(
    typed: str, said: str
) -> None:
    assert said in await refused(CloudflareZone(), "block", typed)


@pytest.mark.parametrize(
    ("typed", "never"),
    [
        ("203.0.113.99", "203.0.113.96/28"),
        ("203.0.113.0/24", "203.0.113.96/28"),
        ("203.0.0.0/16", "203.0.113.96/28"),
        ("2001:db8:1::5", "2001:db8:1::/48"),
        ("2001:db8::/32", "2001:db8:1::/48"),
    ],
)
async def test_what_meets_an_address_that_is_never_blocked_is_refused(typed: str, never: str) -> None:
    said = await refused(CloudflareZone(), "block", "192.0.2.77", typed)
    assert said == f"{typed} is never blocked: {never} stands in cloudflare_never_block of pong.toml."


async def test_an_address_with_a_rule_already_says_whose() -> None:
    zone = CloudflareZone()
    zone.blocks("192.0.2.1")
    zone.blocks("192.0.2.2", mode="whitelist")
    zone.blocks("192.0.2.3", notes="Pong: redis-prod")
    zone.blocks("2001:db8::7", notes="Pong: redis-jobs")
    assert "by a rule that is not Pong's for this target" in await refused(zone, "block", "192.0.2.1")
    assert "another rule at Cloudflare already (whitelist)" in await refused(zone, "block", "192.0.2.2")
    assert "192.0.2.3 is blocked already, by Pong." in await refused(zone, "block", "192.0.2.3")
    assert "2001:db8::7 is blocked already" in await refused(zone, "block", "2001:DB8:0::7")


async def test_at_most_ten_addresses_go_into_one_plan_each_of_them_once() -> None:
    ten = [f"192.0.2.{number}" for number in range(10)]
    assert "At most 10 addresses" in await refused(CloudflareZone(), "block", *ten, "192.0.2.10")
    plan = await planned(CloudflareZone(), "block", *ten, "192.0.2.0", "192.0.2.0/32")
    assert len(plan.steps) == 2 * len(ten)


async def test_each_call_has_its_undo_and_is_looked_up_instead_of_repeated() -> None:
    plan = await planned(CloudflareZone(), "block", "192.0.2.1", "192.0.2.0/24")
    calls, waits = plan.steps[::2], plan.steps[1::2]
    assert [step.undo for step in calls] == [
        "/redis protect unblock 192.0.2.1 redis-prod.",
        "/redis protect unblock 192.0.2.0/24 redis-prod.",
    ]
    assert {step.repeat for step in calls} == {Repeat.CHECK}
    assert {step.kind for step in waits} == {"wait"}


async def test_where_nothing_is_never_blocked_the_plan_says_so() -> None:
    async with scene(CloudflareZone(), never=()) as there:
        _, preview = await prepare(there, ("block", "192.0.2.1"))
    assert "cloudflare_never_block is not set" in preview.says[-1]
