"""Are an application's parts read as it tells them, and is the right runbook named?"""

from typing import Any

import pytest

from bot.applications.parts import PARTS_MOST, database_of, may_be_the_database, parts_of, word_of


@pytest.mark.parametrize(
    ("value", "word"),
    [("Connected", "connected"), (True, "true"), ({"status": "UP"}, "up"), (7, ""), (None, ""), ({}, "")],
)
def test_a_word_is_taken_from_what_has_one(value: Any, word: str) -> None:
    assert word_of(value) == word


@pytest.mark.parametrize("body", [{}, {"checks": None}, {"checks": []}, {"checks": {"redis": 3}}])
def test_what_has_no_parts_has_none(body: dict[str, Any]) -> None:
    assert parts_of(body) == {}


def test_parts_are_bounded_and_their_names_hold_no_secret() -> None:
    many = {f"part-{number}": "ok" for number in range(100)} | {"x": "ok"}
    assert len(parts_of({"checks": many})) == PARTS_MOST
    assert "ann@example.com" not in str(parts_of({"checks": {"ann@example.com": "ok"}}))


def test_its_database_goes_by_several_names() -> None:
    assert database_of({"redis": "connected", "postgres": "down"}) == "down"
    assert database_of({"redis": "connected"}) == ""


def test_the_configured_database_is_named_in_the_next_step() -> None:
    assert may_be_the_database("shop", ("orders",)).label == "DATABASE_FAILURE may fit: /incident open orders"
    assert "pong.toml names none" in may_be_the_database("shop", ()).label
