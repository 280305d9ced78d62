"""How does a test act as a person in the workspace?"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from typing import Any

import httpx

from bot.playground.local_slack.messages import elements_of
from bot.playground.serving import local_client

Json = dict[str, Any]
Wanted = str | Callable[[Json], object]

ANSWERS_WITHIN_S = 10.0


class Person:
    """One person's window. Everything goes over the client API; nothing has to be closed."""

    def __init__(self, base_url: str, user_id: str, *, channel: str = "C0INCIDENTS") -> None:
        self.id = user_id
        self.channel = channel
        self._base_url = base_url

    async def says(self, text: str, thread_ts: str | None = None, *, channel: str | None = None) -> str:
        """Type a message; its ts."""
        body = {"channel": channel or self.channel, "text": text, "thread_ts": thread_ts}
        return str(_accepted(await self._post("say", body))["ts"])

    async def commands(self, text: str, *, channel: str | None = None, thread_ts: str | None = None) -> Json:
        """Type a slash command; {ok, error?} as Slack would show it."""
        return await self._post(
            "command", {"channel": channel or self.channel, "text": text, "thread_ts": thread_ts}
        )

    async def messages(self, *, channel: str | None = None) -> list[Json]:
        """What stands in the channel and its threads, oldest first."""
        async with self._client() as client:
            return await self._read(client, "history", channel=channel or self.channel)

    async def sees(self, wanted: Wanted, timeout_s: float = 10, *, channel: str | None = None) -> Json:
        """The newest message that holds the text, or for which `wanted(message)` is true; waits for it.

        Messages that only this person sees count. Raises AssertionError with what there is.
        """
        channel = channel or self.channel
        wants = _wants(wanted)
        try:
            async with asyncio.timeout(timeout_s), self._window() as (client, happenings):
                async for _ in happenings:
                    if found := [one for one in await self._visible(client, channel) if wants(one)]:
                        return found[-1] | {"channel": channel}
        except TimeoutError:
            pass
        raise AssertionError(
            f"{self.id} did not see {_named(wanted)} within {timeout_s} s; {await self._seen(channel)}"
        )

    async def reacts(self, ts: str, name: str, *, channel: str | None = None) -> None:
        """Put a reaction on a message."""
        _accepted(
            await self._post("react", {"channel": channel or self.channel, "message_ts": ts, "name": name})
        )

    async def uses(self, ts: str, callback_id: str, *, channel: str | None = None) -> None:
        """Choose an entry of a message's menu."""
        body = {"channel": channel or self.channel, "message_ts": ts, "callback_id": callback_id}
        _accepted(await self._post("shortcut", body))

    async def opens_home(self, timeout_s: float = 10) -> Json:
        """Open the app's Home tab; the view, once the app has drawn one. Raises TimeoutError."""
        await self._post("home_opened", {})
        async with asyncio.timeout(timeout_s), self._client() as client:
            while True:
                answer = await client.get("/client/home", params={"user": self.id})
                if view := answer.json()["view"]:
                    return dict(view)
                await asyncio.sleep(0.02)

    async def presses(self, message: Json, wanted: str, *, value: Any = None) -> Json:
        """Press the button (or use the select) with this label or action id; {ok, error?}.

        The message is read again first, as a person's window would show it.
        """
        channel = message.get("channel", self.channel)
        async with self._client() as client:
            now = [one for one in await self._visible(client, channel) if one["ts"] == message["ts"]]
        block_id, action_id = _find((now[0] if now else message)["blocks"], wanted)
        body = {"channel": channel, "message_ts": message["ts"], "block_id": block_id, "action_id": action_id}
        return await self._post("action", body | {"value": value})

    async def waits_for_view(self, timeout_s: float = 10, *, title: str = "") -> Json:
        """The top modal, once there is one (with this title)."""
        try:
            async with asyncio.timeout(timeout_s), self._window() as (client, happenings):
                async for _ in happenings:
                    views = await self._read(client, "views", channel=self.channel)
                    if views and title in views[-1]["title"]["text"]:
                        return views[-1]
        except TimeoutError:
            pass
        raise AssertionError(f"{self.id} saw no modal {title!r} within {timeout_s} s")

    async def submits(self, view: Json, values: Json | None = None) -> Json:
        """Fill in the modal (by block id, action id or label) and submit it; {ok, errors?}."""
        state: Json = {}
        for name, value in (values or {}).items():
            block, element = _field(view["blocks"], name)
            state.setdefault(block["block_id"], {})[element["action_id"]] = {
                "type": element["type"],
                "value": value,
            }
        return await self._post("view", {"view_id": view["id"], "state": state})

    async def presses_in_view(self, view: Json, wanted: str, *, value: Any = None) -> Json:
        block_id, action_id = _find(view["blocks"], wanted)
        body = {"view_id": view["id"], "block_id": block_id, "action_id": action_id, "value": value}
        return await self._post("view_action", body)

    async def closes(self, view: Json) -> Json:
        return await self._post("view_close", {"view_id": view["id"]})

    async def reads_file(self, file: Json) -> bytes:
        """The bytes of one of a message's `files`."""
        async with self._client() as client:
            return (await client.get(f"/client/file/{file['id']}", params={"user": self.id})).content

    def _client(self) -> httpx.AsyncClient:
        return local_client(self._base_url, timeout=30)

    async def _post(self, path: str, body: Json) -> Json:
        async with self._client() as client:
            return dict((await client.post(f"/client/{path}", json={"user": self.id, **body})).json())

    async def _read(self, client: httpx.AsyncClient, path: str, *, channel: str) -> list[Json]:
        answer = (await client.get(f"/client/{path}", params={"user": self.id, "channel": channel})).json()
        return list(answer["views" if path == "views" else "messages"])

    async def _visible(self, client: httpx.AsyncClient, channel: str) -> list[Json]:
        shown = await self._read(client, "history", channel=channel) + await self._read(
            client, "ephemerals", channel=channel
        )
        return sorted(shown, key=lambda message: str(message["ts"]))

    @contextlib.asynccontextmanager
    async def _window(self) -> AsyncIterator[tuple[httpx.AsyncClient, AsyncGenerator[None, None]]]:
        async with self._client() as client, contextlib.aclosing(self._happenings(client)) as happenings:
            yield client, happenings

    async def _happenings(self, client: httpx.AsyncClient) -> AsyncGenerator[None, None]:
        """Once when the window is open, then at every change: look again each time."""
        quiet = httpx.Timeout(ANSWERS_WITHIN_S, read=None)  # it says nothing while nothing happens
        async with client.stream(
            "GET", "/client/events", params={"user": self.id}, timeout=quiet
        ) as response:
            async for line in response.aiter_lines():
                if line:
                    yield

    async def _seen(self, channel: str) -> str:
        async with self._client() as client:
            texts = [shown_text(message)[:200] for message in await self._visible(client, channel)]
        return f"what is there: {texts[-10:]}"


