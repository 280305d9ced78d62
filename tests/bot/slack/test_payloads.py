"""Does each kind of payload ask for what the person meant?"""

import json
from typing import Any

import pytest

from bot.slack.payloads import from_action, from_command, from_mention, from_submission, opened_at
from commands import VERBS
from tests.fixtures.small_pong import asks


def command(text: str, name: str = "/redis", **more: Any):
    body = {"command": name, "text": text, "user_id": "U1", "team_id": "T1", "channel_id": "C1"} | more
    return from_command(body, VERBS, at_ms=5)


def mention(text: str, **more: Any):
    event = {"text": text, "user": "U1", "channel": "C1", "ts": "2.2", "team": "T1"} | more
    return from_mention({"event": event, "event_id": "Ev1", "team_id": "T9"}, VERBS, at_ms=5)


@pytest.mark.parametrize(
    ("text", "verb", "words"),
    [
        ("ping", "ping", ()),
        ("  PING   redis-prod ", "ping", ("redis-prod",)),
        ("clear cache redis-prod", "clear", ("cache", "redis-prod")),
        ("ping <http://redis.example|redis.example>", "ping", ("redis.example",)),
        ("ping <https://redis.example>", "ping", ("redis.example",)),
        ("", "help", ()),
        ("help", "help", ()),
        ("juggle now", "help", ("juggle", "now")),
        ("ack", "help", ("ack",)),
        ("approve 1:abc", "help", ("approve", "1:abc")),
    ],
)
def test_a_command_begins_with_its_verb(text: str, verb: str, words: tuple[str, ...]):
    request = command(text)
    assert (request.verb, request.words, request.via) == (verb, words, "command")
    assert (request.user, request.team, request.channel, request.received_ms) == ("U1", "T1", "C1", 5)


def test_triage_can_be_typed_after_both_commands_and_says_after_which():
    for name in ("/redis", "/incident"):
        request = command("triage shop", name)
        assert (request.verb, request.words, request.ref) == ("triage", ("shop",), name)
    assert command("ping", "/redis").ref == ""
    assert command("ping", "/incident").verb == "help"


def test_a_command_without_text_is_help_of_that_command():
    request = command("", "/incident")
    assert (request.verb, request.ref) == ("help", "/incident")


@pytest.mark.parametrize(
    ("text", "verb", "words"),
    [
        ("<@U0PONG> ack", "ack", ()),
        ("<@U0PONG|pong> /incident ack 4", "ack", ("4",)),
        ("<@U0PONG> redis ping redis-prod", "ping", ("redis-prod",)),
        ("<@U0PONG>", "help", ()),
        ("<@U0PONG> not over", "help", ("not", "over")),
        ("<@U0PONG> approve", "help", ("approve",)),
    ],
)
def test_a_mention_takes_the_words_of_both_commands(text: str, verb: str, words: tuple[str, ...]):
    request = mention(text)
    assert (request.verb, request.words, request.via) == (verb, words, "mention")


def test_a_mention_in_a_thread_keeps_its_thread_and_one_outside_begins_its_own():
    assert mention("<@U0PONG> ack", thread_ts="1.1").thread_ts == "1.1"
    assert mention("<@U0PONG> ack").thread_ts == "2.2"


def test_a_mention_by_an_app_has_no_user_and_still_is_a_request():
    event = {"text": "<@U0PONG> ack", "bot_id": "B1", "channel": "C1", "ts": "2.2"}
    request = from_mention({"event": event, "event_id": "Ev1", "team_id": "T9"}, VERBS, at_ms=5)
    assert (request.user, request.team) == ("", "T9")


def test_a_button_carries_its_verb_its_ref_and_its_thread():
    body = {
        "actions": [{"action_id": "pong:target~2", "value": "1:redis-prod"}],
        "user": {"id": "U1", "team_id": "T1"},
        "channel": {"id": "C1"},
        "message": {"ts": "2.2", "thread_ts": "1.1"},
    }
    request = from_action(body, at_ms=5)
    assert (request.verb, request.ref, request.thread_ts) == ("target", "1:redis-prod", "1.1")


def test_a_button_of_a_message_outside_of_a_thread_is_in_that_message_s_own():
    container = {"message_ts": "2.2", "channel_id": "C1"}
    body = {
        "actions": [{"action_id": "pong:ack"}],
        "user": {"id": "U1"},
        "team": None,
        "container": container,
    }
    request = from_action(body, at_ms=5)
    assert (request.thread_ts, request.channel, request.ref, request.team) == ("2.2", "C1", "", "")


def test_a_submission_holds_its_fields_and_where_its_window_was_opened():
    opened = opened_at(asks("update", thread_ts="1.1"), "7")
    values = {
        "status": {"status": {"value": "  well  "}},
        "eta": {"eta": {"value": None}},
        "kind": {"kind": {"selected_option": {"value": "a"}}},
    }
    view = {"callback_id": "pong:update", "private_metadata": opened, "state": {"values": values}, "id": "V1"}
    request = from_submission({"view": view, "user": {"id": "U1"}, "team": {"id": "T1"}}, at_ms=5)
    assert request.values == {"status": "well", "eta": "", "kind": "a"}
    assert (request.verb, request.ref, request.channel, request.thread_ts) == (
        "update",
        "7",
        "C0INCIDENTS",
        "1.1",
    )


def test_a_request_is_kept_whole():
    request = command("clear cache", response_url="https://hooks.slack.example/1")
    assert type(request).of(json.loads(request.to_json()), id=0, attempt=0) == request
