"""Does every body of Grafana Alerting become its alerts, and does only who knows the secret get in?"""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as some

from bot.alerts.alert import Alert, Sent, Unread
from bot.alerts.grafana import OLD_FIELDS, TEST, TOO_OLD, parse, proves
from bot.config.settings import Settings
from bot.config.tables import SlackTable
from bot.errors import BadInput
from bot.incident import AlertState
from tests.bot.alerts.test_alertmanager import ALERTS, JSON, TEXTS
from tests.fixtures.alerts import grafana, signed_by_grafana

STARTS_MS = 1_767_229_800_000
NOW_S = STARTS_MS // 1000
SECRET = "grafäna-secret"  # its bytes are the key


def one(**fields: Any) -> Alert:
    [alert] = parse(grafana(**fields).encode())
    return alert


def sent(body: str, headers: dict[str, str], **tables: Any) -> Sent:
    slack = SlackTable(team="T0PONG", incidents_channel="C0INCIDENTS")
    given = Settings(slack=slack, **tables)
    low = {name.lower(): value for name, value in headers.items()}
    return Sent(headers=low, secret=SECRET, settings=given, now_ms=STARTS_MS, body=body.encode())


def test_an_alert_has_its_state_times_labels_and_link():
    firing = one()
    assert (firing.source, firing.name, firing.state) == ("grafana", "RedisDown", AlertState.FIRING)
    assert firing.starts_ms == STARTS_MS
    assert firing.labels["target"] == "redis-prod"
    assert firing.link == "https://grafana.example/alerting/grafana/ab1/view?orgId=1"
    over = one(state="resolved", ends_ms=STARTS_MS + 60_000)
    assert (over.state, over.ends_ms, over.key) == (AlertState.RESOLVED, STARTS_MS + 60_000, firing.key)


def test_its_addresses_are_kept_as_they_came():
    links = one(imageURL="https://images.example/1.png")
    assert list(links.links) == ["panel", "dashboard", "silence"]
    assert links.links["panel"] == "https://grafana.example/d/redis?orgId=1&viewPanel=4"
    assert links.picture == "https://images.example/1.png"


@pytest.mark.parametrize("nothing", ["", None, 7, ["https://grafana.example"], {"a": 1}])
def test_an_address_that_is_none_takes_nothing_else_along(nothing: Any):
    alert = one(panelURL=nothing, dashboardURL=nothing, silenceURL=nothing, imageURL=nothing)
    assert (dict(alert.links), alert.picture) == ({}, None)


def test_an_alert_that_nobody_can_read_takes_no_other_of_its_group_along():
    body = json.loads(grafana())
    body["alerts"].append(body["alerts"][0] | {"status": "nodata", "labels": {"alertname": "RedisFull"}})
    alert, unread = parse(json.dumps(body).encode())
    assert isinstance(alert, Alert)
    why = "alerts.1.status: Input should be 'firing' or 'resolved'"
    assert unread == Unread(source="grafana", alerts=(("RedisFull", why),), of=2)


def test_organisations_do_not_share_keys():
    body = json.loads(grafana())
    keys = {parse(json.dumps(body | {"orgId": number}).encode())[0].key for number in (1, 2, None)}
    assert len(keys) == 3


def test_the_test_button_is_known():
    assert one(labels=TEST).is_test
    assert not one(labels={"alertname": "TestAlert"}).is_test
    assert not one().is_test


def test_the_shape_from_before_version_8_is_refused_in_a_sentence_that_helps():
    old = {"title": "[Alerting] Redis", "state": "alerting", "ruleId": 3, "evalMatches": [], "tags": {}}
    with pytest.raises(BadInput) as refusal:
        parse(json.dumps(old).encode())
    assert str(refusal.value) == TOO_OLD


@pytest.mark.parametrize(
    "body", [b"{}", b'{"alerts": 1, "ruleId": 3}', b"[1]", b"{", b"\xff", b"[" * 100_000]
)
def test_any_other_shape_is_refused_with_the_field_that_is_wrong(body: bytes):
    with pytest.raises(BadInput, match=r"^This is no Grafana webhook body: (alerts|body)"):
        parse(body)


def test_a_signature_of_the_body_proves_it():
    body = grafana()
    assert proves(sent(body, signed_by_grafana(body, SECRET)))
    assert not proves(sent(body + " ", signed_by_grafana(body, SECRET)))
    assert not proves(sent(body, signed_by_grafana(body, "another")))
    assert not proves(sent(body, {}))


@pytest.mark.parametrize(
    ("age_s", "is_right"), [(0, True), (300, True), (-300, True), (301, False), (-301, False)]
)
def test_a_signed_timestamp_proves_it_for_5_minutes(age_s: int, is_right: bool):
    body = grafana()
    assert proves(sent(body, signed_by_grafana(body, SECRET, at_s=NOW_S - age_s))) is is_right


def test_a_timestamp_can_neither_be_added_nor_taken_away_nor_changed():
    body, header = grafana(), "X-Grafana-Alerting-Timestamp"
    bare, timed = signed_by_grafana(body, SECRET), signed_by_grafana(body, SECRET, at_s=NOW_S)
    assert not proves(sent(body, bare | {header: str(NOW_S)}))
    assert not proves(sent(body, timed | {header: str(NOW_S + 1)}))
    del timed[header]
    assert not proves(sent(body, timed))


def test_the_header_of_the_timestamp_is_a_setting():
    body = grafana()
    headers = signed_by_grafana(body, SECRET, at_s=NOW_S)
    headers["X-Signed-At"] = headers.pop("X-Grafana-Alerting-Timestamp")
    assert proves(sent(body, headers, grafana={"timestamp_header": "X-Signed-At"}))
    assert not proves(sent(body, headers))


@pytest.mark.parametrize("timestamp", ["", "abc", "1.5", "-1", "1e9", "9" * 400, "١٢٣", "²", f" {NOW_S}"])
def test_a_timestamp_that_is_none_proves_nothing(timestamp: str):
    body = grafana()
    assert not proves(
        sent(body, signed_by_grafana(body, SECRET) | {"X-Grafana-Alerting-Timestamp": timestamp})
    )


@pytest.mark.parametrize("signature", ["", "é", "\xff\xfe", "0" * 64, "v1=" + "0" * 64, "☃"])
def test_a_signature_of_any_signs_proves_nothing_and_breaks_nothing(signature: str):
    assert not proves(sent(grafana(), {"X-Grafana-Alerting-Signature": signature}))


OURS = some.fixed_dictionaries(
    {
        "status": some.sampled_from(["firing", "resolved"]),
        "labels": some.dictionaries(TEXTS, TEXTS, max_size=3),
    },
    optional=dict.fromkeys(
        ("silenceURL", "dashboardURL", "panelURL", "imageURL", "values", "startsAt"), JSON
    ),
)
BODIES = some.one_of(
    JSON.map(json.dumps),
    some.fixed_dictionaries(
        {"alerts": some.lists(some.one_of(OURS, ALERTS), max_size=3)},
        optional={"groupKey": JSON, "orgId": JSON},
    ).map(json.dumps),
    some.dictionaries(some.sampled_from(OLD_FIELDS), JSON).map(json.dumps),
    some.text(max_size=20),
)


@examples(print_blob=True, deadline=None, max_examples=300)
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
        assert all(isinstance(url, str) for url in (*alert.links.values(), alert.picture or ""))
