"""Is an outcome sure only when it has one cause?"""

from bot.targets.meanings import outcome
from bot.targets.outcome import Kind


def test_an_outcome_with_several_causes_is_not_sure() -> None:
    assert not outcome(Kind.FROZEN, "redis-prod").sure
    assert outcome(Kind.REFUSED, "redis-prod").sure
