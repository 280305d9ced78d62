"""What was said in a channel, and how is it kept?

https://docs.slack.dev/reference/events/message
"""

import copy
from dataclasses import dataclass, field

from bot.clock import Clock
from bot.playground.local_slack.refusal import Json


@dataclass(kw_only=True)
class Message:
    """`ephemeral_to` names the one person who sees it; such a message is in nobody's history. A reply that
    `is_broadcast` stands in the channel too."""

    ts: str
    channel: str
    user: str
    text: str
    is_bot: bool = False
    blocks: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    metadata: Json | None = None
    edited_ts: str | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    is_pinned: bool = False
    is_broadcast: bool = False
    ephemeral_to: str | None = None

    @property
    def is_reply(self) -> bool:
        return self.thread_ts is not None and self.thread_ts != self.ts

    @property
    def is_in_channel(self) -> bool:
        return self.is_broadcast or not self.is_reply


class Stamps:
    """Message ids: Slack's are the time in seconds with six decimals, and never the same twice."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last_us = 0

    def next(self) -> str:
        self._last_us = max(self._last_us + 1, self._clock.now_ms() * 1000)
        return f"{self._last_us // 1_000_000}.{self._last_us % 1_000_000:06d}"

    def follow(self, ts: str) -> None:
        """`ts` was given out before: the next ones come after it."""
        self._last_us = max(self._last_us, int(ts.replace(".", "")))


class ChannelLog:
    """One channel's messages, by ts, and who of the apps is in it."""

    def __init__(self, channel: str, *, has_bot: bool) -> None:
        self.id = channel
        self.has_bot = has_bot
        self.messages: dict[str, Message] = {}
        self._replies: dict[str, dict[str, Message]] = {}
        self.bookmarks: list[Json] = []

    def add(self, message: Message) -> None:
        self.messages[message.ts] = message
        if message.is_reply:
            self._replies.setdefault(str(message.thread_ts), {})[message.ts] = message

    def remove(self, message: Message) -> None:
        self.messages.pop(message.ts, None)
        self._replies.get(str(message.thread_ts), {}).pop(message.ts, None)

    def top_level(self) -> list[Message]:
        """Newest first, without replies that are in their thread alone. They were kept in the order of their
        stamps."""
        return [message for message in reversed(self.messages.values()) if message.is_in_channel]

    def replies(self, parent_ts: str) -> list[Message]:
        """Oldest first."""
        return list(self._replies.get(parent_ts, {}).values())


def with_ids(blocks: list[Json]) -> list[Json]:
    """A copy of `blocks` in which every block and element has the id that Slack would give it."""
    blocks = copy.deepcopy(blocks)
    taken = {block.get("block_id") for block in blocks}
    for number, block in enumerate(blocks):
        if not block.get("block_id"):
            block["block_id"] = _free(f"b{number}", taken)
        for place, element in enumerate(elements_of(block)):
            element.setdefault("action_id", f"{block['block_id']}-{place}")
    return blocks


def _free(wished: str, taken: set[str | None]) -> str:
    while wished in taken:
        wished += "x"
    taken.add(wished)
    return wished


def elements_of(block: Json) -> list[Json]:
    """What a person can use in the block: buttons, selects, inputs; those of the cards in it too."""
    elements = [block.get("accessory"), block.get("element")]
    if block.get("type") in ("actions", "context_actions"):
        elements += block.get("elements", [])
    if block.get("type") == "card":
        elements += block.get("actions", [])
    inner = block.get("elements", []) if block.get("type") == "carousel" else block.get("child_blocks", [])
    for card in inner:
        elements += elements_of(card)
    return [one for one in elements if isinstance(one, dict) and one.get("type") != "image"]


def find_element(blocks: list[Json], *, block_id: str, action_id: str) -> Json | None:
    for block in blocks:
        if block.get("block_id") == block_id:
            return next((one for one in elements_of(block) if one.get("action_id") == action_id), None)
    return None
