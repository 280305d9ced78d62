"""Can a person say which Redis an incident is about, once and truly?"""

from tests.bot.intake.test_opening import alert, the_incident
from tests.fixtures.alerts import alertmanager
from tests.fixtures.asking import asked
from tests.fixtures.small_pong import SmallPong, asks


async def unknown(small: SmallPong) -> None:
    await alert(small, alertmanager(labels={"target": "somewhere else"}))


async def test_a_button_sets_it_and_the_message_offers_triage(small: SmallPong):
    await unknown(small)
    await asked(small, asks("target", via="button", ref="1:redis-prod"))
    assert (await the_incident(small)).target == "redis-prod"
    parent = str(await small.parent())
    assert "pong:triage" in parent
    assert "which Redis is it" not in parent


async def test_typed_it_means_the_only_one_without_a_target(open_one: SmallPong):
    await unknown(open_one)
    await asked(
        open_one, asks("resolve", via="modal", ref="1", values={"root_cause": "cache", "fix": "waited"})
    )
    await asked(open_one, asks("target", words=("redis-prod",)))
    assert (await the_incident(open_one, 2)).target == "redis-prod"


async def test_a_target_that_has_an_incident_is_refused(open_one: SmallPong):
    await unknown(open_one)
    answer = (await asked(open_one, asks("target", via="button", ref="2:redis-prod"))).replace("\u2060", "")
    assert "Incident #1 is open on redis-prod already: go on there, and resolve this one." in answer
    assert (await the_incident(open_one, 2)).target is None


async def test_what_is_set_stays(open_one: SmallPong):
    answer = (await asked(open_one, asks("target", via="button", ref="1:redis-prod"))).replace("\u2060", "")
    assert "Incident #1 is about redis-prod already." in answer


async def test_a_forged_button_is_answered(small: SmallPong):
    await unknown(small)
    for ref in ("", "1:", "1:<!channel>", "x:redis-jobs"):
        answer = await asked(small, asks("target", via="button", ref=ref))
        assert "<!channel>" not in answer
    assert await the_incident(small, 2) is None
