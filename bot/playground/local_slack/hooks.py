"""What does a response_url accept, how often and for how long?

https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
"""

from dataclasses import dataclass
from itertools import count

from bot.playground.local_slack.arguments import flag, structure, text
from bot.playground.local_slack.limits import check_message
from bot.playground.local_slack.messages import Message
from bot.playground.local_slack.refusal import Json, SlackRefusal
from bot.playground.local_slack.workspace import Workspace

USES_MOST = 5
LIVES_MS = 30 * 60 * 1000


@dataclass(kw_only=True)
class Hook:
    """Where an answer goes: to `user` in `channel`; `original` is the message whose button was pressed."""

    user: str
    channel: str
    original: Message | None = None
    since_ms: int = 0
    uses: int = 0


class Hooks:
    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._numbers = count(1)
        self._hooks: dict[str, Hook] = {}

    def new(self, hook: Hook) -> str:
        """The hook's id."""
        hook.since_ms = self._workspace.clock.now_ms()
        hook_id = f"{next(self._numbers)}-{hook.since_ms}"
        self._hooks[hook_id] = hook
        return hook_id

    def use(self, hook_id: str, body: Json) -> None:
        """Raises SlackRefusal: expired_url, used_url, or what is wrong with the message."""
        hook = self._hooks.get(hook_id)
        if hook is None or self._workspace.clock.now_ms() - hook.since_ms > LIVES_MS:
            raise SlackRefusal("expired_url")
        if hook.uses >= USES_MOST:
            raise SlackRefusal("used_url")
        hook.uses += 1
        self.answer(hook, body)

    def answer(self, hook: Hook, body: Json) -> None:
        """Show `body` where the hook leads. Raises SlackRefusal for what is wrong with the message."""
        if flag(body, "delete_original") and hook.original:
            self._workspace.delete(hook.original)
            return
        blocks = structure(body, "blocks", refusal="invalid_blocks_format")
        check_message(text(body, "text"), blocks)
        if hook.original and _replaces(body):
            self._workspace.rewrite(hook.original, text=text(body, "text"), blocks=blocks)
            self._workspace.changed(hook.original)
            return
        self._say(hook, body, blocks=blocks or [])

    def _say(self, hook: Hook, body: Json, *, blocks: list[Json]) -> None:
        workspace = self._workspace
        in_channel = body.get("response_type") == "in_channel"
        wished = body.get("thread_ts") or (hook.original.thread_ts if hook.original else None)
        message = Message(
            ts=workspace.stamps.next(),
            channel=hook.channel,
            user=workspace.world.app.user_id,
            text=text(body, "text"),
            is_bot=True,
            blocks=blocks,
            thread_ts=workspace.thread_of(workspace.channels[hook.channel], wished),
            ephemeral_to=None if in_channel else hook.user,
        )
        if in_channel:
            workspace.post(message)
        else:
            workspace.whisper(message)


def _replaces(body: Json) -> bool:
    """An answer to a button takes the original's place unless it says otherwise."""
    if "replace_original" in body:
        return flag(body, "replace_original")
    return "response_type" not in body
