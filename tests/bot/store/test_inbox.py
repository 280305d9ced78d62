"""Is what was accepted worked on, once each, whatever happens in between?"""

import json
from functools import partial

import pytest

from bot.errors import Overtaken
from bot.store.inbox import Firing, InboxRecords
from bot.store.protocol import Store
from bot.store.records import Records

LEASE_MS = 30_000


async def test_the_same_thing_from_the_same_sender_is_accepted_once(store: Store, now_ms: int) -> None:
    first = await store.write(lambda r: r.inbox.accept("alertmanager", "k", '{"a": 1}', at_ms=now_ms))
    again = await store.write(lambda r: r.inbox.accept("alertmanager", "k", '{"a": 2}', at_ms=now_ms))
    other = await store.write(lambda r: r.inbox.accept("grafana", "k", '{"a": 3}', at_ms=now_ms))
    assert first is not None
    assert again is None
    assert other is not None
    claimed = await store.write(lambda r: r.inbox.claim(now_ms=now_ms, lease_ms=LEASE_MS, most=10))
    assert [json.loads(one.body)["a"] for one in claimed] == [1, 3]


async def test_what_is_told_again_is_to_be_worked_anew_once_it_was_worked(store: Store, now_ms: int) -> None:
    async def told(at_ms: int) -> int | None:
        return await store.write(lambda r: r.inbox.accept("s", "k", "{}", at_ms=at_ms, tells_again=True))

    id = await told(now_ms)
    assert id is not None
    assert await told(now_ms + 1) is None
    await store.write(lambda r: r.inbox.claim(now_ms=now_ms, lease_ms=LEASE_MS, most=1))
    assert await told(now_ms + 2) is None
    await store.write(lambda r: r.inbox.done(id, attempt=1))
    assert await told(now_ms + 3) == id
    [again] = await store.write(lambda r: r.inbox.claim(now_ms=now_ms + 3, lease_ms=LEASE_MS, most=1))
    assert (again.received_ms, again.attempts) == (now_ms + 3, 1)


async def test_a_claim_is_for_one_alone_until_its_lease_ends(store: Store, now_ms: int) -> None:
    await store.write(lambda r: r.inbox.accept("s", "k", "{}", at_ms=now_ms))
    assert await store.write(lambda r: r.inbox.claim(now_ms=now_ms, lease_ms=LEASE_MS, most=1))
    assert not await store.write(
        lambda r: r.inbox.claim(now_ms=now_ms + LEASE_MS - 1, lease_ms=LEASE_MS, most=1)
    )
    again = await store.write(lambda r: r.inbox.claim(now_ms=now_ms + LEASE_MS, lease_ms=LEASE_MS, most=1))
    assert [one.attempts for one in again] == [2]


async def test_what_the_caller_has_is_left_out_of_its_claim(store: Store, now_ms: int) -> None:
    mine = await store.write(lambda r: r.inbox.accept("s", "a", "{}", at_ms=now_ms))
    assert mine is not None
    await store.write(lambda r: r.inbox.claim(now_ms=now_ms, lease_ms=LEASE_MS, most=1))
    late_ms = now_ms + LEASE_MS
    assert await store.read(lambda r: r.inbox.next_ms(but=[mine])) is None
    left = await store.write(lambda r: r.inbox.claim(now_ms=late_ms, lease_ms=LEASE_MS, most=9, but=[mine]))
    assert not left
    assert await store.write(lambda r: r.inbox.claim(now_ms=late_ms, lease_ms=LEASE_MS, most=9))


async def test_the_oldest_are_claimed_first(store: Store, now_ms: int) -> None:
    for number in range(5):
        await store.write(lambda r, n=number: r.inbox.accept("s", str(n), str(n), at_ms=now_ms))
    claimed = await store.write(lambda r: r.inbox.claim(now_ms=now_ms, lease_ms=LEASE_MS, most=3))
    assert [one.body for one in claimed] == ["0", "1", "2"]


async def test_after_a_start_what_was_begun_is_to_be_done_again(store: Store, now_ms: int) -> None:
    await store.write(lambda r: r.inbox.accept("s", "k", "{}", at_ms=now_ms))
    await store.write(lambda r: r.inbox.claim(now_ms=now_ms, lease_ms=LEASE_MS, most=1))
    await store.write(lambda r: r.inbox.release_all())
    assert await store.write(lambda r: r.inbox.claim(now_ms=now_ms, lease_ms=LEASE_MS, most=1))


async def test_done_and_failed_are_never_claimed_again(store: Store, now_ms: int) -> None:
    done = await store.write(lambda r: r.inbox.accept("s", "a", "{}", at_ms=now_ms))
    failed = await store.write(lambda r: r.inbox.accept("s", "b", "{}", at_ms=now_ms))
    assert done is not None
    assert failed is not None
    await store.write(lambda r: r.inbox.claim(now_ms=now_ms, lease_ms=LEASE_MS, most=2))
    await store.write(lambda r: r.inbox.done(done, attempt=1))
    await store.write(lambda r: r.inbox.failed(failed, attempt=1, error="no"))
    await store.write(lambda r: r.inbox.release_all())
    late_ms = now_ms + 10 * LEASE_MS
    assert not await store.write(lambda r: r.inbox.claim(now_ms=late_ms, lease_ms=LEASE_MS, most=9))
    assert await store.read(lambda r: r.inbox.count("failed")) == 1


