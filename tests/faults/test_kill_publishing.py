"""Does a text stand on the status page exactly once when Pong is killed while it publishes it?"""

import asyncio
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.playground.local_slack import LocalSlack
from bot.playground.local_slack.person import Person
from bot.playground.serving import serving
from tests.fixtures.alerts import alertmanager
from tests.fixtures.outside import Outside
from tests.fixtures.real_pong import RealPong
from tests.fixtures.statuspage import KEY, PAGE, Page

MORE = f'[statuspage]\npage_id = "{PAGE}"\n'


async def publishes(person: Person, label: str, **values: str) -> None:
    message = await person.sees(lambda one: label in str(one["blocks"]), 30)
    assert (await person.presses(message, label))["ok"]
    view = await person.waits_for_view(title="Status page")
    assert (await person.submits(view, values))["ok"]


@pytest.mark.timeout(240)
async def test_whatever_the_moment_it_stands_there_once(tmp_path: Path) -> None:
    page, outside = Page(SystemClock()), Outside()
    outside.stands = {"/v1/pages": page.answer}
    slack = LocalSlack(SystemClock(), rates_strict=False)
    async with serving(slack.asgi()) as slack_url, serving(outside) as outside_url:
        environment = {"STATUSPAGE_API_KEY": KEY, "STATUSPAGE_API_URL": outside_url}
        pong = RealPong(
            tmp_path, slack_url=slack_url, redis_url="redis://127.0.0.1:1", environment=environment, more=MORE
        )
        maria = Person(slack_url, "U0MARIA")
        await pong.start()
        try:
            await pong.takes_alert(alertmanager())
            await maria.presses(await maria.sees("INCIDENT: Redis Failure"), "User-visible")
            await _killed_with_the_answer_held(pong, outside, maria, "Publish…", body="We look into it.")
            assert page.texts == [("investigating", "We look into it.")]
            await _killed_with_the_answer_held(
                pong, outside, maria, "Post to status page…", body="It works again.", status="monitoring"
            )
            assert page.texts[1:] == [("monitoring", "It works again.")]
            await _killed_before_the_call(pong, maria, body="It has been well for a while.")
            assert [body for _, body in page.texts[2:]] == ["It has been well for a while."]
            assert (page.creates, page.delivered) == (1, [])
        finally:
            await pong.child.kill()


async def _killed_with_the_answer_held(
    pong: RealPong, outside: Outside, maria: Person, label: str, **values: str
) -> None:
    outside.holds = True
    since = len(pong.child.lines)
    await publishes(maria, label, **values)
    async with asyncio.timeout(30):
        await outside.held.wait()
    await pong.child.kill()
    outside.lets_go()
    await pong.start()
    await pong.happens("public.published", within_s=60, since=since)


async def _killed_before_the_call(pong: RealPong, maria: Person, **values: str) -> None:
    since = len(pong.child.lines)
    await publishes(maria, "Post to status page…", **values)
    await pong.happens("public.intended", since=since)
    await pong.child.kill()
    await pong.start()
    await pong.happens("public.published", within_s=60, since=since)
