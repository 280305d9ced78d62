"""Is all that people do kept before it is answered, and worked once? On a real local Slack, both ways in."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bot.people import Identity
from bot.playground.local_slack.person import shown_text
from bot.playground.local_slack.sockets import Envelope
from tests.bot.intake.test_opening import START_MS
from tests.fixtures.alerts import alertmanager
from tests.fixtures.slack_pong import TOKEN, SlackPong, slack_pong, until
from tests.fixtures.small_pong import CHANNEL

MARIA, DEV, GUEST = "U0MARIA", "U0DEV", "U0GUEST"


@pytest.fixture(params=["socket", "http"])
async def up(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[SlackPong]:
    async with slack_pong(tmp_path, mode=request.param) as pong:
        yield pong


async def opens(up: SlackPong) -> dict:
    """An incident, and its message in Slack; nothing works the inbox afterwards."""
    async with up.http() as client:
        answer = await client.post(
            "/webhooks/alertmanager",
            content=alertmanager(starts_ms=START_MS),
            headers={"authorization": f"Bearer {TOKEN}"},
        )
        assert answer.status_code == 202
    async with up.working():
        parent = await up.person(MARIA).sees("INCIDENT: Redis Failure")
        await up.person(MARIA).sees("Please acknowledge")
    return parent


async def replies(up: SlackPong, part: str) -> list[dict]:
    return [one for one in await up.person(MARIA).messages() if part in shown_text(one)]


async def test_a_command_is_in_the_inbox_when_slack_is_answered(up: SlackPong):
    assert (await up.person(MARIA).commands("/redis help"))["ok"]
    [row] = await up.bodies()
    assert (row["source"], row["state"]) == ("slack", "new")
    async with up.working():
        await up.person(MARIA).sees("does it answer")


async def test_a_button_is_in_the_inbox_when_slack_is_answered(up: SlackPong):
    parent = await opens(up)
    assert (await up.person(MARIA).presses(parent, "Acknowledge"))["ok"]
    assert await up.inbox("new") == 1
    async with up.working():
        await up.person(MARIA).sees("Acknowledged REDIS_FAILURE - investigating")
    assert len(await replies(up, "Acknowledged REDIS_FAILURE")) == 1


async def test_a_mention_is_in_the_inbox_when_slack_is_answered(up: SlackPong):
    parent = await opens(up)
    await up.person(MARIA).says("@pong ack", parent["ts"])
    await until(lambda: _is_new(up, 1))
    async with up.working():
        said = await up.person(MARIA).sees("Acknowledged REDIS_FAILURE - investigating")
    assert said["thread_ts"] == parent["ts"]


async def test_a_mention_that_cannot_be_kept_is_not_acknowledged_and_comes_again(up: SlackPong):
    parent = await opens(up)
    errors: list[str | None] = []
    ask = up.slack._delivery.ask
    with ExitStack() as broken:

        async def noting(envelope: Envelope):
            answer = await ask(envelope)
            errors.append(answer.error)
            broken.close()
            return answer

        up.slack._delivery.ask = noting  # type: ignore[method-assign]
        broken.enter_context(up.no_writes())
        await up.person(MARIA).says("@pong ack", parent["ts"])
        await until(lambda: len(errors) == 2)
    assert errors[0] is not None
    assert errors[1] is None
    assert await up.inbox("new") == 1


async def test_a_window_opens_and_its_submission_is_in_the_inbox_when_slack_is_answered(up: SlackPong):
    maria, parent = up.person(MARIA), await opens(up)
    assert (await maria.presses(parent, "Post update"))["ok"]
    view = await maria.waits_for_view(title="Post update")
    assert await up.inbox("new") == 0
    answer = await maria.submits(
        view, {"status": "Root cause identified", "action": "Clearing", "eta": "5 min"}
    )
    assert answer["ok"]
    assert await up.inbox("new") == 1
    async with up.working():
        said = shown_text(await maria.sees("Root cause identified"))
    assert "Clearing" in said
    assert "5 min" in said


async def test_faults_stand_at_their_fields_and_the_window_stays(up: SlackPong):
    maria, parent = up.person(MARIA), await opens(up)
    await maria.presses(parent, "Resolve…")
    view = await maria.waits_for_view(title="Resolve")
    answer = await maria.submits(view, {"root_cause": "x", "fix": "  y "})
    assert set(answer["errors"]) == {"root_cause", "fix"}
    assert await up.inbox("new") == 0
    assert (await maria.waits_for_view(title="Resolve"))["id"] == view["id"]


async def test_an_update_of_blanks_is_a_fault_at_its_field(up: SlackPong):
    maria, parent = up.person(MARIA), await opens(up)
    await maria.presses(parent, "Post update")
    answer = await maria.submits(await maria.waits_for_view(), {"status": "   ", "action": "Clearing"})
    assert set(answer["errors"]) == {"status"}


async def test_who_may_not_use_a_window_gets_no_window_and_a_sentence(up: SlackPong):
    guest, parent = up.person(GUEST), await opens(up)
    assert (await guest.presses(parent, "Resolve…"))["ok"]
    async with up.working():
        await up.person(MARIA).sees("Guests of the workspace cannot use Pong")
    with pytest.raises(AssertionError):
        await guest.waits_for_view(timeout_s=0.2)


async def test_a_window_that_slack_does_not_open_in_time_is_answered_in_the_thread(up: SlackPong):
    maria, parent = up.person(MARIA), await opens(up)
    up.slack.fail("views.open", "timeout", hang_s=8)
    assert (await maria.presses(parent, "Resolve…"))["ok"]
    async with up.working():
        await maria.sees("press Resolve… in its thread")


async def test_a_press_that_comes_again_after_its_window_opened_is_not_asked_anew(up: SlackPong):
    maria, parent = up.person(MARIA), await opens(up)
    sent: list[Envelope] = []
    ask = up.slack._delivery.ask

    async def noting(envelope: Envelope):
        sent.append(envelope)
        return await ask(envelope)

    up.slack._delivery.ask = noting  # type: ignore[method-assign]
    await maria.presses(parent, "Resolve…")
    await maria.waits_for_view()
    assert (await ask(sent[-1])).error is None
    assert await up.inbox("new") == 0


async def test_what_comes_again_is_worked_once(up: SlackPong):
    parent = await opens(up)
    ask = up.slack._delivery.ask

    async def twice(envelope: Envelope):
        first, second = await asyncio.gather(ask(envelope), ask(envelope))
        assert first.error is None
        assert second.error is None
        return await ask(envelope)

    up.slack._delivery.ask = twice  # type: ignore[method-assign]
    await up.person(MARIA).presses(parent, "Acknowledge")
    await up.person(DEV).commands("/incident status")
    await up.person(DEV).says("@pong status", parent["ts"])
    await until(lambda: _is_new(up, 3))
    async with up.working():
        await until(lambda: _is_new(up, 0))
        await up.person(MARIA).sees("Acknowledged REDIS_FAILURE")
        await until(lambda: _counts(up, "*#1*", 2))
    assert len(await replies(up, "Acknowledged REDIS_FAILURE")) == 1
    assert len(await up.bodies()) == 4
    assert not await replies(up, "already")


async def test_what_cannot_be_kept_is_an_error_in_slack_and_nothing_half_done(up: SlackPong):
    maria, parent = up.person(MARIA), await opens(up)
    await maria.presses(parent, "Post update")
    view = await maria.waits_for_view()
    rows = len(await up.bodies())
    with up.no_writes():
        assert not (await maria.commands("/redis help"))["ok"]
        assert not (await maria.presses(parent, "Acknowledge"))["ok"]
        assert not (await maria.submits(view, {"status": "Still looking", "action": "Looking"}))["ok"]
    assert len(await up.bodies()) == rows
    assert (await maria.submits(view, {"status": "Still looking", "action": "Looking"}))["ok"]
    assert (await maria.presses(parent, "Acknowledge"))["ok"]


async def test_a_worker_that_dies_half_way_loses_nothing_and_says_nothing_twice(
    up: SlackPong, monkeypatch: pytest.MonkeyPatch
):
    maria, parent = up.person(MARIA), await opens(up)
    has_begun = asyncio.Event()

    async def never_says_who(user: str) -> Identity:
        has_begun.set()
        return await asyncio.get_running_loop().create_future()

    with monkeypatch.context() as patch:
        patch.setattr(up.pong.directory, "identity", never_says_who)
        async with up.working():
            await maria.presses(parent, "Acknowledge")
            await maria.commands("/redis ping")
            await asyncio.wait_for(has_begun.wait(), 10)
    assert any(row["state"] == "working" for row in await up.bodies())
    async with up.working():
        await maria.sees("redis-prod refuses connections")
        await maria.sees("Acknowledged REDIS_FAILURE")
        await until(lambda: _is_new(up, 0))
    assert len(await replies(up, "refuses connections (")) == 1
    assert len(await replies(up, "Acknowledged REDIS_FAILURE")) == 1


async def test_a_button_of_an_unknown_verb_does_not_break_the_door(up: SlackPong):
    maria = up.person(MARIA)
    button = {
        "type": "button",
        "action_id": "pong:juggle",
        "value": "1",
        "text": {"type": "plain_text", "text": "Juggle"},
    }
    blocks = [{"type": "actions", "elements": [button]}]
    await up.client.chat_postMessage(channel=CHANNEL, text="old", blocks=blocks)
    assert (await maria.presses(await maria.sees("old"), "Juggle"))["ok"]
    async with up.working():
        await maria.sees("This button is another version's")
    assert (await maria.commands("/redis help"))["ok"]


async def test_a_window_of_an_unknown_verb_does_not_break_the_door(up: SlackPong):
    maria, parent = up.person(MARIA), await opens(up)
    await maria.presses(parent, "Post update")
    view = await maria.waits_for_view()
    kept = {name: view[name] for name in ("title", "submit", "close", "blocks")}
    changed = {"type": "modal", "private_metadata": '{"channel": "C0INCIDENTS"}'} | kept
    await up.client.views_update(view_id=view["id"], view=changed | {"callback_id": "pong:juggle"})
    view = await maria.waits_for_view()
    assert (await maria.submits(view, {"status": "Still looking", "action": "Looking"}))["ok"]
    async with up.working():
        await maria.sees("This button is another version's")


async def test_typed_text_makes_no_mention_whatever_brackets_it_comes_in(up: SlackPong):
    maria = up.person(MARIA)
    for typed in (
        "<!channel>",
        "<<!channel>>",
        "<!here|here>",
        "<<@U0DEV>>",
        "@here",
        "<https://evil.example|ok>",
    ):
        await maria.commands(f"/redis ping {typed}")
        await maria.commands(f"/redis {typed}")
    async with up.working():
        await until(lambda: _counts(up, "There is no", 12))
    for one in await replies(up, "There is no"):
        said = shown_text(one).replace(f"<@{MARIA}>", "")
        assert "<!" not in said
        assert "<@" not in said
        assert "<http" not in said
        assert "@here" not in said


async def _is_new(up: SlackPong, number: int) -> bool:
    return await up.inbox("new") + await up.inbox("working") == number


async def _counts(up: SlackPong, part: str, number: int) -> bool:
    return len(await replies(up, part)) >= number


async def test_the_home_tab_is_drawn_when_it_is_opened(up: SlackPong):
    maria = up.person(MARIA)
    await opens(up)
    async with up.working():
        home = await maria.opens_home()
    assert home["type"] == "home"
    assert "Open incidents" in str(home["blocks"])


async def test_a_message_with_a_pushpin_stands_in_the_timeline(up: SlackPong):
    maria, parent = up.person(MARIA), await opens(up)
    ts = await maria.says("The replica was promoted at ten past", parent["ts"])
    other = await maria.says("Coffee?", parent["ts"])
    async with up.working():
        await maria.reacts(ts, "pushpin")
        await maria.reacts(other, "coffee")
        await until(lambda: "timeline.pinned" in {event.kind for event in up.noted})
    [pinned] = [event for event in up.noted if event.kind == "timeline.pinned"]
    assert pinned.data["text"] == "The replica was promoted at ten past"
    assert pinned.data["said_by"] == MARIA


async def test_an_incident_is_opened_from_a_message_that_then_stands_in_its_timeline(up: SlackPong):
    maria = up.person(MARIA)
    ts = await maria.says("Is the Redis gone? <!channel>")
    async with up.working():
        await maria.uses(ts, "pong:open_from")
        view = await maria.waits_for_view(title="Open incident")
        answer = await maria.submits(view, {"target": "redis-prod"})
        assert answer["ok"], answer
        await maria.sees("INCIDENT: Redis Failure")
        await until(lambda: "timeline.pinned" in {event.kind for event in up.noted})
    [told] = [event for event in up.noted if event.kind == "timeline.pinned"]
    assert told.data["text"].startswith("Is the Redis gone?")
    assert told.data["said_by"] == MARIA
