"""What is true in the workspace now, and who is told when it changes?"""

from bot.clock import Clock
from bot.playground.local_slack import shapes
from bot.playground.local_slack.files import File, Files
from bot.playground.local_slack.hub import Hub
from bot.playground.local_slack.kept import Kept
from bot.playground.local_slack.messages import ChannelLog, Message, Stamps, with_ids
from bot.playground.local_slack.modals import Modals, View
from bot.playground.local_slack.refusal import Json, SlackRefusal
from bot.playground.local_slack.world import User, World


class Workspace:
    """Everything the local Slack remembers. Every change is published on the hub, and written to `kept`."""

    def __init__(self, clock: Clock, world: World, kept: Kept | None = None) -> None:
        self.clock = clock
        self.world = world
        self.hub = Hub()
        self.stamps = Stamps(clock)
        self.channels = {one.id: ChannelLog(one.id, has_bot=one.has_bot) for one in world.channels}
        self.files = Files(world.domain)
        self.modals = Modals(clock)
        self.ephemerals: dict[str, Message] = {}
        self.homes: dict[str, View] = {}
        self._kept = kept
        if kept:
            self._remember(kept)

    def channel(self, channel_id: object) -> ChannelLog:
        """Raises SlackRefusal channel_not_found."""
        if log := self.channels.get(str(channel_id)):
            return log
        raise SlackRefusal("channel_not_found")

    def joined_channel(self, channel_id: object) -> ChannelLog:
        """A channel that the bot is a member of. Raises SlackRefusal channel_not_found, not_in_channel."""
        log = self.channel(channel_id)
        if not log.has_bot:
            raise SlackRefusal("not_in_channel")
        return log

    def message(self, channel_id: object, ts: object, *, refusal: str = "message_not_found") -> Message:
        """Raises SlackRefusal `refusal`."""
        if message := self.channel(channel_id).messages.get(str(ts)):
            return message
        raise SlackRefusal(refusal)

    def user(self, user_id: object) -> User:
        """Raises SlackRefusal user_not_found."""
        if user := self.world.by_id.get(str(user_id)):
            return user
        raise SlackRefusal("user_not_found")

    def thread_of(self, log: ChannelLog, thread_ts: object) -> str | None:
        """The ts of the thread's parent. Raises SlackRefusal thread_not_found."""
        if not thread_ts:
            return None
        parent = log.messages.get(str(thread_ts))
        if parent is None:
            raise SlackRefusal("thread_not_found")
        return parent.thread_ts or parent.ts

    def post(self, message: Message) -> Message:
        """Keep it, share the files that its text links to, tell everybody."""
        message.blocks = with_ids(message.blocks)
        log = self.channels[message.channel]
        log.add(message)
        for file in self.files.linked_in(message.text) if message.is_bot else ():
            message.files.append(file.id)
        for file_id in message.files:
            self.files.get(file_id).shares.append((message.channel, message.ts))
            self.filed(self.files.get(file_id))
        if message.is_reply and message.thread_ts:
            parent = log.messages[message.thread_ts]
            parent.thread_ts = parent.ts
            if self._kept:
                self._kept.message(parent)
        self._tell("message", message)
        return message

    def whisper(self, message: Message) -> Message:
        """Show it to one person only; it is in no history."""
        message.blocks = with_ids(message.blocks)
        self.ephemerals[message.ts] = message
        self._tell("ephemeral", message)
        return message

    def rewrite(self, message: Message, *, text: str, blocks: list[Json] | None) -> None:
        """Without blocks the text takes their place, and only then does Slack show "(edited)"."""
        if text:
            message.text = text
            message.blocks = with_ids(blocks or [])
        elif blocks is not None:
            message.blocks = with_ids(blocks)
        message.edited_ts = None if message.blocks else self.stamps.next()

    def changed(self, message: Message) -> None:
        self._tell("message_changed", message)

    def delete(self, message: Message) -> None:
        self.ephemerals.pop(message.ts, None)
        self.channels[message.channel].remove(message)
        if self._kept:
            self._kept.forget(message)
        self.hub.publish("message_deleted", to=message.ephemeral_to, channel=message.channel, ts=message.ts)

    def publish_home(self, user: str, definition: Json) -> View:
        view = self.modals.home(user, definition, before=self.homes.get(user))
        self.homes[user] = view
        self.hub.publish("home_updated", to=user, view=shapes.view_for_client(view))
        return view

    def view(self, view_id: object) -> View:
        """An open modal or a Home. Raises SlackRefusal not_found."""
        home = next((view for view in self.homes.values() if view.id == view_id), None)
        return home or self.modals.find(view_id=view_id)

    def show_view(self, view: View, *, is_new: bool) -> None:
        kind = "view_opened" if is_new else "view_updated"
        self.hub.publish(kind, to=view.user, view=shapes.view_for_client(view))

    def close_view(self, view: View) -> None:
        self.modals.close(view)
        self.hub.publish("view_closed", to=view.user, view_id=view.id)

    def close_all_views(self, user: str) -> None:
        for view in self.modals.clear(user):
            self.hub.publish("view_closed", to=user, view_id=view.id)

    def for_slack(self, message: Message, *, with_metadata: bool = False) -> Json:
        return shapes.message_for_slack(self, message, with_metadata=with_metadata)

    def for_client(self, message: Message) -> Json:
        return shapes.message_for_client(self, message)

    def joined(self, log: ChannelLog) -> None:
        log.has_bot = True
        if self._kept:
            self._kept.channel(log)

    def filed(self, file: File) -> None:
        if self._kept:
            self._kept.file(file)

    def bookmarked(self, log: ChannelLog) -> None:
        if self._kept:
            self._kept.channel(log)
        self.hub.publish("bookmarks", channel=log.id, bookmarks=list(log.bookmarks))

    def _remember(self, kept: Kept) -> None:
        for file in kept.files():
            self.files.add(file)
        for channel, fields in kept.channels().items():
            if log := self.channels.get(channel):
                log.has_bot, log.bookmarks = fields["has_bot"], fields["bookmarks"]
        for message in kept.messages():
            self.channels[message.channel].add(message)
            self.stamps.follow(message.ts)

    def _tell(self, kind: str, message: Message) -> None:
        if self._kept and message.ephemeral_to is None:
            self._kept.message(message)
        seen = self.for_client(message)
        self.hub.publish(kind, to=message.ephemeral_to, channel=message.channel, message=seen)
