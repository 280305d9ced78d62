"""Is what is to be done elsewhere kept letter by letter, and what became of it?"""

from dataclasses import replace

from bot.store.errands import State
from bot.store.protocol import Store

FACTS = {"labels": {"größe": 'ü "x" hunter2222'}, "of": [1, 2]}


async def test_it_waits_with_its_facts_until_something_came_of_it(store: Store, now_ms: int) -> None:
    id = await store.write(lambda r: r.errands.add(7, "silence", FACTS, at_ms=now_ms))
    errand = await store.read(lambda r: r.errands.get(id))
    assert errand is not None
    assert (errand.facts, errand.state, errand.tries, errand.at_ms) == (FACTS, State.WAITING, 0, now_ms)
    done = replace(errand, state=State.DONE, tries=2, facts={"id": "s1"})
    await store.write(lambda r: r.errands.save(done))
    assert await store.read(lambda r: r.errands.get(id)) == done


async def test_each_incident_has_its_own_oldest_first(store: Store, now_ms: int) -> None:
    for incident_id, kind in ((7, "b"), (8, "c"), (7, "a")):
        await store.write(lambda r, i=incident_id, k=kind: r.errands.add(i, k, {}, at_ms=now_ms))
    assert [one.kind for one in await store.read(lambda r: r.errands.of(7))] == ["b", "a"]
    assert await store.read(lambda r: r.errands.get(99)) is None
