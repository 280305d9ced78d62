"""Which Block Kit pieces does Pong write, and how do they stay inside Slack's limits?

https://docs.slack.dev/reference/block-kit/blocks
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from bot.clock import clock_time, length
from bot.config.forms import SCHEDULE
from bot.people import called_on_call
from bot.text import clip

Block = dict[str, Any]

SECTION_MOST = 3_000
HEADER_MOST = 150
FIELD_MOST = 2_000
BUTTON_MOST = 75
TEXT_MOST = 3_900
BLOCKS_MOST = 50
EMPTY = "–"  # Slack refuses a whole message for one text without a character


@dataclass(frozen=True)
class Message:
    """What is sent: `text` stands alone (screen readers, notifications), `blocks` draw the same."""

    text: str
    blocks: tuple[Block, ...] = ()

    def payload(self) -> dict[str, Any]:
        """The arguments of chat.postMessage and chat.update, inside Slack's limits."""
        fields: dict[str, Any] = {
            "text": clip(self.text, TEXT_MOST) or EMPTY,
            "unfurl_links": False,
            "unfurl_media": False,
        }
        return fields | {"blocks": list(self.blocks[:BLOCKS_MOST])}


@dataclass(frozen=True, kw_only=True)
class Confirm:
    """The dialog before a button does something: plain text."""

    title: str
    text: str
    yes: str
    no: str = "Go back"

    def block(self, *, danger: bool) -> Block:
        return {
            "title": _plain(self.title, 100),
            "text": _plain(self.text, 300),
            "confirm": _plain(self.yes, 30),
            "deny": _plain(self.no, 30),
            "style": "danger" if danger else "primary",
        }


@dataclass(frozen=True)
class Button:
    """A button that asks for `verb` (a key of commands.VERBS) with `ref` as its argument."""

    verb: str
    ref: str
    label: str
    style: Literal["primary", "danger"] | None = None
    confirm: Confirm | None = None

    def block(self) -> Block:
        button: Block = {
            "type": "button",
            "action_id": f"pong:{self.verb}",
            "value": self.ref,
            "text": _plain(self.label, BUTTON_MOST),
        }
        if self.style:
            button["style"] = self.style
        if self.confirm:
            button["confirm"] = self.confirm.block(danger=self.style == "danger")
        return button


def header(text: str) -> Block:
    return {"type": "header", "text": _plain(text, HEADER_MOST)}


def section(markdown: str, button: Button | None = None) -> Block:
    """A paragraph of mrkdwn, with at most one button beside it. What came from outside is escaped before."""
    block: Block = {"type": "section", "text": _mrkdwn(markdown, SECTION_MOST)}
    return block | {"accessory": button.block()} if button else block


def context(markdown: str) -> Block:
    return {"type": "context", "elements": [_mrkdwn(markdown, SECTION_MOST)]}


def actions(buttons: Sequence[Button]) -> Block:
    """A row of buttons. Slack wants each action_id of a row once: the second of a verb is `pong:verb~2`."""
    elements: list[Block] = []
    seen: Counter[str] = Counter()
    for button in buttons[:25]:
        seen[button.verb] += 1
        suffix = f"~{seen[button.verb]}" if seen[button.verb] > 1 else ""
        elements.append(button.block() | {"action_id": f"pong:{button.verb}{suffix}"})
    return {"type": "actions", "elements": elements}


def with_buttons(message: Message, buttons: Sequence[Button]) -> Message:
    """The same with a row of buttons under it, if there are any."""
    return replace(message, blocks=(*message.blocks, actions(buttons))) if buttons else message


def image(url: str, description: str) -> Block:
    """A picture that Slack fetches from `url`; `description` is plain text, for who does not see it."""
    return {"type": "image", "image_url": url, "alt_text": clip(description, FIELD_MOST) or EMPTY}


def divider() -> Block:
    return {"type": "divider"}


def fenced(text: str) -> str:
    """Lines as code, letter by letter, to be copied: inside it only &, < and > mean something, and the
    backtick."""
    safe = text.replace("`", "'").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"```{clip(safe, SECTION_MOST - 10)}```"


def date(at_ms: int, form: str = "{time}") -> str:
    """A moment in the reader's own zone, with UTC for clients that cannot."""
    return f"<!date^{at_ms // 1000}^{form}|{clock_time(at_ms)}>"


def late(late_ms: int) -> str:
    """What stands behind something that comes late; nothing when it does not."""
    return f" (late by {length(late_ms)}: Pong was not running)" if late_ms else ""


def mention(person: str) -> str:
    """`<@U…>` or `<!subteam^S…>`: only for ids from pong.toml and from Slack, never for typed text. Whom a
    schedule names is not known here, so nobody is called by it."""
    if person.startswith(SCHEDULE):
        return called_on_call(person)
    return f"<!subteam^{person}>" if person.startswith("S") else f"<@{person}>"


def _plain(text: str, most: int) -> Block:
    return {"type": "plain_text", "text": clip(text, most) or EMPTY, "emoji": True}


def _mrkdwn(text: str, most: int) -> Block:
    return {"type": "mrkdwn", "text": clip(text, most) or EMPTY, "verbatim": True}
