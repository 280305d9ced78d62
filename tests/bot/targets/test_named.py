"""Is one of several found by its name or by labels, and is a mistyped one answered with the nearest?"""

import pytest

from bot.errors import BadInput, SettingsError
from bot.targets.named import Named

SHOPS = Named(
    {"shop": 1, "search": 2},
    {"shop": {"app": "shop"}, "search": {}},
    {"blog": "BLOG_URL"},
    word="application",
)


def test_a_name_finds_one_and_no_name_the_only_one() -> None:
    assert SHOPS.get("search") == 2
    assert Named({"shop": 1}).get() == 1
    with pytest.raises(BadInput, match=r"Which application\? Applications: shop, search, blog\."):
        SHOPS.get()


def test_a_mistyped_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(BadInput, match=r'There is no application "shpo". Did you mean shop\?'):
        SHOPS.get("shpo")


def test_one_without_an_address_says_what_to_set() -> None:
    with pytest.raises(SettingsError, match="blog has no address: set BLOG_URL"):
        SHOPS.get("blog")


def test_labels_choose_only_who_has_some_and_only_one() -> None:
    assert SHOPS.matching({"app": "shop", "more": "x"}) == "shop"
    assert SHOPS.matching({"app": "other"}) is None
    both = Named({"a": 1, "b": 2}, {"a": {"x": "1"}, "b": {"x": "1"}})
    assert both.matching({"x": "1"}) is None


def test_where_there_is_none_that_is_said() -> None:
    with pytest.raises(BadInput, match=r"pong\.toml has no databases yet"):
        Named({}, word="database").get("orders")
