"""Does the record for compliance say what is known, and what is not?"""

from bot.report.suspicions import NOT_KNOWN, suspicions
from bot.suspicion import NOTED
from tests.bot.test_incident import incident
from tests.bot.test_suspicion import event


def test_an_attack_alone_makes_no_record_for_compliance() -> None:
    one = incident()
    sections = suspicions(one, [event(NOTED, one.opened_ms + 1, what="ddos")], lambda id: id)
    assert len(sections) == 1


def test_what_pong_does_not_know_is_left_to_people() -> None:
    one = incident()
    _, record = suspicions(one, [event(NOTED, one.opened_ms + 60_000, what="data-loss")], lambda id: id)
    assert record.count(NOT_KNOWN) == 3
    assert "Pong deleted nothing." in record
