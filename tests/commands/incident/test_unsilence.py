"""Is a silence ended when somebody says so, and only Pong's own?"""

from tests.bot.intake.test_opening import the_incident
from tests.commands.incident.test_silence import heard, silencer
from tests.fixtures.asking import asked
from tests.fixtures.silencing import Silencer
from tests.fixtures.small_pong import DEV, SmallPong, asks

__all__ = ["heard", "silencer"]


async def test_it_is_ended_at_alertmanager_and_said(heard: SmallPong, silencer: Silencer) -> None:
    await asked(heard, asks("silence"))
    await heard.ticks(1)
    await asked(heard, asks("unsilence", via="button", ref="1", by=DEV))
    await heard.ticks(1)
    assert not silencer.standing()
    assert await heard.posted(f"was ended by <@{DEV}>")
    assert (await the_incident(heard)).silenced_until_ms is None
    assert "*Silenced:*" not in str(await heard.parent())
    await heard.ticks(2 * 3600)
    assert not await heard.posted("silence at Alertmanager is over")


async def test_what_pong_did_not_silence_it_does_not_end(heard: SmallPong) -> None:
    assert "has silenced nothing of incident #1" in (await asked(heard, asks("unsilence"))).replace(
        "\u2060", ""
    )


async def test_one_that_still_waits_is_never_set(heard: SmallPong, silencer: Silencer) -> None:
    silencer.answers = {"POST": 503}
    await asked(heard, asks("silence"))
    await heard.ticks(1)
    await asked(heard, asks("unsilence"))
    silencer.answers = {}
    await heard.ticks(300)
    assert not silencer.silences
