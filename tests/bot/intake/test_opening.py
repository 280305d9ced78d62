"""Does an alert open, join, reopen or end an incident as it should, and never twice?"""

from dataclasses import replace
from pathlib import Path

from bot import flow
from bot.clock import clock_time
from bot.incident import AlertState, Status
from bot.promises.made import release
from tests.fixtures.alerts import alertmanager, grafana, pagerduty
from tests.fixtures.asking import begun
from tests.fixtures.small_pong import MARIA, SmallPong, small_pong

START_MS = 1_767_229_800_000


async def alert(small: SmallPong, body: str, source: str = "alertmanager") -> None:
    """Take one body in and work it, as the web and the inbox do."""
    key = f"body:{len(small.noted)}:{hash(body)}"
    at_ms = small.clock.now_ms()
    id = await small.pong.store.write(lambda records: records.inbox.accept(source, key, body, at_ms=at_ms))
    assert id is not None
    await flow.on_accepted(small.pong, await begun(small, id))


async def the_incident(small: SmallPong, id: int = 1):
    return await small.pong.store.read(lambda records: records.incidents.get(id))


async def test_an_alert_opens_an_incident_with_its_message_and_the_ping_of_who_is_on_call(small: SmallPong):
    await alert(small, alertmanager())
    incident = await the_incident(small)
    assert incident.status is Status.TRIGGERED
    assert incident.target == "redis-prod"
    assert incident.started_ms == START_MS
    parent = await small.parent()
    assert "INCIDENT: Redis Failure" in parent["text"]
    assert await small.posted(f"<@{MARIA}>: RedisDown")


async def test_a_repeat_of_a_known_alert_changes_nothing(small: SmallPong):
    await alert(small, alertmanager())
    posts = len(await small.posted())
    await alert(small, alertmanager(receiver="the other of two"))
    assert len(await small.posted()) == posts
    assert await small.pong.store.read(lambda records: records.incidents.get(2)) is None


async def test_an_alert_without_a_known_target_asks_which_one_and_offers_no_remediation(small: SmallPong):
    await alert(small, alertmanager(labels={"target": "somewhere else"}))
    parent = await small.parent()
    verbs = {
        element["action_id"]
        for block in parent["blocks"]
        for element in block.get("elements", [])
        if "action_id" in element
    }
    assert "pong:target" in verbs
    assert "pong:triage" not in verbs


async def test_an_alert_that_no_runbook_matches_is_kept_and_opens_nothing(small: SmallPong):
    await alert(small, alertmanager("DiskFull"))
    assert await the_incident(small) is None
    assert [event.kind for event in small.noted] == ["alert.unmatched"]


async def test_unmatched_alerts_open_an_incident_where_pong_toml_says_so(tmp_path: Path):
    async with small_pong(tmp_path, tables={"alerts": {"unmatched": "open"}}) as small:
        await alert(small, alertmanager("DiskFull"))
        assert (await the_incident(small)).alert_name == "DiskFull"


async def test_a_warning_posts_one_line_and_opens_nothing(small: SmallPong):
    await alert(small, alertmanager(labels={"severity": "warning"}))
    assert await the_incident(small) is None
    assert len(await small.posted("Warning: RedisDown")) == 1


async def test_no_more_incidents_than_the_cap_are_opened_within_an_hour(tmp_path: Path):
    targets = {f"redis-{n}": {"labels": {"target": f"redis-{n}"}} for n in range(5)}
    tables = {"alerts": {"incidents_per_hour": 3}, "targets": targets}
    async with small_pong(tmp_path, tables=tables) as small:
        for n in range(5):
            await alert(small, alertmanager(labels={"target": f"redis-{n}"}))
        assert await the_incident(small, 3) is not None
        assert await the_incident(small, 4) is None
        assert len(await small.posted("Storm: 3 incidents were opened")) == 1


async def resolve(small: SmallPong) -> None:
    async def work(records):
        incident = await records.incidents.get(1)
        incident = await release(records, small.pong, incident)
        await records.incidents.save(
            incident.resolved(by=MARIA, at_ms=small.clock.now_ms(), root_cause="cache", fix="cleared")
        )

    await small.pong.store.write(work)


async def test_after_an_hour_it_is_a_new_incident(small: SmallPong):
    await alert(small, alertmanager())
    await resolve(small)
    small.clock.advance(61 * 60)
    await alert(small, alertmanager(starts_ms=START_MS + 61 * 60_000))
    assert (await the_incident(small)).status is Status.RESOLVED
    assert (await the_incident(small, 2)).is_open


