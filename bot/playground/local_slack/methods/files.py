"""files.*: uploading in three steps, and sharing.

https://docs.slack.dev/reference/methods/files.completeUploadExternal
"""

from typing import Any

from bot.playground.local_slack.arguments import needed, number, structure, text
from bot.playground.local_slack.files import File
from bot.playground.local_slack.messages import Message
from bot.playground.local_slack.methods.call import Call
from bot.playground.local_slack.refusal import Json, SlackRefusal


def get_upload_url(call: Call) -> Json:
    length = number(call.arguments, "length", default=0)
    if length < 1:
        raise SlackRefusal("invalid_arguments", messages=["[ERROR] must be more than 0: length"])
    owner = call.workspace.world.app.user_id
    file = call.workspace.files.expect(needed(call.arguments, "filename"), length, owner=owner)
    file.alt_txt = text(call.arguments, "alt_txt")
    return {"upload_url": f"{call.base_url}/upload/v1/{file.id}", "file_id": file.id}


def complete_upload(call: Call) -> Json:
    """Without `channel_id` the files stay unshared."""
    wished = structure(call.arguments, "files", refusal="invalid_arguments")
    if not isinstance(wished, list) or not wished:
        raise SlackRefusal("invalid_arguments", messages=["[ERROR] missing required field: files"])
    files = [_uploaded(call, one) for one in wished]
    channel = text(call.arguments, "channel_id")
    log = call.workspace.joined_channel(channel) if channel else None
    for file, one in zip(files, wished, strict=True):
        file.is_complete = True
        file.title = str(one.get("title") or file.name)
        call.workspace.filed(file)
    if log:
        _share(call, files, channel=log.id)
    return {"files": [file.as_slack() for file in files]}


def _uploaded(call: Call, wished: Any) -> File:
    file = call.workspace.files.get(wished.get("id") if isinstance(wished, dict) else None)
    if file.content is None:
        raise SlackRefusal("file_not_found")
    return file


def _share(call: Call, files: list[File], *, channel: str) -> None:
    workspace, arguments = call.workspace, call.arguments
    log = workspace.channels[channel]
    workspace.post(
        Message(
            ts=workspace.stamps.next(),
            channel=channel,
            user=workspace.world.app.user_id,
            text=text(arguments, "initial_comment"),
            is_bot=True,
            thread_ts=workspace.thread_of(log, arguments.get("thread_ts")),
            files=[file.id for file in files],
        )
    )


def info(call: Call) -> Json:
    return {"file": call.workspace.files.get(needed(call.arguments, "file")).as_slack()}
