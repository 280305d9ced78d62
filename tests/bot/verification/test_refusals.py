"""Is it told who is still refused as the user that was switched off, and from where?"""

from collections import Counter
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from redis.exceptions import AuthenticationError

from bot.clock import SystemClock
from bot.execution.effects.redis import remediation_client
from bot.targets.address import parse
from bot.targets.target import Target
from bot.tasks import closed
from bot.verification.conditions import look
from bot.verification.held import Held, Looker
from bot.verification.refusals import WATCHED_S, counts_of, refused
from tests.fixtures.redis_server import RedisServer


def nothing() -> None:
    """Happens between two looks."""


async def watched(
    server: RedisServer,
    *,
    user: str = "default",
    for_s: float = WATCHED_S,
    meanwhile: Callable[[], None] = nothing,
) -> Held:
    """The second look of a wait that has lasted `for_s`."""
    password = "any" if user != "default" else None
    address = parse(server.url(user=user, password=password) if password else server.url())
    client, clock = remediation_client(address), SystemClock()
    async with httpx.AsyncClient() as http:
        looker = Looker(
            target=Target(name="redis-prod", address=address),
            clock=clock,
            http=http,
            redis=client,
            since_ms=clock.now_ms() - 60_000,
            waits_since_ms=clock.now_ms() - round(1000 * for_s),
        )
        await look("refusals-watched", "shop_a", looker)
        meanwhile()
        held = await look("refusals-watched", "shop_a", looker)
    await closed(client)
    return held


def tries(server: RedisServer, user: str) -> None:
    with pytest.raises(AuthenticationError), server.client(username=user, password="first") as client:
        client.ping()


async def test_only_whoever_is_refused_meanwhile_is_told_by_host(redis: RedisServer) -> None:
    redis.command("ACL", "SETUSER", "shop_a", "off", ">first")
    assert await watched(redis) == Held("yes", "nobody was refused as shop_a")
    tries(redis, "shop_a")
    tries(redis, "shop_a")
    assert await watched(redis) == Held("yes", "nobody was refused as shop_a")

    def meanwhile() -> None:
        tries(redis, "shop_a")
        tries(redis, "shop_b")

    held = await watched(redis, meanwhile=meanwhile)
    assert held == Held(
        "yes",
        "1 login as shop_a was refused meanwhile, from 127.0.0.1: "
        "somebody there may still have the old password",
    )


async def test_a_log_that_may_not_be_read_is_not_taken_for_an_empty_one(redis: RedisServer) -> None:
    redis.command("ACL", "SETUSER", "narrow", "on", "nopass", "+ping")
    held = await watched(redis, user="narrow")
    assert held.is_so
    assert "whether somebody is refused as shop_a is not known" in held.says


def entry(**more: Any) -> dict[str, Any]:
    own = {"reason": "auth", "username": "shop_a", "count": 1, "age-seconds": "1.5"}
    return own | {"client-info": "id=7 addr=10.0.0.9:41234 laddr=10.0.0.1:6379"} | more


def test_what_was_refused_before_or_for_another_reason_does_not_count() -> None:
    before = [entry(**{"entry-id": 4, "count": 7})]
    others = [*before, entry(reason="command"), entry(username="shop_b")]
    seen = refused(others, "shop_a", counts_of(before, "shop_a"), within_s=60)
    assert seen.says("shop_a") == "nobody was refused as shop_a"


@pytest.mark.parametrize("id", [{"entry-id": 4}, {}])
def test_a_repeat_in_an_old_entry_counts_by_its_growth(id: dict[str, int]) -> None:
    before = counts_of([entry(**id, count=7)], "shop_a")
    seen = refused([entry(**id, count=9)], "shop_a", before, within_s=60)
    assert seen.says("shop_a").startswith(
        "2 logins as shop_a were refused meanwhile, the newest from 10.0.0."
    )


def test_many_hosts_are_three_and_a_number_the_newest_first() -> None:
    log = [entry(**{"age-seconds": str(9 - n), "client-info": f"addr=10.0.0.{n}:1"}) for n in range(5)]
    log.append(entry(**{"client-info": ""}))
    says = refused(log, "shop_a", Counter(), within_s=60).says("shop_a")
    assert says.startswith(
        "6 logins as shop_a were refused meanwhile, from an unknown host, 10.0.0.4, 10.0.0.3 and 3 more:"
    )
