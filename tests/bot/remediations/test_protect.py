"""Which of the typed words say what to do, and which one names the target?"""

import pytest

from bot.errors import BadInput
from bot.remediations.protect import own


@pytest.mark.parametrize(
    ("typed", "left"),
    [
        ("under_attack", ""),
        ("under_attack redis-prod", "redis-prod"),
        ("block", ""),
        ("block redis-prod", "redis-prod"),
        ("block 203.0.113.7", ""),
        ("block 203.0.113.7 redis-prod", "redis-prod"),
        ("block 203.0.113.7 203.0.113.256", ""),
        ("BLOCK 203.0.113.7 198.51.100.0/24 2001:db8::7 cafe", "cafe"),
        ("block redis-prod 2001:db8::7", ""),
        ("unblock 203.0.113.7 redis:6379x", "redis:6379x"),
        ("limit off", ""),
        ("limit off redis-prod", "redis-prod"),
        ("limit 100 per 10s", ""),
        ("limit 100 PER 10s redis-prod", "redis-prod"),
    ],
)
def test_the_last_word_names_the_target_unless_it_can_only_be_an_address(typed: str, left: str) -> None:
    words = tuple(typed.split())
    assert " ".join(words[own(words) :]) == left


@pytest.mark.parametrize("typed", ["limit", "limit redis-prod", "limit 100", "limit 100 10s redis-prod"])
def test_a_limit_that_is_none_is_told_the_form(typed: str) -> None:
    with pytest.raises(BadInput, match="Write limit 100 per 10s, or limit off"):
        own(tuple(typed.split()))
