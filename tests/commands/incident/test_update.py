"""Does an update say what a person said, in the runbook's template, and put the next one off?"""

from bot.incident import Incident
from commands import VERBS
from commands.incident.update import faults
from tests.bot.intake.test_opening import alert, the_incident
from tests.fixtures.alerts import alertmanager
from tests.fixtures.asking import asked
from tests.fixtures.small_pong import MARIA, SmallPong, asks

SAID = {"status": "Root cause identified", "action": "Clearing the cache", "eta": "5 minutes"}


async def test_it_has_the_runbook_s_template_with_what_was_said(open_one: SmallPong):
    open_one.clock.advance(9 * 60)
    answer = await asked(open_one, asks("update", via="modal", ref="1", values=SAID))
    assert answer.startswith("⏳ UPDATE: Redis Failure - 10 min elapsed\n")
    assert "Status: Root cause identified" in answer
    assert "Impact: Rate limiting disabled - monitoring for DDoS: expected, not checked" in answer
    assert "Action: Clearing the cache\nETA: 5 minutes\n" in answer
    assert f"From <@{MARIA}>" in answer


async def test_the_next_is_due_ten_minutes_later(open_one: SmallPong):
    open_one.clock.advance(9 * 60)
    await asked(open_one, asks("update", words=("still", "looking")))
    assert (await the_incident(open_one)).next_update_ms == open_one.clock.now_ms() + 600_000


async def test_what_is_not_said_is_not_invented(open_one: SmallPong):
    answer = await asked(open_one, asks("update", words=("still", "looking")))
    assert "Action: not set yet\nETA: not set yet" in answer


async def test_a_long_update_is_shown_in_full(open_one: SmallPong):
    long = " ".join(["word"] * 100)
    assert long in await asked(open_one, asks("update", via="modal", ref="1", values=SAID | {"status": long}))


async def test_without_words_it_says_how(open_one: SmallPong):
    answer = (await asked(open_one, asks("update"))).replace("\u2060", "")
    assert "as in: @pong update root cause identified" in answer


async def test_with_several_open_the_first_word_may_be_the_number(open_one: SmallPong):
    await alert(open_one, alertmanager(labels={"target": "somewhere else"}))
    await asked(open_one, asks("update", words=("#2", "2", "replicas", "left")))
    incident: Incident = await the_incident(open_one, 2)
    assert incident.status_said == "2 replicas left"


async def test_a_resolved_incident_takes_none(open_one: SmallPong):
    await asked(
        open_one, asks("resolve", via="modal", ref="1", values={"root_cause": "the cache", "fix": "waited"})
    )
    answer = (await asked(open_one, asks("update", via="modal", ref="1", values=SAID))).replace("\u2060", "")
    assert "Incident #1 is resolved: it takes no more updates." in answer


async def test_what_was_typed_is_redacted_and_escaped_everywhere(open_one: SmallPong):
    values = {"status": "see session:abc123 <!channel>", "action": "mail ann@example.com", "eta": "*soon*"}
    await asked(open_one, asks("update", via="modal", ref="1", values=values))
    everything = str(await open_one._rows(None)) + str(open_one.noted)
    assert "abc123" not in everything
    assert "ann@example.com" not in everything
    assert "<!channel>" not in str(await open_one._rows(None))


def test_an_empty_status_is_a_fault():
    assert faults({"status": ""}) == {"status": "Say it in a sentence."}
    assert faults(SAID) == {}


async def test_its_window_holds_what_was_said_last(open_one: SmallPong):
    await asked(open_one, asks("update", via="modal", ref="1", values=SAID))
    view = await VERBS["update"].view(asks("update", via="button", ref="1"), open_one.pong)
    assert [block["element"].get("initial_value") for block in view["blocks"]] == [
        "Root cause identified",
        "Clearing the cache",
        "5 minutes",
    ]
