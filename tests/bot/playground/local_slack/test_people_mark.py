"""What do reactions, pins, edits, shortcuts and the Home do, and what does the app hear of them?"""

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.clock import DrivenClock
from bot.playground.local_slack import LocalSlack, Person
from bot.playground.local_slack.world import Shortcut, default_world
from bot.playground.serving import local_client, serving

Json = dict[str, Any]
Call = Callable[..., Any]
HOME = {"type": "home", "blocks": [{"type": "divider"}]}
EVENTS = frozenset(
    {
        "app_home_opened",
        "app_mention",
        "message.channels",
        "pin_added",
        "pin_removed",
        "reaction_added",
        "reaction_removed",
    }
)


@pytest.fixture
def slack(clock: DrivenClock) -> LocalSlack:
    world = default_world().with_app(events=EVENTS, scopes=default_world().app.scopes | {"reactions:write"})
    shortcuts = (Shortcut(callback_id="open", name="Open incident"),)
    return LocalSlack(clock, world=replace(world, shortcuts=shortcuts))


@pytest.fixture
async def heard(slack: LocalSlack, incidents: str) -> AsyncIterator[list[Json]]:
    heard: list[Json] = []

    async def endpoint(request: Request) -> Response:
        if request.headers["content-type"] == "application/json":
            heard.append((await request.json())["event"])
        else:
            heard.append(json.loads(parse_qs((await request.body()).decode())["payload"][0]))
        return Response()

    async with serving(Starlette(routes=[Route("/", endpoint, methods=["POST"])])) as url:
        slack.deliver_to(f"{url}/")
        yield heard


