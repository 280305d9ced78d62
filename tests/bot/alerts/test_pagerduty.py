"""Does every webhook of PagerDuty become what it tells, and does only who knows a secret get in?"""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as some

from bot.alerts.alert import Alert, Change, Sent
from bot.alerts.pagerduty import key, parse, proves
from bot.config.settings import Settings
from bot.config.tables import SlackTable
from bot.errors import BadInput
from bot.incident import AlertState
from bot.slack.render.elsewhere import happened
from tests.bot.alerts.test_alertmanager import JSON
from tests.fixtures.alerts import about_page, page, pagerduty, roles, signed_by_pagerduty

STARTS_MS = 1_767_229_800_000
SERVICE = {"id": "PSHOP", "type": "service", "summary": "checkout-redis"}
# Every type that PagerDuty documents, with what its data is.
DOCUMENTED: dict[str, Any] = {
    "incident.triggered": page(),
    "incident.acknowledged": page(status="acknowledged"),
    "incident.unacknowledged": page(),
    "incident.resolved": page(status="resolved"),
    "incident.reopened": page(reopened_at="2026-01-01T01:30:00Z"),
    "incident.escalated": page(),
    "incident.delegated": page(),
    "incident.reassigned": page(),
    "incident.priority_updated": page(),
    "incident.service_updated": page(),
    "incident.incident_type.changed": page(incident_type={"name": "major"}),
    "incident.annotated": about_page("incident_note", content="It is the cache", trimmed=False),
    "incident.responder.added": about_page(
        "incident_responder", user={"summary": "Sam Ito"}, message="Please help", state="pending"
    ),
    "incident.responder.replied": about_page(
        "incident_responder", user={"summary": "Sam Ito"}, message="Please help", state="accepted"
    ),
    "incident.status_update_published": about_page("incident_status_update", message="A fix is on its way"),
    "incident.conference_bridge.updated": about_page(
        "incident_conference_bridge", conference_url="https://x"
    ),
    "incident.custom_field_values.updated": about_page("incident_field_values", custom_fields=[]),
    "incident.role.assigned": roles(),
    "incident.task.created": about_page("incident_task", status="todo"),
    "incident.task.updated": about_page("incident_task", status="doing"),
    "incident.task.completed": about_page("incident_task", status="done"),
    "incident.action_invocation.created": about_page("incident_action_invocation", state="created"),
    "incident.action_invocation.updated": about_page("incident_action_invocation", state="running"),
    "incident.action_invocation.terminated": about_page("incident_action_invocation", state="completed"),
    "incident.workflow.started": about_page("incident_workflow_instance", summary="Page everybody"),
    "incident.workflow.completed": about_page("incident_workflow_instance", summary="Page everybody"),
    "service.created": SERVICE,
    "service.updated": SERVICE,
    "service.deleted": SERVICE,
    "service.custom_field_values.updated": SERVICE | {"type": "service_field_values"},
    "pagey.ping": {"message": "Hello from your friend Pagey!", "type": "ping"},
}
LINES = {
    "incident.acknowledged": "Acknowledged in PagerDuty by Maria Lopez.",
    "incident.unacknowledged": "No longer acknowledged in PagerDuty: it may call people again there.",
    "incident.resolved": (
        "Resolved in PagerDuty by Maria Lopez. Here it stays open until somebody says what it was."
    ),
    "incident.escalated": "Escalated in PagerDuty to Dev Okafor by Maria Lopez.",
    "incident.delegated": "Handed over in PagerDuty to the escalation policy Shop SRE by Maria Lopez.",
    "incident.reassigned": "Reassigned in PagerDuty to Dev Okafor by Maria Lopez.",
    "incident.priority_updated": "Priority in PagerDuty: P1 by Maria Lopez.",
    "incident.annotated": "📝 Note in PagerDuty by Maria Lopez: “It is the cache”",
    "incident.responder.added": "Sam Ito was asked in PagerDuty to help by Maria Lopez: “Please help”.",
    "incident.responder.replied": "Sam Ito replied in PagerDuty: “accepted”.",
    "incident.status_update_published": "📣 Status update in PagerDuty by Maria Lopez: “A fix is on its way”",
}


