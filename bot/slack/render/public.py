"""How does it read whether the public is told, with the text that would be published? Pure.

A draft stands as plain text, in which Slack finds neither mention nor format, so that it can be copied as it
is. https://docs.slack.dev/reference/block-kit/composition-objects/text-object
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.config.statuspage_table import StatuspageTable
from bot.incident import Incident
from bot.public.drafts import BODY_MOST, NAME_MOST, STATUSES, Draft, social
from bot.public.known import Outcome, Public, Publication
from bot.slack.render.blocks import (
    EMPTY,
    Block,
    Button,
    Message,
    actions,
    context,
    date,
    late,
    mention,
    section,
    with_buttons,
)
from bot.slack.render.comms import comms_buttons
from bot.slack.render.incident import called_in, names
from bot.text import clip, outside

SHOWN_MOST = 200
# What mends a refusal, by its HTTP status.
NEXT = {
    "": "press Publish… again.",
    "401": "put the right key into STATUSPAGE_API_KEY, start Pong anew, then press Publish…",
    "403": "give the key in STATUSPAGE_API_KEY that right at Statuspage, then press Publish…",
    "404": "look at page_id and component_ids in pong.toml, then press Publish…",
    "422": "press Publish… and change the text.",
}
STILL_OPEN = "🟠 The incident is still open here: with the status Resolved everybody reads that it is over."
WRITES_TO = {
    True: "Subscribers are written to (deliver_notifications in pong.toml is true).",
    False: "Subscribers are not written to (deliver_notifications in pong.toml is false).",
}


def question(
    incident: Incident,
    told: Draft,
    *,
    why: str,
    is_connected: bool,
    notifies: bool,
    on_call: Sequence[str] = (),
    ask: int = 1,
) -> Message:
    """Shall the public be told? With the text. `why` is Pong's own sentence, without its end. Who is
    `on_call` is asked where nobody known here has it."""
    who = mention(incident.speaker) if incident.speaker else called_in(incident, on_call)
    text = f"📣 {who}{' ' if who else ''}Shall the public be told of #{incident.id}? {why}."
    if ask > 1:
        text += " (asked anew)"
    blocks = [section(text), *_text_of(told)]
    if is_connected:
        blocks.append(context(f"{WRITES_TO[notifies]} A window opens, in which the text can be changed."))
        buttons = [_publish(incident, "Publish…", is_primary=True), _not_needed(incident)]
    else:
        blocks.append(context("No status page is connected: post it on yours, then press Done."))
        buttons = [Button("posted", str(incident.id), "Done", "primary"), _not_needed(incident)]
    return Message(f"{text}\n{_spoken(told)}", (*blocks, actions([*buttons, *comms_buttons(incident)])))


def grown_old(incident: Incident, public: Public, *, is_connected: bool, late_ms: int = 0) -> Message:
    """It goes on, and what the public reads of it is some time old: whoever speaks for it, or spoke last, is
    asked for the next text."""
    last = public.published
    who = incident.speaker or public.done_by or (last.by if last else None)
    said = "" if last is None or public.done_by else f" ({_status(last)})"
    text = f"📣 {f'{mention(who)} ' if who else ''}#{incident.id} goes on, and the public last heard of it "
    text += f"{date(public.told_ms or 0)}{said}{late(late_ms)}. Next: tell them where it stands"
    if is_connected:
        button = _publish(incident, "Publish…", is_primary=True)
        return Message(f"{text}.", (section(f"{text}."), actions([button])))
    text += " on your status page, then press Done."
    return Message(text, (section(text), actions([Button("posted", str(incident.id), "Done", "primary")])))


def end_question(
    incident: Incident, told: Draft, *, people: Sequence[str], is_connected: bool, why: str = ""
) -> Message:
    """It is over, and the public still reads that it is not: `people` are asked. `why` is Pong's own, of a
    question that was asked before."""
    who = f"{names(people)} " if people else ""
    text = f"📣 {who}#{incident.id} is resolved, and the public still reads that it goes on. "
    text += f"Say that it is over?{why}"
    if is_connected:
        buttons = [_publish(incident, "Publish the end…", is_primary=True)]
    else:
        text += " Post it on your status page, then press Done."
        buttons = [Button("posted", str(incident.id), "Done", "primary")]
    return Message(f"{text}\n{_spoken(told)}", (section(text), *_text_of(told), actions(buttons)))


def answered(sentence: str) -> Message:
    """The question once it is answered. The caller has made the sentence safe."""
    text = f"📣 {sentence}"
    return Message(text, (section(text),))


def on_its_way(publication: Publication, *, trouble: str = "") -> Message:
    """Somebody published, and the page has not taken it yet. `trouble` is Pong's own sentence."""
    text = f"⏳ {mention(publication.by)} publishes on the status page: {_said(publication)}"
    text += f"\n🟠 {trouble}" if trouble else ""
    return Message(text, (section(text), _shown(publication.body)))


