"""What happens when somebody reacts to a message, pins it, edits it, deletes it, or opens the app's Home?

https://docs.slack.dev/reference/events
"""

import re

from bot.playground.local_slack import events
from bot.playground.local_slack.delivery import Delivery
from bot.playground.local_slack.messages import Message
from bot.playground.local_slack.refusal import Json, SlackRefusal
from bot.playground.local_slack.typed import as_sent
from bot.playground.local_slack.workspace import Workspace

REACTION = re.compile(r"[a-z0-9_+\-]{1,100}")
REACTIONS_MOST = 23  # by one person on one message; 50 kinds in all


class PeopleMark:
    """Changes the message as the person's window does, and tells the bot where it is in the channel."""

    def __init__(self, workspace: Workspace, delivery: Delivery) -> None:
        self._workspace = workspace
        self._delivery = delivery

    def react(self, user: str, message: Message, name: str) -> None:
        """Add the reaction, or take it back. Raises SlackRefusal invalid_name, too_many_reactions."""
        name, user = name.strip(":"), self._workspace.user(user).id
        if not REACTION.fullmatch(name):
            raise SlackRefusal("invalid_name")
        is_added = user not in message.reactions.get(name, [])
        if is_added and sum(user in users for users in message.reactions.values()) >= REACTIONS_MOST:
            raise SlackRefusal("too_many_reactions")
        mark(message, name, user, is_added=is_added)
        self._workspace.changed(message)
        self._tell(
            message, events.reaction(self._workspace, message, user=user, name=name, is_added=is_added)
        )

    def pin(self, user: str, message: Message) -> None:
        """Pin it, or take the pin out."""
        message.is_pinned = not message.is_pinned
        self._workspace.changed(message)
        self._tell(message, events.pin(self._workspace, message, user=self._workspace.user(user).id))

    def edit(self, user: str, message: Message, text: str) -> None:
        """Raises SlackRefusal cant_update_message for somebody else's, no_text."""
        if message.user != self._workspace.user(user).id:
            raise SlackRefusal("cant_update_message")
        if not text.strip():
            raise SlackRefusal("no_text")
        before = self._workspace.for_slack(message)
        self._workspace.rewrite(message, text=as_sent(text, self._workspace.world), blocks=None)
        self._workspace.changed(message)
        self._tell(message, events.edited(self._workspace, message, before=before))

    def delete(self, user: str, message: Message) -> None:
        """Raises SlackRefusal cant_delete_message for somebody else's."""
        if message.user != self._workspace.user(user).id:
            raise SlackRefusal("cant_delete_message")
        before = self._workspace.for_slack(message)
        self._workspace.delete(message)
        self._tell(message, events.deleted(self._workspace, message, before=before))

    def open_home(self, user: str) -> None:
        self._delivery.tell(events.home_opened(self._workspace, self._workspace.user(user).id))

    def _tell(self, message: Message, event: Json) -> None:
        if self._workspace.channels[message.channel].has_bot:
            self._delivery.tell(event)


def mark(message: Message, name: str, user: str, *, is_added: bool) -> None:
    """Note that `user` reacted with `name`, or does no longer."""
    if is_added:
        message.reactions.setdefault(name, []).append(user)
        return
    message.reactions[name].remove(user)
    if not message.reactions[name]:
        del message.reactions[name]