def shown_text(message: Json) -> str:
    """All words of a message: its text, and those in its blocks."""
    return "\n".join([message["text"], *_words(message["blocks"])])


def _words(piece: Any) -> list[str]:
    if isinstance(piece, list):
        return [word for one in piece for word in _words(one)]
    if not isinstance(piece, dict):
        return []
    own = [piece["text"]] if isinstance(piece.get("text"), str) else []
    return own + [word for one in piece.values() for word in _words(one)]


def _wants(wanted: Wanted) -> Callable[[Json], object]:
    if callable(wanted):
        return wanted
    return lambda message: wanted in shown_text(message)


def _named(wanted: Wanted) -> str:
    return "the awaited message" if callable(wanted) else repr(wanted)


def _find(blocks: list[Json], wanted: str) -> tuple[str, str]:
    there = []
    for block in blocks:
        for element in elements_of(block):
            label = element.get("text", {}).get("text") if isinstance(element.get("text"), dict) else None
            if wanted in (label, element["action_id"]):
                return block["block_id"], element["action_id"]
            there.append(label or element["action_id"])
    raise AssertionError(f"There is no {wanted!r} to press; there is {there}")


def _field(blocks: list[Json], name: str) -> tuple[Json, Json]:
    for block in blocks:
        for element in elements_of(block):
            label = block.get("label", {}).get("text")
            if name in (block["block_id"], element["action_id"], label):
                return block, element
    raise AssertionError(f"There is no field {name!r} in this modal")


def _accepted(answer: Json) -> Json:
    if not answer.get("ok"):
        raise AssertionError(f"Slack refused: {answer.get('error')}")
    return answer