def published(publication: Publication, incident_id: int) -> Message:
    """It stands on the page."""
    since = date(publication.settled_ms or publication.at_ms)
    text = f"🌐 On the status page since {since}: {_said(publication)}, by {mention(publication.by)}"
    text += f" · <{publication.link}|open it>" if publication.link else ""
    message = Message(text, (section(text), _shown(publication.body)))
    if publication.status == "resolved":
        return message
    return with_buttons(message, [Button("publish", str(incident_id), "Post to status page…")])


def not_published(publication: Publication) -> Message:
    """The same message when the page did not take it; what to do stands in a message of its own."""
    text = f"🔴 Not on the status page: {_said(publication)}, by {mention(publication.by)}"
    return Message(text, (section(text), _shown(publication.body)))


def failed(publication: Publication, incident_id: int, *, is_known: bool) -> Message:
    """Why, and what to do next: a new message, for people have to notice."""
    text = f"🔴 {mention(publication.by)} {outside(publication.why, 300)}, so "
    if is_known:
        text += f"nothing was published. The text is kept. Next: {NEXT.get(publication.code, NEXT[''])}"
    else:
        text += "it is not known whether it was published. Next: look at your status page. "
        text += "Publish… looks there too, and writes nothing twice."
    return Message(text, (section(text), actions([Button("publish", str(incident_id), "Publish…")])))


def window(told: Draft, ref: str, *, notifies: bool, is_first: bool, is_open: bool) -> dict[str, Any]:
    """The text before everybody can read it: pressing its button is the confirmation."""
    still = [context(STILL_OPEN)] if is_open else []
    where = "It opens an incident on the status page" if is_first else "It is added to what stands there"
    return {
        "type": "modal",
        "callback_id": "pong:publish",
        "private_metadata": ref,
        "title": {"type": "plain_text", "text": "Status page"},
        "submit": {"type": "plain_text", "text": "Publish"},
        "close": {"type": "plain_text", "text": "Go back"},
        "blocks": [
            section(f"🌐 Everybody can read it. {where}. {WRITES_TO[notifies]}"),
            _field("name", "Title", _typed(told.name, NAME_MOST)),
            _field("status", "Status", _choice(told.status)),
            _field("body", "Text", _typed(told.body, BODY_MOST) | {"multiline": True}),
            *still,
        ],
    }


def with_public(
    message: Message, incident: Incident, public: Public | None, table: StatuspageTable
) -> Message:
    """The incident's own message, with what the public knows under it."""
    line, button = _line(incident, public, table)
    if not line:
        return message
    spoken = f"{message.text}\n{line.replace('*', '')}"
    told = replace(message, text=spoken, blocks=(*message.blocks, section(line, button)))
    return with_buttons(told, comms_buttons(incident))


def closing(public: Public | None, quiet: str) -> str:
    """The line of the resolution post; `quiet` is what is said when nobody was asked."""
    return f"*External communication:* {_state(public) if public else quiet}"