def told(kind: str, **more: Any) -> list[Alert | Change]:
    return parse(pagerduty(kind, **more).encode())


def sent(body: str, header: str, secret: str) -> Sent:
    slack = SlackTable(team="T0PONG", incidents_channel="C0INCIDENTS")
    headers = {"x-pagerduty-signature": header}
    given = Settings(slack=slack)
    return Sent(headers=headers, secret=secret, settings=given, now_ms=STARTS_MS, body=body.encode())


def test_a_triggered_incident_is_an_alert_under_its_own_id():
    [alert] = told("incident.triggered")
    assert isinstance(alert, Alert)
    assert (alert.source, alert.key, alert.state) == ("pagerduty", "QREDIS1", AlertState.FIRING)
    assert alert.name == "[FIRING:1] RedisDown redis-prod (critical)"
    assert alert.is_title
    assert alert.starts_ms == STARTS_MS
    assert alert.link == "https://shop.pagerduty.com/incidents/QREDIS1"
    assert alert.labels == {
        "service": "checkout-redis",
        "urgency": "high",
        "priority": "P1",
        "escalation_policy": "Shop SRE",
    }


def test_a_reopened_one_fires_again_since_it_was_reopened():
    [alert] = told("incident.reopened", at_ms=STARTS_MS + 60_000)
    assert (alert.key, alert.state, alert.is_again) == ("QREDIS1", AlertState.FIRING, True)
    assert alert.starts_ms == STARTS_MS + 60_000


def test_a_resolved_one_has_ended_and_says_by_whom():
    change, alert = told("incident.resolved", at_ms=STARTS_MS + 60_000)
    assert (alert.state, alert.ends_ms) == (AlertState.RESOLVED, STARTS_MS + 60_000)
    assert (change.kind, change.agent, change.agent_id) == ("incident.resolved", "Maria Lopez", "PMARIA")


@pytest.mark.parametrize("kind", DOCUMENTED)
def test_every_documented_type_is_read(kind: str):
    read = told(kind, data=DOCUMENTED[kind])
    about = "QREDIS1" if kind.startswith("incident.") else ""
    assert {one.key for one in read} == {about}
    assert all(one.kind == kind for one in read if isinstance(one, Change))


@pytest.mark.parametrize("kind", LINES)
def test_what_people_do_there_is_one_line(kind: str):
    change = told(kind, data=DOCUMENTED[kind])[0]
    assert isinstance(change, Change)
    assert happened(change).text == LINES[kind]


def test_a_machine_is_no_person():
    agent = {"id": "PINT", "type": "inbound_integration_reference", "summary": "Events API V2"}
    body = json.loads(pagerduty("incident.acknowledged"))
    body["event"]["agent"] = agent
    [change] = parse(json.dumps(body).encode())
    assert (change.agent, change.agent_id) == ("Events API V2", "")


def test_what_pong_opened_there_itself_opens_nothing_here():
    for kind in ("incident.triggered", "incident.resolved", "incident.reopened"):
        [change] = told(kind, data=page(incident_key="pong-approval-7-0123456789abcdef"))
        assert isinstance(change, Change)


