"""Is there one open incident of a target, and does an incident come back as it was kept?"""

import asyncio
import json
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

from bot.incident import AlertState, Incident, Status
from bot.store.protocol import Store
from bot.store.records import Records
from bot.store.sqlite import open_sqlite


def incident(**changes: Any) -> Incident:
    facts: dict[str, Any] = {
        "id": 0,
        "runbook": "redis-failure",
        "target": "redis-prod",
        "title": "Redis Failure",
        "channel": "C0INCIDENTS",
        "opened_ms": 1_000,
        "alert_name": "RedisDown",
        "source": "alertmanager",
    }
    return Incident(**(facts | changes))


def resolved(kept: Incident) -> Incident:
    return kept.resolved(by="U0MARIA", at_ms=9_000, root_cause="a full disk", fix="a bigger one")


async def test_an_incident_comes_back_as_it_was_kept(store: Store) -> None:
    kept = await store.write(lambda r: r.incidents.open(incident()))
    acknowledged = kept.acknowledged(by="U0MARIA", at_ms=2_000)
    saved = await store.write(lambda r: r.incidents.save(acknowledged))
    assert await store.read(lambda r: r.incidents.get(kept.id)) == saved
    assert saved == replace(acknowledged, version=kept.version + 1)
    assert isinstance(saved.status, Status)
    assert isinstance(saved.alert, AlertState)


async def test_every_field_is_kept(store: Store) -> None:
    full = resolved(incident()).reopened(at_ms=10_000)
    changes = {one.name: f"said {one.name}" for one in fields(Incident) if one.type == "str | None"}
    kept = await store.write(lambda r: r.incidents.open(replace(full, **changes)))
    assert await store.read(lambda r: r.incidents.get(kept.id)) == kept


async def test_an_unknown_number_is_none(store: Store) -> None:
    assert await store.read(lambda r: r.incidents.get(404)) is None


async def test_two_alerts_at_once_open_one_incident(store: Store) -> None:
    outcomes = await asyncio.gather(
        *(store.write(lambda r: r.incidents.open(incident())) for _ in range(10)), return_exceptions=True
    )
    assert sum(isinstance(outcome, Incident) for outcome in outcomes) == 1
    assert len(await store.read(lambda r: r.incidents.all_open())) == 1


async def test_a_resolved_incident_leaves_room_for_the_next(store: Store) -> None:
    first = await store.write(lambda r: r.incidents.open(incident()))
    await store.write(lambda r: r.incidents.save(resolved(first)))
    assert await store.read(lambda r: r.incidents.open_for("redis-failure", "redis-prod")) is None
    second = await store.write(lambda r: r.incidents.open(incident(opened_ms=10_000)))
    assert second.id > first.id
    last = await store.read(lambda r: r.incidents.last_for("redis-failure", "redis-prod"))
    assert last == second


async def test_other_targets_and_no_target_have_incidents_of_their_own(store: Store) -> None:
    for target in ("redis-prod", "redis-jobs", None):
        await store.write(lambda r, t=target: r.incidents.open(incident(target=t)))
    found = await store.read(lambda r: r.incidents.open_for("redis-failure", None))
    assert found is not None
    assert found.target is None
    on = await store.read(lambda r: r.incidents.open_on("redis-jobs"))
    assert on is not None
    assert on.target == "redis-jobs"


async def test_incidents_are_counted_and_listed_newest_first(store: Store) -> None:
    for number in range(5):
        await store.write(lambda r, n=number: r.incidents.open(incident(target=f"t{n}", opened_ms=n * 100)))
    assert await store.read(lambda r: r.incidents.opened_since(200)) == 2
    newest = await store.read(lambda r: r.incidents.newest(2))
    assert [one.target for one in newest] == ["t4", "t3"]


async def test_findings_come_back_oldest_first(store: Store) -> None:
    for number in range(3):
        await store.write(lambda r, n=number: r.incidents.keep_finding(1, "memory", {"percent": n}, at_ms=n))
    assert await store.read(lambda r: r.incidents.findings(1)) == [
        {"at_ms": n, "kind": "memory", "facts": {"percent": n}} for n in range(3)
    ]


async def test_what_was_concluded_before_comes_back_and_holds_no_secret(tmp_path: Path) -> None:
    store = open_sqlite(
        f"sqlite:///{tmp_path}/pong.db",
        redact=lambda text: text.replace("hunter2", "***"),
        mirror=lambda event: None,
    )
    over = resolved(incident()).reopened(at_ms=10_000)
    [first] = over.concluded
    assert (first.root_cause, first.fix, first.by, first.resolved_ms) == (
        "a full disk",
        "a bigger one",
        "U0MARIA",
        9_000,
    )
    leaky = replace(over, concluded=(replace(first, fix="set hunter2"),))
    kept = await store.write(lambda r: r.incidents.open(leaky))
    found = await store.read(lambda r: r.incidents.get(kept.id))
    assert found == kept
    assert [one.fix for one in kept.concluded] == ["set ***"]
    await store.close()


async def test_what_was_kept_without_newer_facts_is_read(store: Store) -> None:
    kept = await store.write(lambda r: r.incidents.open(incident()))
    newer = ("concluded", "first_acknowledged_ms", "first_taken_after_ms", "well_before_ms")

    async def as_it_was(records: Records) -> None:
        facts = {name: value for name, value in asdict(kept).items() if name not in newer}
        await records.incidents._connection.run(
            "UPDATE incidents SET facts = :facts WHERE id = :id", facts=json.dumps(facts), id=kept.id
        )

    await store.write(as_it_was)
    assert await store.read(lambda r: r.incidents.get(kept.id)) == kept
