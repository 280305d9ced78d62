"""Is a counter's growth only told when it can be?"""

import pytest

from bot.diagnostics.samples import APART_S, Samples, take
from bot.targets.address import parse
from bot.targets.read_only import reading
from tests.fixtures.recorded import FLAVOURS, changed, recorded
from tests.fixtures.redis_fixtures import StartServer


def test_a_counter_grows_by_the_difference() -> None:
    assert (
        Samples({"run_id": "a", "evicted_keys": 5}, {"run_id": "a", "evicted_keys": 9}).growth("evicted_keys")
        == 4
    )


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"run_id": "a", "n": 5}, {"run_id": "b", "n": 9}),
        ({"run_id": "a", "n": 5}, {"run_id": "a", "n": 4}),
        ({"run_id": "a"}, {"run_id": "a", "n": 4}),
        ({"run_id": "a", "n": "many"}, {"run_id": "a", "n": 4}),
    ],
)
def test_a_counter_that_restarted_or_fell_tells_nothing(
    first: dict[str, object], second: dict[str, object]
) -> None:
    assert Samples(first, second).growth("n") is None


def test_an_error_that_never_happened_grew_by_nothing() -> None:
    assert Samples({"run_id": "a"}, {"run_id": "a"}).errors_growth("OOM") == 0
    assert Samples({"run_id": "a"}, {"run_id": "b"}).errors_growth("OOM") is None


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_the_window_is_the_servers_own_second(flavour: str) -> None:
    assert APART_S <= recorded(f"{flavour}-healthy").window_s < 2


def test_without_a_server_time_the_window_is_what_was_asked_for() -> None:
    samples = recorded("redis-healthy")
    assert changed(samples, server_time_usec=None).window_s == APART_S


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_refused_writes_were_recorded(flavour: str) -> None:
    assert (recorded(f"{flavour}-full").errors_growth("OOM") or 0) > 10


async def test_two_looks_are_taken_of_one_life(start_server: StartServer) -> None:
    async with reading(parse(start_server().url())) as redis:
        samples = await take(redis)
    assert samples.is_one_life
    assert samples.window_s >= APART_S
