"""Can a person open an incident before any alert did, once a target?"""

from bot.incident import Status
from tests.bot.test_intake import alert, the_incident
from tests.fixtures.alerts import alertmanager
from tests.fixtures.asking import asked
from tests.fixtures.small_pong import MARIA, SmallPong, asks


async def test_it_opens_with_its_message_its_promises_and_who_did_it(small: SmallPong):
    answer = await asked(small, asks("open", words=("redis-prod",)))
    assert f"<@{MARIA}>: Opened by hand on redis-prod. Please acknowledge." in answer
    incident = await the_incident(small)
    assert (incident.status, incident.target) == (Status.TRIGGERED, "redis-prod")
    assert incident.next_update_ms is not None
    assert ("incident.opened_by_hand", MARIA) in [(event.kind, event.actor) for event in small.noted]


async def test_one_that_is_open_is_pointed_to(open_one: SmallPong):
    answer = (await asked(open_one, asks("open"))).replace("\u2060", "")
    assert "Incident #1 is open on redis-prod already." in answer


async def test_the_alert_that_comes_later_joins_it(small: SmallPong):
    await asked(small, asks("open"))
    await alert(small, alertmanager())
    assert (await the_incident(small)).alert_count == 2
    assert await the_incident(small, 2) is None


async def test_a_mistyped_target_opens_nothing(small: SmallPong):
    assert "Did you mean redis-prod?" in await asked(small, asks("open", words=("redis-pord",)))
    assert await the_incident(small) is None
