"""Does a watch stand in the store until it ends?"""

from bot.store.protocol import Store
from bot.watching.sample import Sample


async def test_it_goes_on_until_it_ends_once(store: Store) -> None:
    number = await store.write(lambda records: records.watches.begin("redis-prod", "C0/watch:1", until_ms=9))
    sample = Sample(at_ms=5, run_id="a", ops_per_s=1.5)
    await store.write(lambda records: records.watches.seen(number, sample))
    [watch] = await store.read(lambda records: records.watches.all_on())
    assert (watch.id, watch.target, watch.message_id, watch.until_ms, watch.last) == (
        number,
        "redis-prod",
        "C0/watch:1",
        9,
        sample,
    )
    assert await store.write(lambda records: records.watches.end(number))
    assert not await store.write(lambda records: records.watches.end(number))
    assert await store.read(lambda records: records.watches.get(number)) is None
    assert await store.read(lambda records: records.watches.all_on()) == []
