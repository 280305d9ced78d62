"""Can somebody who may not, or who chose nothing, open an incident from a message?

What it does in Slack: tests/bot/slack/test_app.py.
"""

from bot.pong import Said
from commands import VERBS
from commands.incident.open_from import faults
from tests.bot.intake.test_opening import alert
from tests.fixtures.alerts import alertmanager
from tests.fixtures.asking import asked
from tests.fixtures.small_pong import DEV, VERA, SmallPong, asks


async def test_a_viewer_opens_none(small: SmallPong) -> None:
    await asked(small, asks("open_from", via="modal", by=VERA, values={"target": "redis-prod"}))
    assert not await small.posted("INCIDENT")


async def test_without_its_window_it_says_what_to_write(small: SmallPong) -> None:
    assert "write /incident open" in await asked(small, asks("open_from", via="button", ref="1.2"))
    assert faults({}) == {"target": "Choose what it is about."}


async def test_the_window_offers_what_is_configured(small: SmallPong) -> None:
    view = await VERBS["open_from"].view(asks("open_from", via="button", ref="1.2"), small.pong)
    element = view["blocks"][1]["element"]
    assert [option["value"] for option in element["options"]] == ["redis-prod"]
    assert element["initial_option"]["value"] == "redis-prod"


async def test_where_slack_does_not_tell_the_message_it_is_opened_all_the_same(small: SmallPong) -> None:
    small.pong.slack.is_silent = True
    request = asks("open_from", via="modal", ref="1.2", values={"target": "redis-prod"})
    await asked(small, request)
    assert await small.posted("INCIDENT: Redis Failure")
    assert "timeline.pinned" not in {event.kind for event in small.noted}


async def test_during_a_drill_the_message_stands_in_what_the_drill_became(small: SmallPong) -> None:
    await asked(small, asks("drill", words=("redis-prod",)))
    await alert(small, alertmanager(labels={"target": "somewhere else"}))
    small.pong.slack.messages["1.2"] = Said(ts="1.2", user=DEV, text="It is gone")
    await asked(small, asks("open_from", via="modal", ref="1.2", values={"target": "redis-prod"}))
    [told] = [event for event in small.noted if event.kind == "timeline.pinned"]
    assert told.incident_id == 1