@pytest.mark.parametrize(
    "kind", ["incident.invented", "incident.a.b.c", "Überfall!", "", "x" * 500, "<!here>"]
)
def test_an_unknown_type_is_a_change_without_an_effect(kind: str):
    [change] = told(kind)
    assert isinstance(change, Change)
    assert change.kind in (kind, "unknown")
    assert len(change.kind) < 100


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe{}", b"[" * 100_000])
def test_only_what_is_no_json_is_refused(body: bytes):
    with pytest.raises(BadInput, match=r"^This is no PagerDuty webhook body: it is not JSON\.$"):
        parse(body)


@pytest.mark.parametrize(
    ("cut", "read"),
    [
        (r"The cache is \ud83e", "The cache is \ufffd"),
        (r"\uDD8A it is", "\ufffd it is"),
        (r"\ud83e\ud83e\udd8a", "\ufffd🦊"),
        (r"\ud83e\udd8a", "🦊"),
        (r"\\ud83e", r"\ud83e"),
        (r"\"\ud83e\n", '"\ufffd\n'),
    ],
)
def test_half_a_sign_in_a_text_that_was_cut_takes_nothing_else_along(cut: str, read: str):
    data = json.dumps(about_page("incident_note", content="HERE"))
    body = pagerduty("incident.annotated", data=json.loads(data)).replace("HERE", cut)
    [change] = parse(body.encode())
    assert isinstance(change, Change)
    assert (change.said, change.key) == (read, "QREDIS1")


@pytest.mark.parametrize(
    "body", [b"[]", b"null", b"7", b"{}", b'{"event": 3}', b'{"messages": [{"event": "x"}]}']
)
def test_json_of_any_other_shape_is_noted(body: bytes):
    [change] = parse(body)
    assert isinstance(change, Change)
    assert (change.key, change.kind) == ("", "unknown")


def test_a_triggered_incident_without_an_id_is_noted():
    [change] = told("incident.triggered", data={"type": "incident", "title": "RedisDown"})
    assert isinstance(change, Change)


def test_a_repeat_is_known_by_the_event_s_own_id():
    first = pagerduty(event="E1")
    assert key(first.encode()) == key(pagerduty("incident.resolved", event="E1").encode())
    assert key(first.encode()) != key(pagerduty(event="E2").encode())
    assert key(b'{"event": {"id": 7}}') is None


def test_any_signature_by_any_secret_proves_it():
    body = pagerduty()
    right = signed_by_pagerduty(body, "one")["X-PagerDuty-Signature"]
    rotated = signed_by_pagerduty(body, "other", "one")["X-PagerDuty-Signature"]
    for header in (right, rotated, rotated.replace(",", " , "), f"v2=00,{right}", f"garbage,{right},v1="):
        for secret in ("one", "two,one", "two\none\n", " one , two "):
            assert proves(sent(body, header, secret)), (header, secret)


def test_no_other_signature_proves_anything():
    body = pagerduty()
    right = signed_by_pagerduty(body, "one")["X-PagerDuty-Signature"]
    wrong = (
        "",
        "v1=",
        right.removeprefix("v1="),
        right[:-1],
        right + "0",
        right.replace("v1=", "v0="),
        "v1=é",
    )
    for header in (*wrong, right.upper(), "v1=\xff\xfe", "v1=☃", ",,,", "v1=" + "0" * 64):
        assert not proves(sent(body, header, "one")), header
    assert not proves(sent(body, right, "two"))
    assert not proves(sent(body + "\n", right, "one"))
    assert not proves(sent(body, right, " , "))


EVENT = some.fixed_dictionaries(
    {},
    optional={
        "id": JSON,
        "event_type": some.one_of(some.sampled_from(sorted(DOCUMENTED)), JSON),
        "occurred_at": some.one_of(some.sampled_from(["2026-01-01T01:10:00Z", "9999-12-31T23:59:59Z"]), JSON),
        "agent": some.one_of(JSON, some.fixed_dictionaries({"summary": JSON, "id": JSON, "type": JSON})),
        "data": some.one_of(
            JSON,
            some.fixed_dictionaries(
                {"id": some.one_of(JSON, some.just("Q1")), "type": some.one_of(JSON, some.just("incident"))},
                optional=dict.fromkeys(
                    ("title", "assignees", "service", "priority", "created_at", "html_url", "incident_key"),
                    JSON,
                ),
            ),
            some.fixed_dictionaries({"incident": JSON, "content": JSON, "user": JSON, "message": JSON}),
        ),
    },
)
BODIES = some.one_of(
    JSON.map(json.dumps), EVENT.map(lambda event: json.dumps({"event": event})), some.text(max_size=20)
)


@examples(print_blob=True, deadline=None, max_examples=400)
@given(BODIES)
def test_any_text_is_read_or_refused_and_nothing_else(text: str):
    body = text.encode("utf-8", errors="surrogatepass")
    try:
        read = parse(body)
    except BadInput:
        return
    for one in read:
        if isinstance(one, Alert):
            assert one.key
            assert one.starts_ms is None or 0 < one.starts_ms < 8_000_000_000_000
        else:
            assert happened(one).text