def _line(incident: Incident, public: Public | None, table: StatuspageTable) -> tuple[str, Button | None]:
    if public is None:
        if not incident.is_open:
            return "", None
        return f"*Public:* not told; asked after {table.ask_after_min:g} min, or when users see it", _visible(
            incident
        )
    name = "Status page" if public.publications else "Public"
    return f"*{name}:* {_state(public)}", _next(incident, public, is_connected=bool(table.page_id))


def _next(incident: Incident, public: Public, *, is_connected: bool) -> Button | None:
    if public.is_pending:
        return None
    if not incident.is_open:
        ends = is_connected and public.published is not None and public.stands
        return _publish(incident, "Publish the end…") if ends else None
    if is_connected and not public.is_asking and public.declined_by is None:
        return _publish(incident, "Post to status page…")
    return _visible(incident) if public.declined_by or public.marked_by is None else None


def _state(public: Public) -> str:
    last = public.last
    if last is not None:
        return _published_state(public, last)
    if public.done_by:
        over = " that it is over" if public.is_done_at_end else ""
        return f"told{over} by hand, says {mention(public.done_by)} {date(public.done_ms or 0)}"
    if public.declined_by:
        return f"need not be told, says {mention(public.declined_by)}"
    seen = f"; users see it, says {mention(public.marked_by)}" if public.marked_by else ""
    return f"nobody has decided, asked {date(public.asked_ms or 0)}{seen}"


def _published_state(public: Public, last: Publication) -> str:
    parts = []
    if one := public.published:
        at = date(one.settled_ms or one.at_ms)
        parts.append(f"<{one.link}|{_status(one)}>, {at}" if one.link else f"{_status(one)}, {at}")
    if last.outcome is not Outcome.PUBLISHED:
        parts.append(f"{_status(last)} {last.outcome}")
    return " · ".join(parts)


def _status(publication: Publication) -> str:
    return STATUSES.get(publication.status) or outside(publication.status, 40)


def _said(publication: Publication) -> str:
    return f"{_status(publication)}: “{outside(publication.name, SHOWN_MOST)}”"


def _text_of(told: Draft) -> list[Block]:
    status = STATUSES.get(told.status) or outside(told.status, 40)
    return [
        context(f"For the status page ({status}):"),
        _shown(told.name),
        _shown(told.body),
        context("For social media, to copy (Pong posts nothing there):"),
        _shown(social(told)),
    ]


def _spoken(told: Draft) -> str:
    return f"{outside(told.name, SHOWN_MOST)}: {outside(told.body, 1_000)}"


def _shown(text: str) -> Block:
    plain = {"type": "plain_text", "text": clip(text, BODY_MOST) or EMPTY, "emoji": False}
    return {"type": "section", "text": plain}


def _typed(value: str, most: int) -> Block:
    element: Block = {"type": "plain_text_input", "max_length": most}
    return element | ({"initial_value": clip(value, most)} if value else {})


def _choice(status: str) -> Block:
    options = [_option(value, label) for value, label in STATUSES.items()]
    initial = _option(status, STATUSES[status]) if status in STATUSES else options[0]
    return {"type": "static_select", "options": options, "initial_option": initial}


def _option(value: str, label: str) -> Block:
    return {"text": {"type": "plain_text", "text": label}, "value": value}


def _field(name: str, label: str, element: Block) -> Block:
    text = {"type": "plain_text", "text": label}
    return {"type": "input", "block_id": name, "label": text, "element": element | {"action_id": name}}


def _publish(incident: Incident, label: str, *, is_primary: bool = False) -> Button:
    return Button("publish", str(incident.id), label, "primary" if is_primary else None)


def _not_needed(incident: Incident) -> Button:
    return Button("not_needed", str(incident.id), "Not needed")


def _visible(incident: Incident) -> Button:
    return Button("visible", str(incident.id), "User-visible")
