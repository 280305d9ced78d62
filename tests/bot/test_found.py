"""Is what is thought to be wrong the newest triage's word, and said only where somebody looked?"""

from typing import Any

import pytest

from bot.found import Found, found_so_far
from tests.fixtures.small_pong import SmallPong

SICK = {"severity": "critical", "title": "memory is at 97 %"}
FINE = {"severity": "ok", "title": "clients are at 3 %"}


async def found_with(small: SmallPong, **facts: Any) -> Found | None:
    """What is found after a triage that came to `facts`."""

    async def kept(records: Any) -> Found | None:
        await records.incidents.keep_finding(1, "triage", facts, at_ms=1_000)
        incident = await records.incidents.get(1)
        assert incident
        return await found_so_far(records, incident)

    return await small.pong.store.write(kept)


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        (
            {"likeliest": "cache keys fill the memory (97 %)", "findings": [SICK]},
            "cache keys fill the memory (97 %)",
        ),
        ({"likeliest": None, "findings": [SICK, FINE]}, "memory is at 97 %"),
        ({"findings": [FINE], "target": "redis-prod", "outcome": {"says": "answers"}}, "redis-prod answers"),
    ],
)
async def test_the_likeliest_cause_then_the_worst_finding_then_the_probe(
    open_one: SmallPong, facts: dict[str, Any], says: str
) -> None:
    assert await found_with(open_one, **facts) == Found(says=says, by="triage", at_ms=1_000)


async def test_the_newest_look_speaks_where_nobody_asked_for_a_triage(open_one: SmallPong) -> None:
    async def before(records: Any) -> Found | None:
        return await found_so_far(records, await records.incidents.get(1))

    assert await open_one.pong.store.read(before) is None
    await open_one.ticks(60)
    found = await open_one.pong.store.read(before)
    assert found
    assert found.by == "look"
    assert "refuses connections" in found.says
