"""Does the workspace remember after its end all that people and the bot have left in it?"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.clock import DrivenClock
from bot.playground.local_slack import LocalSlack, Person
from bot.playground.local_slack.kept import Kept
from bot.playground.serving import local_client, serving

TOKEN = {"authorization": "Bearer xoxb-local-pong"}


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    kept = Kept(tmp_path / "slack.db")
    yield kept
    kept.close()


async def test_a_workspace_goes_on_where_it_was(kept: Kept, tmp_path: Path, clock: DrivenClock) -> None:
    async with serving(LocalSlack(clock, kept=kept).asgi()) as url:
        before = await _fill(url)
    again = Kept(tmp_path / "slack.db")
    async with serving(LocalSlack(clock, kept=again).asgi()) as url:
        maria = Person(url, "U0MARIA")
        assert await maria.messages() == before
        report = next(message["files"][0] for message in before if message["files"])
        assert await maria.reads_file(report) == b"# The report"
        async with local_client(f"{url}/api", headers=TOKEN) as client:
            # Still a member, and no ts is given out twice though the clock stood still.
            said = (await client.post("/chat.postMessage", json=_to("once more"))).json()
            bookmarks = (await client.post("/bookmarks.list", json={"channel_id": "C0INCIDENTS"})).json()
        assert said["ok"]
        assert said["ts"] not in {message["ts"] for message in before}
        assert bookmarks.get("error") == "missing_scope"
    again.close()


async def _fill(url: str) -> list[dict[str, Any]]:
    """A thread with an edit, a reaction, a pin, a file, a deleted and an ephemeral message."""
    maria = Person(url, "U0MARIA")
    async with local_client(f"{url}/api", headers=TOKEN) as client:

        async def call(method: str, **arguments: Any) -> dict[str, Any]:
            answer = dict((await client.post(f"/{method}", json=arguments)).json())
            assert answer["ok"], answer
            return answer

        await call("conversations.join", channel="C0INCIDENTS")
        parent = (await call("chat.postMessage", **_to("parent")))["ts"]
        await call("chat.postMessage", **_to("reply"), thread_ts=parent)
        await call("chat.update", channel="C0INCIDENTS", ts=parent, text="parent, edited")
        gone = (await call("chat.postMessage", **_to("gone")))["ts"]
        await call("chat.delete", channel="C0INCIDENTS", ts=gone)
        await call("chat.postEphemeral", **_to("psst"), user="U0MARIA")
        await call("pins.add", channel="C0INCIDENTS", timestamp=parent)
        place = await call("files.getUploadURLExternal", filename="report.md", length=12)
        await client.post(place["upload_url"], content=b"# The report")
        files = [{"id": place["file_id"], "title": "Report"}]
        await call("files.completeUploadExternal", files=files, channel_id="C0INCIDENTS", thread_ts=parent)
    async with local_client(f"{url}/client") as page:
        mark = {"user": "U0MARIA", "channel": "C0INCIDENTS", "message_ts": parent, "name": "eyes"}
        assert (await page.post("/react", json=mark)).json()["ok"]
    return await maria.messages()


def _to(text: str) -> dict[str, str]:
    return {"channel": "C0INCIDENTS", "text": text}
