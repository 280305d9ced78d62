"""Does the runbook for an application that is down say what it has to, and change nothing?"""

from bot.catalog import RUNBOOKS
from bot.runbooks.api_server_down import API_SERVER_DOWN
from bot.runbooks.runbook import LooksAt


def test_its_alerts_lead_to_it() -> None:
    assert {"ApiServerDown", "ApiDown"} <= API_SERVER_DOWN.alerts
    assert RUNBOOKS["api-server-down"] is API_SERVER_DOWN


def test_it_looks_at_an_application_and_allows_nothing() -> None:
    assert API_SERVER_DOWN.looks_at is LooksAt.APPLICATION
    assert not API_SERVER_DOWN.allowed


def test_one_that_answers_and_is_unwell_is_told_in_other_words() -> None:
    assert API_SERVER_DOWN.says("ApiServerUnhealthy") != API_SERVER_DOWN.says("ApiDown")
    assert API_SERVER_DOWN.says("Opened by hand") == API_SERVER_DOWN.says("ApiDown")
