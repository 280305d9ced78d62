"""conversations.*: which channels are there, and what was said in them?

https://docs.slack.dev/reference/methods/conversations.history
"""

from bot.playground.local_slack.arguments import flag, needed, text
from bot.playground.local_slack.messages import ChannelLog, Message
from bot.playground.local_slack.methods.call import Call
from bot.playground.local_slack.pages import page
from bot.playground.local_slack.refusal import Json, SlackRefusal


def join(call: Call) -> Json:
    log = call.workspace.channel(needed(call.arguments, "channel"))
    was_in = log.has_bot
    call.workspace.joined(log)
    return {"channel": _channel(call, log)} | ({"warning": "already_in_channel"} if was_in else {})


def info(call: Call) -> Json:
    return {"channel": _channel(call, call.workspace.channel(needed(call.arguments, "channel")))}


def listing(call: Call) -> Json:
    logs, cursor = page(list(call.workspace.channels.values()), call.arguments, usual=100, most=999)
    return {"channels": [_channel(call, log) for log in logs], "response_metadata": {"next_cursor": cursor}}


def history(call: Call) -> Json:
    """Newest first, without replies that are in their thread alone."""
    log = call.workspace.joined_channel(needed(call.arguments, "channel"))
    found = [message for message in log.top_level() if _is_asked_for(call, message)]
    return _messages(call, found, usual=100)


def replies(call: Call) -> Json:
    """The parent first, whatever is asked for, then the replies, oldest first."""
    log = call.workspace.joined_channel(needed(call.arguments, "channel"))
    asked = log.messages.get(needed(call.arguments, "ts"))
    if asked is None:
        raise SlackRefusal("thread_not_found")
    parent = log.messages.get(asked.thread_ts or asked.ts, asked)
    found = [reply for reply in log.replies(parent.ts) if _is_asked_for(call, reply)]
    return _messages(call, [parent, *found], usual=1000)


def _is_asked_for(call: Call, message: Message) -> bool:
    oldest, latest = text(call.arguments, "oldest"), text(call.arguments, "latest")
    if flag(call.arguments, "inclusive") and message.ts in (oldest, latest):
        return True
    after = not oldest or _moment(oldest) < _moment(message.ts)
    return after and (not latest or _moment(message.ts) < _moment(latest))


def _moment(ts: str) -> tuple[int, int]:
    """In whole seconds and microseconds: a float cannot tell neighbouring messages apart."""
    seconds, _, fraction = ts.partition(".")
    try:
        return int(seconds or 0), int(fraction[:6].ljust(6, "0"))
    except ValueError:
        raise SlackRefusal("invalid_ts_latest") from None


def _messages(call: Call, found: list[Message], *, usual: int) -> Json:
    messages, cursor = page(found, call.arguments, usual=usual, most=1000)
    with_metadata = flag(call.arguments, "include_all_metadata")
    answer: Json = {
        "messages": [call.workspace.for_slack(message, with_metadata=with_metadata) for message in messages],
        "has_more": bool(cursor),
    }
    return answer | ({"response_metadata": {"next_cursor": cursor}} if cursor else {})


def _channel(call: Call, log: ChannelLog) -> Json:
    world = call.workspace.world
    channel = next(one for one in world.channels if one.id == log.id)
    return {
        "id": log.id,
        "name": channel.name,
        "is_channel": True,
        "is_group": False,
        "is_im": False,
        "is_private": False,
        "is_archived": channel.is_archived,
        "is_member": log.has_bot,
        "is_general": channel.name == "general",
        "is_ext_shared": any(user.is_stranger for user in world.users),
        "context_team_id": world.team_id,
        "num_members": len([user for user in world.users if not user.is_deleted]),
    }
