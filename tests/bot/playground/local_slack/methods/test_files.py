"""Does a file go the way it goes in Slack: announced, uploaded, completed, shared?"""

import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.local_slack import LocalSlack, Person
from bot.playground.serving import local_client

Call = Callable[..., Any]
REPORT = b"# Report\n"


@pytest.fixture
def client(base_url: str) -> AsyncWebClient:
    return AsyncWebClient(token="xoxb-local-pong", base_url=f"{base_url}/api/")


@pytest.fixture
async def http(base_url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with local_client() as client:
        yield client


async def unshared(call: Call, http: httpx.AsyncClient) -> dict[str, Any]:
    place = await call("files.getUploadURLExternal", filename="report.md", length=len(REPORT))
    assert (await http.post(place["upload_url"], content=REPORT)).status_code == 200
    files = json.dumps([{"id": place["file_id"], "title": "The report"}])
    return dict((await call("files.completeUploadExternal", files=files))["files"][0])


async def test_sdks_own_upload_shares_the_file_in_the_thread(
    client: AsyncWebClient, call: Call, incidents: str, maria: Person
) -> None:
    parent = (await call("chat.postMessage", channel=incidents, text="parent"))["ts"]
    await client.files_upload_v2(
        channel=incidents,
        thread_ts=parent,
        filename="report.md",
        content=REPORT,
        initial_comment="Here it is",
    )
    message = await maria.sees("Here it is")
    assert message["thread_ts"] == parent
    assert message["files"][0]["size"] == len(REPORT)
    assert await maria.reads_file(message["files"][0]) == REPORT


async def test_file_stays_unshared_until_a_message_links_to_it(
    call: Call, http: httpx.AsyncClient, incidents: str, maria: Person
) -> None:
    file = await unshared(call, http)
    assert await maria.messages() == []
    assert file["shares"] == {}
    await call("chat.postMessage", channel=incidents, text=f"<{file['permalink']}|report.md>")
    message = await maria.sees("report.md")
    assert [shared["name"] for shared in message["files"]] == ["report.md"]


async def test_file_that_was_not_uploaded_cannot_be_completed(call: Call) -> None:
    place = await call("files.getUploadURLExternal", filename="report.md", length=9)
    answer = await call("files.completeUploadExternal", files=[{"id": place["file_id"]}])
    assert answer["error"] == "file_not_found"


async def test_upload_of_another_length_is_refused(call: Call, http: httpx.AsyncClient) -> None:
    place = await call("files.getUploadURLExternal", filename="report.md", length=5)
    assert (await http.post(place["upload_url"], content=REPORT)).status_code == 400


async def test_info_needs_its_scope(call: Call, slack: LocalSlack) -> None:
    assert (await call("files.info", file="F0000001"))["error"] == "missing_scope"


async def test_upload_can_be_lost_after_it_was_taken(
    call: Call, http: httpx.AsyncClient, slack: LocalSlack, incidents: str
) -> None:
    place = await call("files.getUploadURLExternal", filename="report.md", length=len(REPORT))
    slack.fail("upload", "lost_answer", times=1)
    with pytest.raises(httpx.TransportError):
        await http.post(place["upload_url"], content=REPORT)
    assert (await call("files.completeUploadExternal", files=[{"id": place["file_id"]}]))["ok"]
