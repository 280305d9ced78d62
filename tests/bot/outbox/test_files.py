"""Does a file come to stand in its thread, once, and nowhere else?"""

from typing import Any

import pytest

from bot.outbox.files import picture, with_link

REPORT = {"filename": "report.md", "content": "# Report\nall of it ✅", "title": "Incident report"}


async def test_a_file_stands_in_its_thread_with_its_bytes(post: Any) -> None:
    await post.say("parent")
    await post.say("report", "Here it is.", parent="parent", file=REPORT)
    async with post.sending():
        await post.emptied()
    channel = post.slack.workspace.channels["C0INCIDENTS"]
    message = next(one for one in channel.messages.values() if one.text.startswith("Here it is."))
    file = post.slack.workspace.files.get(message.files[0])
    assert file.content == REPORT["content"].encode()
    assert file.title == "Incident report"
    assert message.text.endswith(f"<{file.permalink}|report.md>")
    assert message.is_reply


@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "files.completeUploadExternal", "upload"])
@pytest.mark.parametrize("kind", ["server_error", "lost_answer", "rate_limited"])
async def test_a_failing_upload_leaves_one_shared_file(post: Any, method: str, kind: str) -> None:
    post.slack.fail(method, kind, times=1)
    await post.say("report", file=REPORT)
    async with post.sending():
        await post.emptied()
    assert len(post.said()) == 1
    files = post.slack.workspace.files._files.values()
    assert sum(len(file.shares) for file in files) == 1


async def test_a_lost_answer_to_the_post_shares_the_file_once(post: Any) -> None:
    post.slack.fail("chat.postMessage", "lost_answer", times=1)
    await post.say("report", file=REPORT)
    async with post.sending():
        await post.emptied()
    assert len(post.said()) == 1
    assert len(post.calls("files.getUploadURLExternal")) == 1


async def test_an_edit_before_the_upload_keeps_the_file(post: Any) -> None:
    await post.say("report", "first", file=REPORT)
    await post.edit("report", "second")
    async with post.sending():
        await post.emptied()
    assert post.said()[0].startswith("second\n<https://")


def test_the_link_takes_the_place_of_file_in_blocks() -> None:
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "Report: {file}"}}]
    shared = with_link(
        {"text": "Report", "blocks": blocks, "file": REPORT}, "https://x.test/files/U/F1/report.md"
    )
    assert shared["text"] == "Report\n<https://x.test/files/U/F1/report.md|report.md>"
    assert shared["blocks"][0]["text"]["text"] == "Report: <https://x.test/files/U/F1/report.md|report.md>"
    assert "file" not in shared


def test_a_file_name_cannot_break_out_of_its_link() -> None:
    file = {"filename": "a>|<!channel>&.md", "content": "x"}
    assert (
        with_link({"text": "", "file": file}, "https://x.test/f")["text"] == "<https://x.test/f|a!channel.md>"
    )


async def test_a_picture_goes_up_as_bytes_with_its_alternative_text(post: Any) -> None:
    png = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
    await post.say("trend", "see {file}", file=picture("trend.png", png, alt="Memory rose to 99 %"))
    async with post.sending():
        await post.emptied()
    [file] = post.slack.workspace.files._files.values()
    assert (file.content, file.alt_txt, file.mimetype) == (png, "Memory rose to 99 %", "image/png")
