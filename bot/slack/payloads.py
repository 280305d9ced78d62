"""What does a payload from Slack ask for? Pure.

https://docs.slack.dev/interactivity
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from bot.request import Request, Verb

Body = dict[str, Any]

_MENTION = re.compile(r"<@[UW][A-Z0-9]+(\|[^>]*)?>")
_PERSON = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
_LINKED = re.compile(r"<(?:https?://)?([^|>\s]+)(?:\|([^>]*))?>")
HELP = "help"
PIN = "pushpin"


def from_command(body: Body, verbs: Mapping[str, Verb], *, at_ms: int) -> Request:
    verb, words = _verb(body.get("text", ""), verbs, command=body["command"])
    return Request(
        verb=verb,
        words=words,
        user=body["user_id"],
        team=body.get("team_id", ""),
        channel=body["channel_id"],
        via="command",
        ref=body["command"] if verb == HELP or verbs[verb].also else "",
        response_url=body.get("response_url"),
        received_ms=at_ms,
    )


def from_mention(body: Body, verbs: Mapping[str, Verb], *, at_ms: int) -> Request:
    event = body["event"]
    text = _MENTION.sub(" ", event.get("text", ""), count=1)
    verb, words = _verb(text, verbs, command=None)
    return Request(
        verb=verb,
        words=words,
        user=event.get("user", ""),
        team=event.get("team") or body.get("team_id", ""),
        channel=event["channel"],
        via="mention",
        thread_ts=event.get("thread_ts") or event["ts"],
        message_ts=event["ts"],
        received_ms=at_ms,
    )


def from_action(body: Body, *, at_ms: int) -> Request:
    action = body["actions"][0]
    message = body.get("message") or {}
    container = body.get("container") or {}
    message_ts = message.get("ts") or container.get("message_ts")
    return Request(
        verb=action["action_id"].removeprefix("pong:").partition("~")[0],
        ref=action.get("value", ""),
        user=body["user"]["id"],
        team=(body["user"].get("team_id") or (body.get("team") or {}).get("id") or ""),
        channel=(body.get("channel") or {}).get("id") or container.get("channel_id", ""),
        via="button",
        thread_ts=message.get("thread_ts") or container.get("thread_ts") or message_ts,
        message_ts=message_ts,
        received_ms=at_ms,
    )


def from_reaction(body: Body, *, at_ms: int) -> Request | None:
    """A :pushpin: on a message; None for any other reaction."""
    event = body["event"]
    item = event.get("item") or {}
    if event.get("reaction") != PIN or item.get("type") != "message":
        return None
    return _pinned(body, channel=item["channel"], ts=item["ts"], at_ms=at_ms)


def from_pin(body: Body, *, at_ms: int) -> Request | None:
    """A message that was pinned; None for a file, as pins once were."""
    event = body["event"]
    item = event.get("item") or {}
    message = item.get("message") or {}
    if item.get("type") != "message" or not message.get("ts"):
        return None
    return _pinned(body, channel=event["channel_id"], ts=message["ts"], at_ms=at_ms)


def _pinned(body: Body, *, channel: str, ts: str, at_ms: int) -> Request:
    return Request(
        verb="pin",
        ref=ts,
        user=body["event"].get("user", ""),
        team=body.get("team_id", ""),
        channel=channel,
        via="reaction",
        received_ms=at_ms,
    )


def from_shortcut(body: Body, *, at_ms: int) -> Request:
    """An entry of a message's menu; `ref` is the message's ts."""
    message = body["message"]
    return Request(
        verb=body["callback_id"].removeprefix("pong:"),
        ref=message["ts"],
        user=body["user"]["id"],
        team=(body["user"].get("team_id") or (body.get("team") or {}).get("id") or ""),
        channel=(body.get("channel") or {}).get("id", ""),
        via="button",
        thread_ts=message.get("thread_ts") or message["ts"],
        message_ts=message["ts"],
        received_ms=at_ms,
    )


def from_submission(body: Body, *, at_ms: int) -> Request:
    """A modal's private_metadata holds where it was opened: {ref, channel, thread_ts}."""
    view = body["view"]
    opened = json.loads(view.get("private_metadata") or "{}")
    return Request(
        verb=view["callback_id"].removeprefix("pong:"),
        ref=opened.get("ref", ""),
        values={
            name: _value(field)
            for fields in view["state"]["values"].values()
            for name, field in fields.items()
        },
        user=body["user"]["id"],
        team=(body["user"].get("team_id") or (body.get("team") or {}).get("id") or ""),
        channel=opened.get("channel", ""),
        via="modal",
        thread_ts=opened.get("thread_ts"),
        received_ms=at_ms,
    )


def opened_at(request: Request, ref: str) -> str:
    """What a modal that `request` opens carries in its private_metadata."""
    return json.dumps({"ref": ref, "channel": request.channel, "thread_ts": request.thread_ts})


def _verb(text: str, verbs: Mapping[str, Verb], *, command: str | None) -> tuple[str, tuple[str, ...]]:
    """The verb that a typed text begins with and what follows; `help` when it begins with none."""
    words = _as_typed(text).split()
    if words and words[0].lower() in ("redis", "incident", "/redis", "/incident") and command is None:
        words = words[1:]
    for length in (2, 1):
        name = "_".join(words[:length]).lower()
        verb = verbs.get(name)
        if verb and verb.command and command in (None, verb.command, verb.also):
            rest = tuple(words[length:])
            return (HELP, (name,)) if [word.lower() for word in rest] == [HELP] else (name, rest)
    return HELP, tuple(words)


def _as_typed(text: str) -> str:
    """What the person typed: Slack makes links of what looks like one, and escapes three signs."""
    text = _PERSON.sub(r"@\1", text)
    text = _LINKED.sub(lambda link: link[2] or link[1], text)
    text = text.replace("\u2060", "")  # copied from an answer of ours
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _value(field: dict[str, Any]) -> str:
    if selected := field.get("selected_option"):
        return str(selected["value"])
    return str(field.get("selected_user") or field.get("value") or "").strip()
