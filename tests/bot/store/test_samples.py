"""Are samples kept by incident, in order, and for six hours?"""

from bot.store.protocol import Store
from bot.store.samples import KEEPS_MS
from bot.watching.sample import Sample


async def test_they_come_back_as_they_were_oldest_first(store: Store):
    late, early = Sample(at_ms=20, run_id="a", ops_per_s=1.5, ping_ms=0.4), Sample(at_ms=10)
    await store.write(lambda records: records.samples.keep([(1, late), (1, early), (2, late)]))
    assert await store.read(lambda records: records.samples.of(1)) == [early, late]
    assert await store.read(lambda records: records.samples.of(3)) == []


async def test_what_is_older_than_six_hours_goes(store: Store):
    old, new = Sample(at_ms=1), Sample(at_ms=KEEPS_MS + 2)
    await store.write(lambda records: records.samples.keep([(1, old), (2, old)]))
    await store.write(lambda records: records.samples.keep([(1, new)]))
    assert await store.read(lambda records: records.samples.of(1)) == [new]
    assert await store.read(lambda records: records.samples.of(2)) == [old]
