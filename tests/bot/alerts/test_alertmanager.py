"""Does every body of an Alertmanager become its alerts, and all else a sentence about what is wrong?"""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from bot.alerts.alert import Alert, Unread
from bot.alerts.alertmanager import parse
from bot.errors import BadInput
from bot.incident import AlertState

FIXTURES = Path(__file__).parents[2] / "fixtures" / "alertmanager"
STARTS_MS = 1_767_229_800_000


def body(name: str) -> bytes:
    return (FIXTURES / f"{name}.json").read_bytes()


def one(**changes: Any) -> Alert:
    """The alert in a body whose only alert has these fields changed."""
    alert = {"status": "firing", "labels": {"alertname": "RedisDown"}, "startsAt": "2026-01-01T01:10:00Z"}
    [read] = parse(json.dumps({"groupKey": "g", "alerts": [alert | changes]}).encode())
    return read


def test_version_4_gives_every_alert_with_its_own_state_and_times():
    down, full = parse(body("version_4"))
    assert (down.name, down.state, down.starts_ms) == ("RedisDown", AlertState.FIRING, STARTS_MS + 123)
    assert down.labels["target"] == "redis-prod"
    assert down.annotations == {"summary": "redis-prod does not answer"}
    assert down.link == "http://prometheus.example:9090/graph?g0.expr=redis_up+%3D%3D+0"
    assert (full.name, full.state) == ("RedisMemoryHigh", AlertState.RESOLVED)
    assert full.starts_ms == STARTS_MS - 10 * 60_000 + 500
    assert full.ends_ms == STARTS_MS - 5 * 60_000
    assert full.link is None


def test_version_3_with_its_numeric_group_key_is_read():
    [alert] = parse(body("version_3"))
    assert (alert.name, alert.starts_ms) == ("RedisDown", STARTS_MS)


@pytest.mark.parametrize("name", ["bare", "nulls"])
def test_what_old_senders_leave_out_may_be_missing_or_null(name: str):
    [alert] = parse(body(name))
    assert alert.starts_ms is None
    assert alert.ends_ms is None
    assert dict(alert.annotations) == {}
    assert len(alert.key) == 32


def test_the_zero_time_of_go_is_no_time():
    assert one(startsAt="0001-01-01T00:00:00Z").starts_ms is None
    assert one(status="resolved", endsAt="0001-01-01T00:00:00Z").ends_ms is None


def test_the_end_of_an_alert_that_fires_is_a_guess_and_is_left_out():
    assert one(endsAt="2026-01-01T01:15:00Z").ends_ms is None


def test_a_time_that_nobody_can_mean_is_no_time():
    assert one(startsAt="9999-12-31T23:59:59-14:00").starts_ms is None


def test_a_time_without_a_zone_is_read_as_utc():
    assert one(startsAt="2026-01-01T01:10:00").starts_ms == STARTS_MS


def test_a_repeat_has_the_same_key_whatever_the_order_of_its_labels():
    first = one(labels={"alertname": "RedisDown", "target": "a"})
    again = one(labels={"target": "a", "alertname": "RedisDown"}, status="resolved")
    assert first.key == again.key


def test_another_start_another_label_and_another_group_have_other_keys():
    keys = {
        one().key,
        one(startsAt="2026-01-01T01:10:01Z").key,
        one(labels={"alertname": "RedisDown", "target": "b"}).key,
        one(fingerprint="abcd").key,
        parse(body("bare"))[0].key,
    }
    assert len(keys) == 5


def test_an_alert_without_a_name_is_called_so():
    assert one(labels={}).name == "unnamed alert"
    assert one(labels={"alertname": ""}).name == "unnamed alert"


def test_a_huge_annotation_is_taken():
    assert len(one(annotations={"summary": "x" * 2_000_000}).annotations["summary"]) == 2_000_000


def test_unknown_fields_are_taken_wherever_they_stand():
    [alert] = parse(b'{"alerts": [{"status": "firing", "labels": {}, "new": {"a": [1]}}], "orgId": 1}')
    assert alert.state is AlertState.FIRING


def test_one_odd_field_does_not_drop_the_whole_group():
    odd = b'{"status": "firing", "labels": {"alertname": "RedisDown", "shard": 7}, "startsAt": "soon"}'
    whole = b'{"status": "firing", "labels": {"alertname": "RedisDown"}}'
    first, second = parse(b'{"alerts": [' + odd + b", " + whole + b"]}")
    assert (first.labels["shard"], first.starts_ms) == ("7", None)
    assert second.name == "RedisDown"


@pytest.mark.parametrize("nothing", [7, [1], {"a": []}, {"a": None}, True, None])
@pytest.mark.parametrize("field", ["annotations", "generatorURL", "fingerprint"])
def test_a_field_that_an_alert_can_do_without_may_be_anything(field: str, nothing: Any):
    alert = one(**{field: nothing})
    assert (alert.name, alert.state) == ("RedisDown", AlertState.FIRING)


@pytest.mark.parametrize("key", [1.5, [1], {"a": 1}, None, True])
def test_a_group_whose_key_is_none_counts(key: Any):
    [alert] = parse(json.dumps({"groupKey": key, "alerts": [GOOD]}).encode())
    assert alert.name == "RedisDown"


