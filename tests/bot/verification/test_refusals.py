"""Is it told who still tries the password that was switched off, and from where?"""

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
from bot.verification.refusals import WATCHED_S, refused
from tests.fixtures.redis_server import RedisServer


async def watched(server: RedisServer, *, user: str = "default", for_s: float = WATCHED_S) -> Held:
    """After a plan that began a minute ago, whose last step has waited `for_s`."""
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
        held = await look("refusals-watched", "shop_a", looker)
    await closed(client)
    return held


def tries(server: RedisServer, user: str) -> None:
    with pytest.raises(AuthenticationError), server.client(username=user, password="first") as client:
        client.ping()


async def test_whoever_still_has_the_old_password_is_told_by_host(redis: RedisServer) -> None:
    redis.command("ACL", "SETUSER", "shop_a", "off", ">first")
    assert await watched(redis) == Held("yes", "nobody was refused as shop_a")
    tries(redis, "shop_a")
    tries(redis, "shop_a")
    tries(redis, "shop_b")
    held = await watched(redis)
    assert held.state == "yes"
    assert (
        held.says
        == "2 logins as shop_a refused since, from 127.0.0.1: the old password is still in use there"
    )


async def test_it_watches_for_a_while_before_it_says_so(redis: RedisServer) -> None:
    assert (await watched(redis, for_s=WATCHED_S - 5)).state == "under way"


async def test_a_log_that_may_not_be_read_is_not_taken_for_an_empty_one(redis: RedisServer) -> None:
    redis.command("ACL", "SETUSER", "narrow", "on", "nopass", "+ping")
    held = await watched(redis, user="narrow")
    assert held.is_so
    assert "whether somebody is refused as shop_a is not known" in held.says


def entry(**more: Any) -> dict[str, Any]:
    own = {"reason": "auth", "username": "shop_a", "count": 1, "age-seconds": "1.5"}
    return own | {"client-info": "id=7 addr=10.0.0.9:41234 laddr=10.0.0.1:6379"} | more


def test_what_was_refused_before_the_plan_or_for_another_reason_does_not_count() -> None:
    others = [entry(**{"age-seconds": "90"}), entry(reason="command"), entry(username="shop_b")]
    assert refused(others, "shop_a", within_s=60).says("shop_a") == "nobody was refused as shop_a"


def test_many_hosts_are_three_and_a_number_the_newest_first() -> None:
    log = [entry(**{"age-seconds": str(9 - n), "client-info": f"addr=10.0.0.{n}:1"}) for n in range(5)]
    says = refused([*log, entry(**{"client-info": ""})], "shop_a", within_s=60).says("shop_a")
    assert says.startswith(
        "6 logins as shop_a refused since, from an unknown host, 10.0.0.4, 10.0.0.3 and 3 more:"
    )
