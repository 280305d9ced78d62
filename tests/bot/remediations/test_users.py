"""Is it told which user serves, and are nodes that cannot follow named before anything is changed?"""

from collections import Counter

import pytest

from bot.errors import Refused
from bot.remediations.users import _others, _rights, _turn


def test_rights_hold_no_password() -> None:
    name, rules = _rights("user shop_a on nopass #aaaa #bbbb ~* resetchannels -@all +get")
    assert (name, rules) == ("shop_a", ("on", "~*", "resetchannels", "-@all", "+get"))


def test_who_has_more_connections_serves() -> None:
    rights: dict[str, tuple[str, ...]] = {"a": ("on",), "b": ("on",)}
    hosts = {"a": Counter({"10.0.0.1": 1}), "b": Counter({"10.0.0.1": 2})}
    assert _turn(("a", "b"), rights, hosts) == ("b", "a")
    with pytest.raises(Refused, match="Neither a nor b is a user that is on"):
        _turn(("a", "b"), {"a": ("off",)}, hosts)


def test_users_that_are_on_and_have_no_part_in_it_are_named_with_their_connections() -> None:
    rights: dict[str, tuple[str, ...]] = {
        "a": ("on",),
        "pong": ("on",),
        "thief": ("on",),
        "default": ("on",),
        "gone": ("off",),
    }
    found = _others(rights, Counter({"thief": 2, "pong": 1}), but=("a", "b", "pong"))
    assert found == (("default", 0), ("thief", 2))
