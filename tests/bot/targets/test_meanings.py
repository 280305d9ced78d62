"""Does every outcome tell a person what it means and what to do?"""

import pytest

from bot.targets.meanings import MEANINGS, outcome
from bot.targets.outcome import Kind


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_says_what_it_means_and_what_is_next(kind: Kind) -> None:
    words = MEANINGS[kind]
    assert words.says
    assert words.meaning.endswith((".", "?"))
    assert words.next


@pytest.mark.parametrize("kind", list(Kind))
def test_every_button_is_a_verb_that_exists_and_names_the_target(kind: Kind) -> None:
    step = outcome(kind, "redis-prod").next_step
    assert step.verb in (None, "ping", "triage", "clear", "kill")
    assert step.ref == ("redis-prod" if step.verb else "")


def test_only_the_healthy_kind_is_healthy() -> None:
    assert [kind for kind, words in MEANINGS.items() if words.is_healthy] == [Kind.HEALTHY]


def test_loading_never_advises_a_restart() -> None:
    assert "Do not restart" in MEANINGS[Kind.LOADING].meaning


@pytest.mark.parametrize("kind", [Kind.CREDENTIALS_WRONG, Kind.FROZEN])
def test_what_can_still_be_done_is_named(kind: Kind) -> None:
    says = MEANINGS[kind].next
    assert "/redis restart" in says
    assert "fallback" in says
    assert kind is Kind.FROZEN or "REDIS_URL" in says