async def test_a_label_never_makes_a_mention_or_a_link(small: SmallPong):
    await alert(small, alertmanager(labels={"target": "redis-prod", "alertname": "RedisDown"}))
    evil = "<!channel> *x* <https://evil.example|ok>"
    async with small_pong(
        Path(small.pong.settings.database_url.removeprefix("sqlite:///")).parent / "other",
        tables={"alerts": {"unmatched": "open"}},
    ) as other:
        await alert(other, alertmanager(evil))
        text = str(await other.posted()) + str(await other.parent())
    assert "<!channel>" not in text
    assert "<https://evil" not in text


async def test_what_ended_is_known_by_its_incident_although_a_person_chose_the_target_since(small: SmallPong):
    labels = {"target": "somewhere else"}
    await alert(small, alertmanager(labels=labels))

    async def choose(records):
        incident = await records.incidents.get(1)
        await records.incidents.save(replace(incident, target="redis-prod"))

    await small.pong.store.write(choose)
    await alert(small, alertmanager(labels=labels, state="resolved", ends_ms=START_MS + 60_000))
    assert (await the_incident(small)).alert is AlertState.RESOLVED


async def test_what_ended_is_known_by_its_incident_although_no_runbook_matches_it(tmp_path: Path):
    async with small_pong(tmp_path, tables={"alerts": {"unmatched": "open"}}) as small:
        await alert(small, alertmanager("DiskFull"))
        await alert(small, alertmanager("DiskFull", state="resolved", ends_ms=START_MS + 60_000))
        assert (await the_incident(small)).alert is AlertState.RESOLVED


# -- Grafana ------------------------------------------------------------------------------------------------


async def test_the_test_button_of_grafana_opens_nothing_whatever_is_set(tmp_path: Path):
    rules = [{"name": "*", "runbook": "redis-failure"}]
    async with small_pong(tmp_path, tables={"alerts": {"unmatched": "open", "rules": rules}}) as small:
        await alert(small, grafana("TestAlert", labels={"instance": "Grafana"}), "grafana")
        assert await the_incident(small) is None
        assert [event.kind for event in small.noted] == ["alert.test"]
        assert await small.posted() == []


async def test_over_the_cap_whoever_is_on_call_is_told_and_a_repeat_after_it_opens_one(tmp_path: Path):
    async with small_pong(tmp_path, tables={"alerts": {"incidents_per_hour": 1}}) as small:
        await alert(small, alertmanager())
        other = alertmanager(labels={"target": "somewhere else"})
        await alert(small, other)
        [storm] = await small.posted("Storm: 1 incident was opened")
        assert f"<@{MARIA}>" in storm["text"]
        small.clock.advance(2 * 60 * 60)
        await alert(small, other)
        assert (await the_incident(small, 2)).target is None


async def test_a_storm_says_when_the_next_one_may_be_opened(tmp_path: Path):
    targets = {f"redis-{n}": {"labels": {"target": f"redis-{n}"}} for n in range(4)}
    async with small_pong(
        tmp_path, tables={"targets": targets, "alerts": {"incidents_per_hour": 2}}
    ) as small:
        await alert(small, alertmanager(labels={"target": "redis-0"}))
        may_ms = small.clock.now_ms() + 60 * 60_000
        for number in (1, 2):
            small.clock.advance(20 * 60)
            await alert(small, alertmanager(labels={"target": f"redis-{number}"}))
        [storm] = await small.posted("Storm: 2 incidents were opened")
        assert f"opens no more until {clock_time(may_ms)}." in storm["text"]
        small.clock.advance(20 * 60)
        await alert(small, alertmanager(labels={"target": "redis-3"}))
        assert (await the_incident(small, 3)).target == "redis-3"


async def test_a_storm_promises_no_repeat_of_a_source_that_tells_once(tmp_path: Path):
    rule = {"source": "pagerduty", "runbook": "redis-failure"}
    async with small_pong(tmp_path, tables={"alerts": {"incidents_per_hour": 1, "rules": [rule]}}) as small:
        await alert(small, alertmanager())
        await alert(small, pagerduty(), source="pagerduty")
        [storm] = await small.posted("Storm: 1 incident was opened")
        assert "told again" not in storm["text"]
        assert "Further alerts are noted and open none: PagerDuty does not tell them again." in storm["text"]
