"""Does a draft say only what was measured, in the runbook's words, and nothing internal?"""

from dataclasses import replace
from typing import Any

import pytest

from bot.incident import AlertState, Status
from bot.public.drafts import STATUSES, Draft, draft, first, social
from bot.public.known import Outcome, Public, Publication
from bot.runbooks.redis_failure import REDIS_FAILURE
from tests.bot.public.test_known import INCIDENT

AT_MS = 1_767_229_980_000  # 01:13 UTC
LAST = Publication(
    number=1,
    root=1,
    status="identified",
    name="Slower pages",
    body="We know.",
    by="U0MARIA",
    at_ms=5,
    outcome=Outcome.PUBLISHED,
)
ENDED = replace(
    INCIDENT, status=Status.RESOLVED, opened_ms=AT_MS - 600_000, resolved_ms=AT_MS, verdict="whole"
)


def the_draft(incident, public=None, public_name="") -> Draft:
    return draft(incident, REDIS_FAILURE, public, public_name=public_name)


def test_the_first_has_the_runbook_s_words_and_no_fact() -> None:
    said = the_draft(INCIDENT)
    assert (STATUSES[said.status], said.name) == ("Investigating", "Slower response times")
    assert said.body == ("We are investigating a technical problem. Responses may be slower than usual.")


@pytest.mark.parametrize(
    ("platform", "says"),
    [
        ("Operational", " At 01:13 UTC our own check said that the service is operational."),
        ("Still operational (degraded)", "is operational, with reduced performance."),
        ("Not operational (unhealthy)", "is not operational."),
    ],
)
def test_what_was_measured_is_said_with_its_time(platform: str, says: str) -> None:
    measured = replace(INCIDENT, platform=platform, platform_checked_ms=AT_MS)
    assert first(measured, REDIS_FAILURE, public_name="").body.endswith(says)


def test_what_the_application_says_in_its_own_words_stays_inside() -> None:
    strange = replace(INCIDENT, platform="shop-internal says: on fire", platform_checked_ms=AT_MS)
    assert the_draft(strange).body == the_draft(INCIDENT).body


def test_only_the_public_name_is_named() -> None:
    said = the_draft(replace(INCIDENT, target="redis-prod-7.internal"), public_name="Example Shop")
    assert said.name == "Slower response times: Example Shop"
    assert "Responses of Example Shop may be slower" in said.body
    assert "redis" not in f"{said}".lower()


def test_a_further_text_goes_on_from_the_last() -> None:
    assert the_draft(INCIDENT, Public(publications=(LAST,))) == Draft(
        status="identified", name="Slower pages", body="We know."
    )


def test_what_was_refused_is_kept() -> None:
    over = replace(LAST, status="resolved", body="It is over.", outcome=Outcome.REFUSED, at_ms=AT_MS + 1)
    assert the_draft(INCIDENT, Public(publications=(over,))).body == "It is over."
    assert the_draft(ENDED, Public(publications=(LAST, over))).body == "It is over."


def test_the_end_says_from_when_to_when() -> None:
    said = the_draft(ENDED, Public(publications=(LAST,)))
    assert (said.status, said.name) == ("resolved", "Slower pages")
    assert said.body == "This incident is resolved. It began at 01:03 UTC and was over at 01:13 UTC."


def test_after_the_end_a_new_one_begins_with_the_first_words() -> None:
    over = replace(LAST, status="resolved")
    assert the_draft(INCIDENT, Public(publications=(over,))) == the_draft(INCIDENT)


def test_the_social_post_says_where_more_is() -> None:
    assert social(the_draft(INCIDENT)) == "Investigating: Slower response times. More on our status page."
    assert social(the_draft(ENDED)).startswith("Resolved: ")


@pytest.mark.parametrize(
    ("changes", "body"),
    [
        ({"verdict": None}, "This incident is resolved. It began at 01:03 UTC."),
        ({"verdict": "not verified"}, "This incident is resolved. It began at 01:03 UTC."),
        ({"verdict": "not whole"}, "We are watching whether this is over. It began at 01:03 UTC."),
        (
            {"verdict": None, "alert": AlertState.RESOLVED, "alert_ended_ms": AT_MS - 120_000},
            "This incident is resolved. It began at 01:03 UTC and was over at 01:11 UTC.",
        ),
    ],
)
def test_an_end_that_nobody_measured_is_not_claimed(changes: dict[str, Any], body: str) -> None:
    said = the_draft(replace(ENDED, **changes))
    assert said.body == body
    assert said.status == ("monitoring" if changes["verdict"] == "not whole" else "resolved")
