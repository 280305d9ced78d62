"""chat.*: saying, changing and taking back.

https://docs.slack.dev/reference/methods/chat.postMessage
"""

from bot.playground.local_slack.arguments import flag, needed, structure, text
from bot.playground.local_slack.limits import (
    POSTED_TEXT_MOST,
    UPDATED_TEXT_MOST,
    check_message,
    check_metadata,
)
from bot.playground.local_slack.messages import Message
from bot.playground.local_slack.methods.call import Call
from bot.playground.local_slack.refusal import Json, SlackRefusal


def post_message(call: Call) -> Json:
    workspace, arguments = call.workspace, call.arguments
    log = workspace.joined_channel(needed(arguments, "channel"))
    blocks = structure(arguments, "blocks", refusal="invalid_blocks_format")
    check_message(text(arguments, "text"), blocks)
    message = Message(
        ts=workspace.stamps.next(),
        channel=log.id,
        user=workspace.world.app.user_id,
        text=text(arguments, "text")[:POSTED_TEXT_MOST],
        is_bot=True,
        blocks=blocks or [],
        thread_ts=workspace.thread_of(log, arguments.get("thread_ts")),
        metadata=check_metadata(structure(arguments, "metadata", refusal="invalid_metadata_format")),
    )
    message.is_broadcast = message.is_reply and flag(arguments, "reply_broadcast")
    workspace.post(message)
    return {"channel": log.id, "ts": message.ts, "message": workspace.for_slack(message, with_metadata=True)}


def post_ephemeral(call: Call) -> Json:
    workspace, arguments = call.workspace, call.arguments
    log = workspace.joined_channel(needed(arguments, "channel"))
    user = workspace.world.by_id.get(needed(arguments, "user"))
    if user is None or user.is_deleted:
        raise SlackRefusal("user_not_in_channel")
    blocks = structure(arguments, "blocks", refusal="invalid_blocks_format")
    check_message(text(arguments, "text"), blocks)
    message = Message(
        ts=workspace.stamps.next(),
        channel=log.id,
        user=workspace.world.app.user_id,
        text=text(arguments, "text"),
        is_bot=True,
        blocks=blocks or [],
        thread_ts=workspace.thread_of(log, arguments.get("thread_ts")),
        ephemeral_to=user.id,
    )
    return {"message_ts": workspace.whisper(message).ts}


def update(call: Call) -> Json:
    workspace, arguments = call.workspace, call.arguments
    message = _own(call, "cant_update_message")
    blocks = structure(arguments, "blocks", refusal="invalid_blocks_format")
    check_message(text(arguments, "text"), blocks, text_most=UPDATED_TEXT_MOST)
    metadata = check_metadata(structure(arguments, "metadata", refusal="invalid_metadata_format"))
    workspace.rewrite(message, text=text(arguments, "text"), blocks=blocks)
    if "metadata" in arguments:
        message.metadata = metadata
    workspace.changed(message)
    seen = workspace.for_slack(message, with_metadata=True)
    return {"channel": message.channel, "ts": message.ts, "text": message.text, "message": seen}


def delete(call: Call) -> Json:
    message = _own(call, "cant_delete_message")
    call.workspace.delete(message)
    return {"channel": message.channel, "ts": message.ts}


def get_permalink(call: Call) -> Json:
    workspace, arguments = call.workspace, call.arguments
    channel = needed(arguments, "channel")
    message = workspace.message(channel, needed(arguments, "message_ts"))
    host = f"https://{workspace.world.domain}.slack.com"
    link = f"{host}/archives/{message.channel}/p{message.ts.replace('.', '')}"
    if message.is_reply:
        link += f"?thread_ts={message.thread_ts}&cid={message.channel}"
    return {"channel": message.channel, "permalink": link}


def _own(call: Call, refusal: str) -> Message:
    """The bot's own message. Raises SlackRefusal channel_not_found, message_not_found, `refusal`."""
    message = call.workspace.message(needed(call.arguments, "channel"), needed(call.arguments, "ts"))
    if not message.is_bot:
        raise SlackRefusal(refusal)
    return message
