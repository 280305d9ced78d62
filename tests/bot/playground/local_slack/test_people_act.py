"""Does what a person does reach the bot as Slack would send it, and come back as Slack would show it?"""

import json
from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import parse_qs

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.playground.local_slack import LocalSlack, Person
from bot.playground.serving import local_client, serving

Call = Callable[..., Any]
Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


ROW = {
    "type": "actions",
    "block_id": "row",
    "elements": [
        {"type": "button", "action_id": "go", "text": plain("Go"), "value": "7"},
        {"type": "overflow", "action_id": "more", "options": [{"text": plain("One"), "value": "1"}]},
    ],
}
MODAL = {
    "type": "modal",
    "callback_id": "ask",
    "private_metadata": "incident 4",
    "title": plain("Ask"),
    "submit": plain("Send"),
    "notify_on_close": True,
    "blocks": [
        ROW,
        {
            "type": "input",
            "block_id": "cause",
            "label": plain("Cause"),
            "element": {"type": "plain_text_input", "action_id": "typed"},
        },
    ],
}


class Bot:
    """Keeps what it is sent; answers submissions with `reply`."""

    def __init__(self) -> None:
        self.heard: list[Json] = []
        self.reply: Json = {}

    async def endpoint(self, request: Request) -> Response:
        body = await request.body()
        if request.headers["content-type"] == "application/json":
            self.heard.append(json.loads(body)["event"])
            return Response()
        form = {name: values[0] for name, values in parse_qs(body.decode(), keep_blank_values=True).items()}
        self.heard.append(json.loads(form["payload"]) if "payload" in form else form)
        return JSONResponse(self.reply) if self.reply else Response()


@pytest.fixture
async def bot(slack: LocalSlack, incidents: str) -> AsyncIterator[Bot]:
    bot = Bot()
    async with serving(Starlette(routes=[Route("/", bot.endpoint, methods=["POST"])])) as url:
        slack.deliver_to(f"{url}/")
        yield bot


@pytest.fixture
async def message(call: Call, maria: Person, bot: Bot) -> Json:
    await call("chat.postMessage", channel="C0INCIDENTS", text="Press", blocks=[ROW])
    return await maria.sees("Press")


@pytest.fixture
async def view(call: Call, slack: LocalSlack, maria: Person, bot: Bot) -> Json:
    await call("views.open", trigger_id=slack.workspace.modals.trigger("U0MARIA"), view=MODAL)
    return await maria.waits_for_view()


async def test_command_carries_who_where_and_what(bot: Bot, maria: Person) -> None:
    await maria.commands("/redis  clear cache ", channel="C0GENERAL")
    heard = bot.heard[0]
    assert (heard["command"], heard["text"], heard["channel_name"]) == ("/redis", "clear cache", "general")
    assert (heard["user_id"], heard["team_id"]) == ("U0MARIA", "T0PONG")


async def test_command_of_a_stranger_carries_their_own_team(bot: Bot, base_url: str) -> None:
    await Person(base_url, "U0ELSE").commands("/redis ping")
    assert bot.heard[0]["team_id"] == "T0ELSE"


async def test_command_in_a_thread_is_refused(bot: Bot, maria: Person) -> None:
    ts = await maria.says("hello")
    assert "not supported in threads" in (await maria.commands("/redis ping", thread_ts=ts))["error"]
    assert bot.heard == []


async def test_unknown_command_is_refused(bot: Bot, maria: Person) -> None:
    assert "not a valid command" in (await maria.commands("/rediss ping"))["error"]


async def test_response_url_of_a_command_answers_the_person(bot: Bot, maria: Person) -> None:
    await maria.commands("/redis ping")
    async with local_client() as client:
        assert (await client.post(bot.heard[0]["response_url"], json={"text": "Later"})).text == "ok"
    assert (await maria.sees("Later"))["ephemeral"]


async def test_press_carries_the_button_and_the_message(bot: Bot, maria: Person, message: Json) -> None:
    assert await maria.presses(message, "Go") == {"ok": True}
    heard = bot.heard[0]
    assert (heard["type"], heard["user"]["id"], heard["channel"]["id"]) == (
        "block_actions",
        "U0MARIA",
        "C0INCIDENTS",
    )
    assert (heard["actions"][0]["action_id"], heard["actions"][0]["value"]) == ("go", "7")
    assert heard["message"]["ts"] == heard["container"]["message_ts"] == message["ts"]


async def test_chosen_option_is_sent_whole(bot: Bot, maria: Person, message: Json) -> None:
    await maria.presses(message, "more", value="1")
    assert bot.heard[0]["actions"][0]["selected_option"] == {"text": plain("One"), "value": "1"}


