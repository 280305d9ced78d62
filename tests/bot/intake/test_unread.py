"""Is an alert that nobody can read said and kept, while the others of its group count?"""

import json
from typing import Any

from tests.bot.intake.test_opening import alert, the_incident
from tests.fixtures.alerts import alertmanager
from tests.fixtures.small_pong import SmallPong


def group(*odd: dict[str, Any], **more: Any) -> str:
    """A body with one good alert, and one more for each of `odd`, which are changes of it."""
    body = json.loads(alertmanager(**more))
    body["alerts"] += [body["alerts"][0] | changes for changes in odd]
    return json.dumps(body)


def other(name: str, status: str = "suppressed") -> dict[str, Any]:
    return {"status": status, "labels": {"alertname": name}}


async def test_the_other_alerts_of_the_group_count_and_this_one_is_named(small: SmallPong) -> None:
    await alert(small, group(other("RedisMemoryHigh")))
    assert (await the_incident(small)).target == "redis-prod"
    [told] = await small.posted("cannot read")
    assert told["text"] == (
        "🟠 Alertmanager sent an alert that Pong cannot read, of 2 in a group: RedisMemoryHigh "
        "(alerts.1.status: Input should be 'firing' or 'resolved'). "
        "The others count. Look at Alertmanager itself whether these fire."
    )
    [noted] = [event for event in small.noted if event.kind == "alerts.unread"]
    assert noted.data["count"] == 1
    assert "RedisMemoryHigh" in noted.data["faults"][0]


async def test_many_of_them_are_one_message_with_the_first_few(small: SmallPong) -> None:
    await alert(small, group(*(other(f"Redis{n}") for n in range(1000))))
    [told] = await small.posted("cannot read")
    assert "1,000 alerts that Pong cannot read, of 1,001 in a group: Redis0 (" in told["text"]
    assert "and 997 more" in told["text"]


async def test_the_same_ones_are_said_once_an_hour(small: SmallPong) -> None:
    for number in range(3):
        await alert(small, group(other("RedisMemoryHigh"), receiver=str(number)))
    assert len(await small.posted("cannot read")) == 1
    await alert(small, group(other("RedisConnectionsHigh")))
    assert len(await small.posted("cannot read")) == 2
    await small.ticks(3600, every_s=600)
    await alert(small, group(other("RedisMemoryHigh"), receiver="later"))
    assert len(await small.posted("cannot read")) == 3
    assert len([event for event in small.noted if event.kind == "alerts.unread"]) == 5


async def test_its_name_calls_nobody_and_one_without_a_name_is_said_too(small: SmallPong) -> None:
    await alert(small, group(other("<!channel>"), {"status": "firing", "labels": None}))
    [told] = await small.posted("cannot read")
    assert "<!" not in told["text"]
    assert "one without a name (alerts.2.labels: Input should be a valid dictionary)" in told["text"]