@pytest.fixture
async def http(base_url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with local_client(f"{base_url}/client") as client:
        yield client


class Window:
    """Does as one person what the page's toolbar does, with one message."""

    def __init__(self, http: httpx.AsyncClient, user: str, ts: str) -> None:
        self._http = http
        self._body = {"user": user, "channel": "C0INCIDENTS", "message_ts": ts}

    async def does(self, what: str, **more: Any) -> Json:
        return dict((await self._http.post(f"/{what}", json=self._body | more)).json())


@pytest.fixture
async def window(http: httpx.AsyncClient, maria: Person, heard: list[Json]) -> Window:
    return Window(http, "U0MARIA", await maria.says("hello"))


async def types(heard: list[Json], until: Any, number: int) -> list[str]:
    await until(lambda: len(heard) >= number)
    return [event.get("subtype") or event["type"] for event in heard]


async def test_reaction_comes_and_goes_with_the_same_press(
    window: Window, maria: Person, heard: list[Json], until: Any
) -> None:
    assert await window.does("react", name=":eyes:") == {"ok": True}
    assert (await maria.sees("hello"))["reactions"] == [{"name": "eyes", "users": ["U0MARIA"]}]
    await window.does("react", name="eyes")
    assert (await maria.sees("hello"))["reactions"] == []
    assert await types(heard, until, 3) == ["message", "reaction_added", "reaction_removed"]
    assert heard[1]["item"]["ts"] == heard[0]["ts"]


@pytest.mark.parametrize("name", ["", "Eyes", "e y e s", "x" * 101])
async def test_reaction_that_is_no_emojis_name_is_refused(window: Window, name: str) -> None:
    assert (await window.does("react", name=name))["error"] == "invalid_name"


async def test_a_person_reacts_in_23_ways_at_most(window: Window) -> None:
    for number in range(23):
        assert (await window.does("react", name=f"e{number}"))["ok"]
    assert (await window.does("react", name="e23"))["error"] == "too_many_reactions"


async def test_pin_comes_and_goes(window: Window, maria: Person, heard: list[Json], until: Any) -> None:
    await window.does("pin")
    assert (await maria.sees("hello"))["pinned"]
    await window.does("pin")
    assert await types(heard, until, 3) == ["message", "pin_added", "pin_removed"]
    assert [event["pin_count"] for event in heard[1:]] == [1, 0]


async def test_own_message_is_edited_and_deleted(
    window: Window, maria: Person, heard: list[Json], until: Any
) -> None:
    await window.does("edit", text="good night, <!channel>")
    edited = await maria.sees("good night")
    assert (edited["edited"], edited["text"]) == (True, "good night, &lt;!channel&gt;")
    await window.does("delete")
    assert await maria.messages() == []
    assert await types(heard, until, 3) == ["message", "message_changed", "message_deleted"]
    assert heard[1]["previous_message"]["text"] == "hello"


@pytest.mark.parametrize(
    ("what", "more", "code"),
    [("edit", {"text": "mine now"}, "cant_update_message"), ("delete", {}, "cant_delete_message")],
)
async def test_somebody_elses_message_stays(
    http: httpx.AsyncClient, maria: Person, incidents: str, what: str, more: Json, code: str
) -> None:
    others = Window(http, "U0SAM", await maria.says("hello"))
    assert (await others.does(what, **more))["error"] == code


async def test_an_empty_edit_is_refused(window: Window) -> None:
    assert (await window.does("edit", text=" "))["error"] == "no_text"


async def test_what_only_one_person_saw_cannot_be_marked(
    call: Call, http: httpx.AsyncClient, incidents: str
) -> None:
    ts = (await call("chat.postEphemeral", channel=incidents, user="U0MARIA", text="psst"))["message_ts"]
    assert (await Window(http, "U0MARIA", ts).does("react", name="eyes"))["error"] == "message_not_found"


async def test_nothing_is_told_of_a_channel_that_the_app_is_not_in(
    http: httpx.AsyncClient, base_url: str, heard: list[Json], window: Window, until: Any
) -> None:
    elsewhere = await Person(base_url, "U0MARIA", channel="C0GENERAL").says("hello")
    body = {"user": "U0MARIA", "channel": "C0GENERAL", "message_ts": elsewhere, "name": "eyes"}
    assert (await http.post("/react", json=body)).json()["ok"]
    await window.does("react", name="eyes")
    await until(lambda: len(heard) >= 2)
    assert {event["item"]["channel"] for event in heard if "item" in event} == {"C0INCIDENTS"}


async def test_an_app_hears_only_what_it_subscribed_to(
    clock: DrivenClock, maria: Person, slack: LocalSlack, heard: list[Json], until: Any
) -> None:
    plain = LocalSlack(clock)
    assert plain.world.app.events == {"app_mention", "app_home_opened", "pin_added", "reaction_added"}
    plain._delivery.tell({"type": "reaction_removed"})
    assert not plain._delivery._telling


async def test_shortcut_carries_the_message_and_a_trigger(
    window: Window, heard: list[Json], call: Call, until: Any
) -> None:
    assert await window.does("shortcut", callback_id="open") == {"ok": True}
    action = heard[-1]
    assert (action["type"], action["callback_id"], action["message"]["text"]) == (
        "message_action",
        "open",
        "hello",
    )
    assert action["trigger_id"]
    assert "/hooks/" in action["response_url"]


async def test_unknown_shortcut_is_refused(window: Window) -> None:
    assert (await window.does("shortcut", callback_id="close"))["error"] == "shortcut_not_found"


async def test_home_is_published_for_one_person_and_opening_it_is_told(
    call: Call, http: httpx.AsyncClient, heard: list[Json], until: Any
) -> None:
    assert (await http.get("/home", params={"user": "U0MARIA"})).json() == {"view": None}
    published = (await call("views.publish", user_id="U0MARIA", view=HOME))["view"]
    shown = (await http.get("/home", params={"user": "U0MARIA"})).json()["view"]
    assert (shown["id"], shown["type"]) == (published["id"], "home")
    assert (await http.get("/home", params={"user": "U0DEV"})).json() == {"view": None}
    await http.post("/home_opened", json={"user": "U0MARIA"})
    await until(lambda: heard)
    assert (heard[0]["type"], heard[0]["tab"], heard[0]["view"]["id"]) == (
        "app_home_opened",
        "home",
        published["id"],
    )


async def test_home_keeps_its_id_and_a_stale_hash_is_refused(call: Call) -> None:
    first = (await call("views.publish", user_id="U0MARIA", view=HOME))["view"]
    second = (await call("views.publish", user_id="U0MARIA", view=HOME, hash=first["hash"]))["view"]
    assert second["id"] == first["id"]
    stale = await call("views.publish", user_id="U0MARIA", view=HOME, hash=first["hash"])
    assert stale["error"] == "hash_conflict"


async def test_button_in_the_home_reaches_the_app(
    call: Call, http: httpx.AsyncClient, heard: list[Json]
) -> None:
    button = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}
    row = {"type": "actions", "block_id": "row", "elements": [button]}
    view = (await call("views.publish", user_id="U0MARIA", view=HOME | {"blocks": [row]}))["view"]
    press = {"view_id": view["id"], "block_id": "row", "action_id": "go"}
    assert (await http.post("/view_action", json=press | {"user": "U0DEV"})).json()["error"] == "not_found"
    assert (await http.post("/view_action", json=press | {"user": "U0MARIA"})).json() == {"ok": True}
    assert heard[-1]["view"]["type"] == "home"


async def test_bookmarks_are_shown_and_can_be_taken_away(
    call: Call, http: httpx.AsyncClient, incidents: str
) -> None:
    link = {"title": "Runbook", "type": "link", "link": "https://example.com/runbook"}
    added = (await call("bookmarks.add", channel_id=incidents, **link))["bookmark"]
    boot = (await http.get("/boot", params={"user": "U0MARIA"})).json()
    assert [one["title"] for one in boot["channels"][0]["bookmarks"]] == ["Runbook"]
    assert (await call("bookmarks.remove", channel_id=incidents, bookmark_id=added["id"]))["ok"]
    again = await call("bookmarks.remove", channel_id=incidents, bookmark_id=added["id"])
    assert again["error"] == "not_found"


async def test_traffic_tells_both_directions_without_a_token(
    call: Call, http: httpx.AsyncClient, incidents: str, maria: Person
) -> None:
    await maria.commands("/redis ping")
    entries: list[Json] = []
    async with http.stream("GET", "/traffic") as stream:
        async for line in stream.aiter_lines():
            entries += [json.loads(line[6:])] if line.startswith("data: ") else []
            if len(entries) == 2:
                break
    joined, command = entries
    assert (joined["from"], joined["what"], joined["status"]) == ("pong", "conversations.join", 200)
    assert (command["from"], command["what"], command["answer"]) == (
        "slack",
        "slash_commands /redis ping",
        "dispatch_failed",
    )
    assert "token" not in command["sent"]
    assert "xoxb" not in json.dumps(entries)
