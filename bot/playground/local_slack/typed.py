"""What does Slack make of what a person types?

https://docs.slack.dev/messaging/formatting-message-text
"""

import re

from bot.playground.local_slack.world import World

_NAME = re.compile(r"(?<![\w@])@([a-z0-9][a-z0-9._-]*)", re.IGNORECASE)
_EVERYBODY = ("here", "channel", "everyone")


def as_sent(typed: str, world: World) -> str:
    """Escaped, with @names as mentions."""
    names = {user.name: f"<@{user.id}>" for user in world.users}
    names |= {group.handle: f"<!subteam^{group.id}>" for group in world.usergroups}
    names |= {word: f"<!{word}>" for word in _EVERYBODY}
    escaped = typed.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _NAME.sub(lambda match: _mention(match, names), escaped)


def _mention(match: re.Match[str], names: dict[str, str]) -> str:
    """The name as far as it is known: a full stop behind it belongs to the sentence."""
    name = match[1]
    bare = name.rstrip("._-")
    known = names.get(name.lower()) or names.get(bare.lower())
    if known is None:
        return match[0]
    return known if name.lower() in names else known + name[len(bare) :]
