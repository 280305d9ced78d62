"""Is a failover planned only where the Sentinels agree, and could do it?"""

import pytest

from bot.errors import Refused
from bot.remediations.failover import willing
from bot.targets.endpoint import Sentinels, parse_endpoint
from bot.targets.sentinel import View

GROUP = parse_endpoint("redis+sentinel://a,b,c/shop")
OLD, NEW = ("old", 1), ("new", 2)


def view(name: str = "a:26379", **facts: object) -> View:
    return View(sentinel=name, **({"primary": OLD, "can_fail_over": True} | facts))  # type: ignore[arg-type]


def refused(*views: View) -> str:
    assert isinstance(GROUP, Sentinels)
    with pytest.raises(Refused) as refusal:
        willing(GROUP, list(views))
    return str(refusal.value)


def test_the_first_that_can_is_asked() -> None:
    assert isinstance(GROUP, Sentinels)
    silent = view("a:26379", primary=None, can_fail_over=False, fault="refuses connections")
    assert willing(GROUP, [silent, view("b:26379"), view("c:26379")]).sentinel == "b:26379"


def test_those_that_disagree_are_left_alone() -> None:
    assert "do not agree" in refused(view(), view("b:26379", primary=NEW))


def test_why_none_can_is_told_and_mentions_nobody() -> None:
    no_quorum = view(can_fail_over=False, quorum="NOQUORUM <!channel> 1 usable")
    silent = view("b:26379", primary=None, can_fail_over=False, fault="does not answer")
    assert "cannot fail over now: NOQUORUM" in refused(no_quorum)
    assert "cannot fail over now: NOQUORUM" in refused(silent, no_quorum)
    assert "<!channel>" not in refused(no_quorum)
    assert "they do not answer" in refused(view(primary=None, can_fail_over=False))
