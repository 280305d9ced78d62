"""Are a zone's rate limits read, and Pong's told apart from the others?"""

import httpx
import pytest

from bot.providers.rate_limits import Limits, limits
from tests.bot.remediations.test_block import scene
from tests.fixtures.cloud import CloudflareZone

NOTE = "Pong: redis-prod"


async def read(zone: CloudflareZone, transport: httpx.MockTransport | None = None) -> Limits | str:
    async with scene(zone) as there, httpx.AsyncClient(transport=transport or zone.transport()) as http:
        assert there.target.zone
        return await limits(there.target.zone, http, NOTE)


async def test_a_zone_without_any_has_none() -> None:
    assert await read(CloudflareZone()) == Limits()


async def test_ours_are_those_with_exactly_our_note() -> None:
    zone = CloudflareZone()
    zone.limited("login", NOTE, "Pong: redis-prod-2", f"{NOTE} ")
    found = await read(zone)
    assert isinstance(found, Limits)
    assert (found.ruleset_id, found.others) == ("limits-1", 3)
    assert [rule.limit.says for rule in found.ours if rule.limit] == ["50 per 10s"]


@pytest.mark.parametrize("change", [{"enabled": False}, {"action": "log"}, {"ratelimit": {}}])
async def test_a_rule_that_limits_nobody_any_more_is_ours_without_a_limit(change: dict[str, object]) -> None:
    zone = CloudflareZone()
    zone.limited(NOTE, **change)
    found = await read(zone)
    assert isinstance(found, Limits)
    assert [rule.limit for rule in found.ours] == [None]


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (403, "CLOUDFLARE_API_TOKEN needs the right Zone WAF Edit for this zone"),
        (429, "Cloudflare answered HTTP 429"),
        (500, "Cloudflare answered HTTP 500"),
    ],
)
async def test_what_is_not_told_is_not_taken_for_none(status: int, said: str) -> None:
    found = await read(CloudflareZone(reads=status))
    assert isinstance(found, str)
    assert said in found


async def test_an_id_that_would_lead_elsewhere_is_not_used() -> None:
    body = {"result": {"id": "../../x", "rules": []}}
    found = await read(CloudflareZone(), httpx.MockTransport(lambda _: httpx.Response(200, json=body)))
    assert found == "Cloudflare does not tell its rate limits"