def test_half_a_sign_in_a_text_that_was_cut_takes_nothing_else_along():
    alert = one(annotations={"summary": "x \ud83e"}, labels={"alertname": "RedisDown", "who": "🦊"})
    assert (dict(alert.annotations), alert.labels["who"]) == ({"summary": "x \ufffd"}, "🦊")


GOOD = {"status": "firing", "labels": {"alertname": "RedisDown"}}
FULL = {"alertname": "RedisFull"}


@pytest.mark.parametrize(
    ("odd", "name", "why"),
    [
        ({"status": "pending", "labels": FULL}, "RedisFull", "alerts.1.status: Input should be"),
        ({"labels": FULL}, "RedisFull", "alerts.1.status: Field required"),
        ({"status": "firing"}, "", "alerts.1.labels: Field required"),
        ({"status": "firing", "labels": {"alertname": None}}, "", "alerts.1.labels.alertname: Input should"),
        ({"status": "firing", "labels": [1]}, "", "alerts.1.labels: Input should be"),
        (None, "", "alerts.1: Input should be"),
    ],
)
def test_an_alert_that_nobody_can_read_takes_no_other_of_its_group_along(odd: Any, name: str, why: str):
    first, last, unread = parse(json.dumps({"alerts": [GOOD, odd, GOOD]}).encode())
    assert isinstance(first, Alert)
    assert first == last
    assert isinstance(unread, Unread)
    assert (unread.source, unread.of) == ("alertmanager", 3)
    [(called, wrong)] = unread.alerts
    assert called == name
    assert wrong.startswith(why)
    assert "pending" not in wrong


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        (b"", "body"),
        (b"{", "body"),
        (b"\xff\xfe{}", "body"),
        (b"[]", "body"),
        (b"{}", "alerts"),
        (b'{"alerts": null}', "alerts"),
        (b'{"alerts": [{"labels": {}}]}', "alerts.0.status"),
        (b'{"alerts": [{"status": "pending", "labels": {}}]}', "alerts.0.status"),
        (b'{"alerts": [{"status": "firing"}]}', "alerts.0.labels"),
        (b'{"alerts": [], "groupKey": ' + b"9" * 5000 + b"}", "body"),
        (b"[" * 100_000, "body"),
    ],
)
def test_a_malformed_body_is_refused_with_the_field_that_is_wrong(wrong: bytes, place: str):
    with pytest.raises(BadInput) as refusal:
        parse(wrong)
    assert f"no Alertmanager webhook body: {place}" in str(refusal.value)
    assert len(str(refusal.value)) < 400


def test_the_name_of_a_label_in_a_refusal_is_one_line_and_holds_no_secret():
    odd = {"status": "firing", "labels": {"a\n\x98b password=hunter2hunter2": [1]}}
    with pytest.raises(BadInput, match=r": alerts\.0\.labels\.a .b password=••••: Input") as refusal:
        parse(json.dumps({"alerts": [odd]}).encode())
    assert "\n" not in str(refusal.value)


def test_a_refusal_never_quotes_what_was_sent():
    with pytest.raises(BadInput) as refusal:
        parse(b'{"alerts": [{"status": "hunter2-secret", "labels": {}}]}')
    assert "hunter2" not in str(refusal.value)


NAMES = [
    "alerts",
    "status",
    "labels",
    "annotations",
    "startsAt",
    "endsAt",
    "groupKey",
    "fingerprint",
    "alertname",
]
TEXTS = some.one_of(
    some.text(max_size=8),
    some.sampled_from(
        ["firing", "resolved", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-01-01T00:00:00"]
    ),
)
JSON = some.recursive(
    some.one_of(some.none(), some.booleans(), some.integers(), some.floats(), TEXTS),
    lambda inner: some.one_of(
        some.lists(inner, max_size=3),
        some.dictionaries(some.one_of(some.sampled_from(NAMES), some.text(max_size=5)), inner, max_size=5),
    ),
    max_leaves=12,
)
ALERTS = some.fixed_dictionaries(
    {
        "status": some.sampled_from(["firing", "resolved"]),
        "labels": some.dictionaries(TEXTS, TEXTS, max_size=3),
    },
    optional={
        "startsAt": JSON,
        "endsAt": some.one_of(some.datetimes().map(str), JSON),
        "annotations": JSON,
        "fingerprint": JSON,
    },
)
BODIES = some.one_of(
    JSON.map(json.dumps),
    some.fixed_dictionaries({"alerts": some.lists(ALERTS, max_size=3)}, optional={"groupKey": JSON}).map(
        json.dumps
    ),
    some.text(max_size=20),
)


@settings(print_blob=True, deadline=None, max_examples=300)
@given(BODIES)
def test_any_text_gives_alerts_or_a_refusal_and_nothing_else(text: str):
    try:
        alerts = parse(text.encode("utf-8", errors="surrogatepass"))
    except BadInput:
        return
    for alert in alerts:
        if isinstance(alert, Unread):
            assert 0 < len(alert.alerts) < alert.of
            continue
        assert alert.starts_ms is None or 0 < alert.starts_ms < 8_000_000_000_000
        assert json.dumps(dict(alert.labels))
