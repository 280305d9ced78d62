"""Does the runbook for a failing Redis say what it has to, and permit no more?"""

from dataclasses import replace

from bot.catalog import RUNBOOKS
from bot.remediations.clear_cache import resolve_class
from bot.runbooks.redis_failure import REDIS_FAILURE


def test_both_alerts_of_the_runbook_lead_to_it() -> None:
    assert {"RedisDown", "RedisConnectionFailed"} <= REDIS_FAILURE.alerts
    assert RUNBOOKS["redis-failure"] is REDIS_FAILURE


def test_it_keeps_the_words_that_people_post() -> None:
    assert REDIS_FAILURE.acknowledgement == "Acknowledged REDIS_FAILURE - investigating"
    expected = "Degraded service (no rate limiting, cache miss, slower responses)"
    assert REDIS_FAILURE.says("RedisDown").impact == expected


def test_a_full_memory_is_told_in_other_words_than_a_dead_server() -> None:
    assert "Writes" in REDIS_FAILURE.says("RedisMemoryHigh").while_down


def test_it_permits_what_the_runbook_s_steps_8_to_12_name() -> None:
    assert set(REDIS_FAILURE.allowed) == {
        "restart",
        "failover",
        "redeploy",
        "clear",
        "flush",
        "rotate",
        "scale",
        "kill",
        "fallback",
        "protect",
    }


def test_it_permits_clearing_two_classes_by_their_literal_prefixes() -> None:
    prefixes = REDIS_FAILURE.allowed["clear"].prefixes
    assert prefixes == {"cache": "cache:", "sessions": "session:"}
    assert {name: resolve_class(name, prefixes) for name in prefixes} == prefixes


def test_its_hash_changes_with_what_it_permits() -> None:
    wider = replace(REDIS_FAILURE, allowed={})
    assert wider.hash() != REDIS_FAILURE.hash()
    assert REDIS_FAILURE.hash() == replace(REDIS_FAILURE).hash()
