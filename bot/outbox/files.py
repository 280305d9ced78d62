"""How does a file come to stand in a thread, once?

It goes up unshared; then an ordinary message that holds its link shares it, and that message can be looked
up. https://docs.slack.dev/messaging/working-with-files
"""

import base64
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.outbox.calls import Answer, Calls, Meaning

PLACE = "{file}"


def picture(filename: str, png: bytes, *, alt: str) -> dict[str, str]:
    """A picture as a message's `file`: its bytes as text, since a message is kept as JSON."""
    content = base64.b64encode(png).decode()
    return {"filename": filename, "title": filename, "content": content, "encoding": "base64", "alt_txt": alt}


def _bytes_of(file: dict[str, Any]) -> bytes:
    content = str(file["content"])
    return base64.b64decode(content) if file.get("encoding") == "base64" else content.encode()


class Uploads:
    """Puts files up. `keep_lease` is asked between the calls and raises when it is lost."""

    def __init__(self, client: AsyncWebClient, calls: Calls) -> None:
        self._client = client
        self._calls = calls

    async def upload(self, file: dict[str, Any], keep_lease: Callable[[], Awaitable[None]]) -> Answer:
        """TAKEN with {"permalink": …}; else why not. A second upload after a failed one is seen by nobody."""
        content = _bytes_of(file)
        begun = await self._calls.ask(
            self._client.files_getUploadURLExternal(
                filename=file["filename"], length=len(content), alt_txt=file.get("alt_txt")
            )
        )
        if begun.meaning is not Meaning.TAKEN:
            return begun
        await keep_lease()
        if not await self._put(begun.data["upload_url"], content):
            return Answer(Meaning.UNSURE, "the file's bytes were not taken", has_answered=False)
        await keep_lease()
        title = file.get("title") or file["filename"]
        done = await self._calls.ask(
            self._client.files_completeUploadExternal(files=[{"id": begun.data["file_id"], "title": title}])
        )
        if done.meaning is not Meaning.TAKEN:
            return done
        return await self._with_permalink(done, begun.data["file_id"])

    async def _put(self, url: str, content: bytes) -> bool:
        seconds = aiohttp.ClientTimeout(total=self._client.timeout)
        try:
            async with (
                aiohttp.ClientSession(timeout=seconds, trust_env=False) as session,
                session.post(
                    url, data=content, proxy=self._client.proxy, ssl=self._client.ssl or True
                ) as response,
            ):
                return response.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False

    async def _with_permalink(self, done: Answer, file_id: str) -> Answer:
        file: dict[str, Any] = next(iter(done.data.get("files") or []), {})
        if not file.get("permalink"):
            # The documentation promises id and title only.
            info = await self._calls.ask(self._client.files_info(file=file_id))
            file = info.data.get("file") or {}
        if not file.get("permalink"):
            return Answer(Meaning.STRANGE, "no_permalink")
        return Answer(Meaning.TAKEN, data={"permalink": file["permalink"]})


def with_link(payload: dict[str, Any], file_link: str) -> dict[str, Any]:
    """What the post that shares the file says: its link ends the text and stands for {file} in blocks."""
    file = payload["file"]
    link = f"<{file_link}|{_label(file['filename'])}>"
    shared = {name: value for name, value in payload.items() if name != "file"}
    shared["text"] = f"{payload.get('text', '')}\n{link}".strip()
    if "blocks" in payload:
        shared["blocks"] = _filled(payload["blocks"], link)
    return shared


def _label(filename: str) -> str:
    return "".join(sign for sign in filename if sign not in "<>|&\n")


def _filled(value: Any, link: str) -> Any:
    match value:
        case str():
            return value.replace(PLACE, link)
        case dict():
            return {name: _filled(inner, link) for name, inner in value.items()}
        case list():
            return [_filled(inner, link) for inner in value]
        case _:
            return value
