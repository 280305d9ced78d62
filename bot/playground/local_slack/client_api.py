"""What do the page and the tests' people ask of the workspace?

JSON over HTTP under /client; https://html.spec.whatwg.org/multipage/server-sent-events.html for events.
"""

import json
from collections.abc import AsyncIterator, Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.playground.local_slack import shapes
from bot.playground.local_slack.messages import Message
from bot.playground.local_slack.modals import View
from bot.playground.local_slack.people_act import PeopleAct
from bot.playground.local_slack.people_mark import PeopleMark
from bot.playground.local_slack.refusal import Json, SlackRefusal
from bot.playground.local_slack.traffic import Traffic
from bot.playground.local_slack.workspace import Workspace
from bot.playground.local_slack.world import Channel

_Doing = Callable[["ClientApi", Json, str], Awaitable[Json]]


class ClientApi:
    def __init__(
        self, workspace: Workspace, *, people: PeopleAct, marks: PeopleMark, traffic: Traffic
    ) -> None:
        self._workspace = workspace
        self._traffic = traffic
        self._people = people
        self._marks = marks

    def routes(self) -> list[Route]:
        reads = {"boot": self.boot, "history": self.history, "events": self.events}
        reads |= {"ephemerals": self.ephemerals, "views": self.views, "file/{file}": self.file}
        reads |= {"home": self.home, "traffic": self.traffic}
        return [
            *(Route(f"/client/{path}", _refusing(endpoint)) for path, endpoint in reads.items()),
            *(
                Route(f"/client/{path}", self._doing(doing), methods=["POST"])
                for path, doing in _DOINGS.items()
            ),
        ]

    async def boot(self, request: Request) -> Response:
        world = self._workspace.world
        groups = [
            {"id": g.id, "handle": g.handle, "name": g.name, "users": g.users} for g in world.usergroups
        ]
        commands = [
            {"command": c.command, "description": c.description, "usage_hint": c.usage_hint}
            for c in world.commands
        ]
        return JSONResponse(
            {
                "team": {"id": world.team_id, "name": world.team_name},
                "me": shapes.user_for_client(self._workspace.user(request.query_params.get("user"))),
                "users": [shapes.user_for_client(user) for user in world.users],
                "usergroups": groups,
                "channels": [self._channel(channel) for channel in world.channels],
                "commands": commands,
                "shortcuts": [
                    {"callback_id": s.callback_id, "name": s.name, "description": s.description}
                    for s in world.shortcuts
                ],
                "app": {
                    "user_id": world.app.user_id,
                    "name": world.app.name,
                    "has_home": world.app.has_home,
                },
            }
        )

    def _channel(self, channel: Channel) -> Json:
        bookmarks = self._workspace.channels[channel.id].bookmarks
        return {"id": channel.id, "name": channel.name, "bookmarks": list(bookmarks)}

    async def history(self, request: Request) -> Response:
        log = self._workspace.channel(request.query_params.get("channel"))
        ordered = sorted(log.messages.values(), key=lambda message: message.ts)
        return JSONResponse({"messages": [self._workspace.for_client(message) for message in ordered]})

    async def ephemerals(self, request: Request) -> Response:
        """What was shown to this person alone; a page that reloads must not ask for it."""
        user, channel = request.query_params.get("user"), request.query_params.get("channel")
        shown = [
            m for m in self._workspace.ephemerals.values() if m.ephemeral_to == user and m.channel == channel
        ]
        return JSONResponse({"messages": [self._workspace.for_client(message) for message in shown]})

    async def views(self, request: Request) -> Response:
        """This person's open modals, the top one last."""
        stack = self._workspace.modals.stack(str(request.query_params.get("user")))
        return JSONResponse({"views": [shapes.view_for_client(view) for view in stack]})

    async def home(self, request: Request) -> Response:
        """The app's Home tab as this person has it; null until the app has published one."""
        view = self._workspace.homes.get(str(request.query_params.get("user")))
        return JSONResponse({"view": shapes.view_for_client(view) if view else None})

    async def events(self, request: Request) -> Response:
        user = self._workspace.user(request.query_params.get("user")).id
        return StreamingResponse(self._stream(user), media_type="text/event-stream", headers=_UNCACHED)

    async def traffic(self, request: Request) -> Response:
        """What the app and Slack say to each other, for developers: what is remembered, then what comes."""
        return StreamingResponse(self._overheard(), media_type="text/event-stream", headers=_UNCACHED)

    async def file(self, request: Request) -> Response:
        file = self._workspace.files.get(request.path_params["file"])
        headers = {
            "content-disposition": f'inline; filename="{file.id}"',
            "x-content-type-options": "nosniff",
        }
        # As plain text: an uploaded page must not run in the workspace's own origin.
        media_type = file.mimetype if file.mimetype.startswith("image/") else "text/plain; charset=utf-8"
        if file.mimetype == "image/svg+xml":
            headers["content-security-policy"] = "sandbox"
        return Response(file.content or b"", media_type=media_type, headers=headers)

    async def _stream(self, user: str) -> AsyncIterator[str]:
        with self._workspace.hub.watching(user) as queue:
            yield ": watching\n\n"
            while True:
                yield f"data: {json.dumps(await queue.get())}\n\n"

    async def _overheard(self) -> AsyncIterator[str]:
        with self._traffic.watching() as queue:
            yield ": watching\n\n"
            while True:
                yield f"data: {json.dumps(await queue.get())}\n\n"

    def _doing(self, doing: _Doing) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            body = await request.json()
            base_url = str(request.base_url).rstrip("/")
            return JSONResponse(await doing(self, body, base_url))

        return _refusing(endpoint)

    async def say(self, body: Json, base_url: str) -> Json:
        ts = self._people.say(
            body["user"], body["channel"], text=body["text"], thread_ts=body.get("thread_ts")
        )
        return {"ok": True, "ts": ts}

    async def command(self, body: Json, base_url: str) -> Json:
        if body.get("thread_ts"):
            name = body["text"].partition(" ")[0]
            return {"ok": False, "error": f"{name} is not supported in threads. Sorry!"}
        return await self._people.command(body["user"], body["channel"], text=body["text"], base_url=base_url)

    async def action(self, body: Json, base_url: str) -> Json:
        message = self._seen_message(body)
        return await self._people.press(body["user"], message, action=body, base_url=base_url)

    async def shortcut(self, body: Json, base_url: str) -> Json:
        message, callback_id = self._seen_message(body), str(body["callback_id"])
        return await self._people.shortcut(body["user"], message, callback_id=callback_id, base_url=base_url)

    async def react(self, body: Json, base_url: str) -> Json:
        self._marks.react(body["user"], self._shared_message(body), str(body["name"]))
        return {"ok": True}

    async def pin(self, body: Json, base_url: str) -> Json:
        self._marks.pin(body["user"], self._shared_message(body))
        return {"ok": True}

    async def edit(self, body: Json, base_url: str) -> Json:
        self._marks.edit(body["user"], self._shared_message(body), str(body["text"]))
        return {"ok": True}

    async def delete(self, body: Json, base_url: str) -> Json:
        self._marks.delete(body["user"], self._shared_message(body))
        return {"ok": True}

    async def home_opened(self, body: Json, base_url: str) -> Json:
        self._marks.open_home(body["user"])
        return {"ok": True}

    async def view(self, body: Json, base_url: str) -> Json:
        return await self._people.submit(self._own_view(body), body.get("state") or {})

    async def view_close(self, body: Json, base_url: str) -> Json:
        return await self._people.close(self._own_view(body))

    async def view_action(self, body: Json, base_url: str) -> Json:
        view = _owned(self._workspace.view(body["view_id"]), body)
        return await self._people.press_in_view(view, body)

    def _seen_message(self, body: Json) -> Message:
        ephemeral = self._workspace.ephemerals.get(body["message_ts"])
        if ephemeral and ephemeral.ephemeral_to == body["user"]:
            return ephemeral
        return self._workspace.message(body["channel"], body["message_ts"])

    def _shared_message(self, body: Json) -> Message:
        """One that everybody sees: what only one person saw cannot be marked."""
        return self._workspace.message(body["channel"], body["message_ts"])

    def _own_view(self, body: Json) -> View:
        return _owned(self._workspace.modals.find(view_id=body["view_id"]), body)


def _owned(view: View, body: Json) -> View:
    if view.user != body["user"]:
        raise SlackRefusal("not_found")
    return view


_UNCACHED = {"cache-control": "no-store"}
_DOINGS: dict[str, _Doing] = {
    "say": ClientApi.say,
    "command": ClientApi.command,
    "action": ClientApi.action,
    "shortcut": ClientApi.shortcut,
    "react": ClientApi.react,
    "pin": ClientApi.pin,
    "edit": ClientApi.edit,
    "delete": ClientApi.delete,
    "home_opened": ClientApi.home_opened,
    "view": ClientApi.view,
    "view_close": ClientApi.view_close,
    "view_action": ClientApi.view_action,
}


def _refusing(endpoint: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """Turns a refusal into {ok: false, error}, and a body that lacks something into 400."""

    async def guarded(request: Request) -> Response:
        try:
            return await endpoint(request)
        except SlackRefusal as refusal:
            return JSONResponse(refusal.answer())
        except KeyError as missing:
            return JSONResponse({"ok": False, "error": f"missing: {missing.args[0]}"}, 400)
        except ValueError:
            return JSONResponse({"ok": False, "error": "the body is not JSON"}, 400)

    return guarded