async def test_what_is_put_back_waits_for_its_time(store: Store, now_ms: int) -> None:
    id = await store.write(lambda r: r.inbox.accept("s", "k", "{}", at_ms=now_ms))
    assert id is not None
    await store.write(lambda r: r.inbox.claim(now_ms=now_ms, lease_ms=LEASE_MS, most=1))
    await store.write(lambda r: r.inbox.again(id, attempt=1, at_ms=now_ms + 500, error="busy"))
    assert await store.read(lambda r: r.inbox.next_ms()) == now_ms + 500
    assert not await store.write(lambda r: r.inbox.claim(now_ms=now_ms + 499, lease_ms=LEASE_MS, most=1))
    assert await store.write(lambda r: r.inbox.claim(now_ms=now_ms + 500, lease_ms=LEASE_MS, most=1))


async def test_who_was_overtaken_ends_nothing_and_nothing_of_it_stays(store: Store, now_ms: int) -> None:
    id = await store.write(lambda r: r.inbox.accept("s", "k", "{}", at_ms=now_ms))
    assert id is not None
    for at_ms in (now_ms, now_ms + LEASE_MS):
        await store.write(lambda r, at=at_ms: r.inbox.claim(now_ms=at, lease_ms=LEASE_MS, most=1))

    async def works(records: Records, attempt: int) -> None:
        await records.timeline.note(0, "worked", actor="pong", at_ms=attempt)
        await records.inbox.done(id, attempt=attempt)

    with pytest.raises(Overtaken):
        await store.write(lambda r: works(r, 1))
    for end in (InboxRecords.failed, partial(InboxRecords.again, at_ms=1)):
        with pytest.raises(Overtaken):
            await store.write(lambda r, end=end: end(r.inbox, id, attempt=1, error="late"))
    await store.write(lambda r: works(r, 2))
    with pytest.raises(Overtaken):
        await store.write(lambda r: works(r, 2))
    assert await store.read(lambda r: r.timeline.count(0, "worked", since_ms=0)) == 1


async def test_nothing_waits_in_an_empty_inbox(store: Store) -> None:
    assert await store.read(lambda r: r.inbox.next_ms()) is None


async def test_an_alert_is_news_once_for_each_status(store: Store) -> None:
    seen = [
        await store.write(lambda r, s=status: r.inbox.alert_is_news("alertmanager", "k", s))
        for status in ("firing", "firing", "resolved", "resolved", "firing")
    ]
    assert seen == [True, False, True, False, False]


async def test_the_alerts_of_an_incident_that_still_fire_are_known(store: Store) -> None:
    for key in ("a", "b", "c"):
        await store.write(lambda r, k=key: r.inbox.alert_is_news("s", k, "firing"))
        await store.write(lambda r, k=key: r.inbox.alert_belongs("s", k, 7))
    await store.write(lambda r: r.inbox.alert_is_news("s", "b", "resolved"))
    labels = {"severity": "critical"}
    await store.write(lambda r: r.inbox.alert_belongs("s", "c", 7, labels=labels))
    await store.write(lambda r: r.inbox.alert_called("s", "c", "RedisDown", starts_ms=5))
    assert await store.read(lambda r: r.inbox.firing(7, most=9)) == [
        Firing("another alert", None),
        Firing("RedisDown", 5, labels),
    ]
    assert await store.read(lambda r: r.inbox.firing(8, most=9)) == []
    assert len(await store.read(lambda r: r.inbox.firing(7, most=1))) == 1
    assert len(await store.read(lambda r: r.inbox.firing(7, most=9, but=("critical",)))) == 1
    assert await store.read(lambda r: r.inbox.alerts_firing(7)) == 2
    assert await store.read(lambda r: r.inbox.fires(7, "RedisDown"))
    assert not await store.read(lambda r: r.inbox.fires(7, "RedisMemoryHigh"))


async def test_an_alert_keeps_its_incident_and_where_it_stands_at_its_source(store: Store) -> None:
    for key in ("a", "b"):
        await store.write(lambda r, k=key: r.inbox.alert_is_news("pagerduty", k, "firing"))
        await store.write(lambda r, k=key: r.inbox.alert_belongs("pagerduty", k, 7, link=f"https://x/{k}"))
    await store.write(lambda r: r.inbox.alert_is_news("pagerduty", "a", "resolved"))
    await store.write(lambda r: r.inbox.alert_belongs("pagerduty", "a", 7))
    kept = await store.read(lambda r: r.inbox.alerts_of(7, "pagerduty"))
    assert [(one.key, one.status, one.link) for one in kept] == [
        ("a", "resolved", "https://x/a"),
        ("b", "firing", "https://x/b"),
    ]
    assert await store.read(lambda r: r.inbox.alerts_of(7, "grafana")) == []
    assert await store.read(lambda r: r.inbox.incident_of("pagerduty", "b")) == 7
    assert await store.read(lambda r: r.inbox.incident_of("grafana", "b")) is None