async def test_button_that_is_gone_cannot_be_pressed(bot: Bot, base_url: str, message: Json) -> None:
    body = {"user": "U0MARIA", "channel": "C0INCIDENTS", "message_ts": message["ts"], "block_id": "row"}
    async with local_client(base_url) as client:
        answer = await client.post("/client/action", json=body | {"action_id": "approve"})
    assert answer.json()["error"] == "element_not_found"
    assert bot.heard == []


async def test_press_on_an_ephemeral_says_so_and_carries_no_message(
    call: Call, bot: Bot, maria: Person
) -> None:
    await call("chat.postEphemeral", channel="C0INCIDENTS", user="U0MARIA", text="psst", blocks=[ROW])
    await maria.presses(await maria.sees("psst"), "Go")
    assert bot.heard[0]["container"]["is_ephemeral"]
    assert "message" not in bot.heard[0]


async def test_submission_carries_the_state_and_closes_the_modal(bot: Bot, maria: Person, view: Json) -> None:
    assert await maria.submits(view, {"Cause": "a full disk"}) == {"ok": True}
    heard = bot.heard[0]["view"]
    assert heard["state"]["values"]["cause"]["typed"]["value"] == "a full disk"
    assert (heard["callback_id"], heard["private_metadata"]) == ("ask", "incident 4")
    with pytest.raises(AssertionError, match="no modal"):
        await maria.waits_for_view(timeout_s=0.1)


async def test_empty_required_field_never_reaches_the_bot(bot: Bot, maria: Person, view: Json) -> None:
    assert list((await maria.submits(view))["errors"]) == ["cause"]
    assert bot.heard == []


async def test_field_errors_are_shown_and_the_modal_stays(bot: Bot, maria: Person, view: Json) -> None:
    bot.reply = {"response_action": "errors", "errors": {"cause": "Say more."}}
    assert await maria.submits(view, {"cause": "x"}) == {"ok": False, "errors": {"cause": "Say more."}}
    assert (await maria.waits_for_view())["id"] == view["id"]


async def test_field_error_at_no_input_is_trouble(bot: Bot, maria: Person, view: Json) -> None:
    bot.reply = {"response_action": "errors", "errors": {"row": "Say more."}}
    assert "trouble" in (await maria.submits(view, {"cause": "x"}))["error"]


async def test_submission_may_update_push_and_clear(bot: Bot, maria: Person, view: Json) -> None:
    bot.reply = {"response_action": "update", "view": MODAL | {"title": plain("Again")}}
    await maria.submits(view, {"cause": "x"})
    assert (await maria.waits_for_view(title="Again"))["id"] == view["id"]
    bot.reply = {"response_action": "push", "view": MODAL | {"title": plain("On top")}}
    await maria.submits(view, {"cause": "x"})
    top = await maria.waits_for_view(title="On top")
    bot.reply = {"response_action": "clear"}
    assert await maria.submits(top, {"cause": "x"}) == {"ok": True}
    with pytest.raises(AssertionError, match="no modal"):
        await maria.waits_for_view(timeout_s=0.1)


async def test_refused_view_in_an_answer_is_an_error(bot: Bot, maria: Person, view: Json) -> None:
    bot.reply = {"response_action": "update", "view": MODAL | {"title": plain("x" * 25)}}
    assert (await maria.submits(view, {"cause": "x"}))["error"] == "invalid_arguments"


async def test_closing_is_told_when_the_bot_asked_for_it(bot: Bot, maria: Person, view: Json) -> None:
    assert await maria.closes(view) == {"ok": True}
    assert (bot.heard[0]["type"], bot.heard[0]["is_cleared"]) == ("view_closed", False)


async def test_press_inside_a_modal_carries_the_view(bot: Bot, maria: Person, view: Json) -> None:
    assert await maria.presses_in_view(view, "Go") == {"ok": True}
    assert bot.heard[0]["container"] == {"type": "view", "view_id": view["id"]}


async def test_somebody_elses_modal_cannot_be_submitted(bot: Bot, dev: Person, view: Json) -> None:
    assert (await dev.submits(view, {"cause": "x"}))["error"] == "not_found"


async def test_mention_is_told_only_where_the_bot_is_a_member(
    bot: Bot, maria: Person, until: Callable[..., Any]
) -> None:
    await maria.says("@pong help", channel="C0GENERAL")
    ts = await maria.says("@pong help")
    await until(lambda: bot.heard)
    assert [(one["type"], one["channel"], one["ts"]) for one in bot.heard] == [
        ("app_mention", "C0INCIDENTS", ts)
    ]
