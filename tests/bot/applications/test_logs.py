"""Are bytes cut into lines as a log has them?"""

import httpx
import pytest

from bot.applications.logs import Tail, lines_of, says_connected, time_of, times_connected


def test_the_first_line_of_a_tail_may_be_half_a_line() -> None:
    assert lines_of(b"alf\nwhole\r\n\nlast", is_cut=True) == (b"whole", b"last")
    assert lines_of(b"whole\nlast\n", is_cut=False) == (b"whole", b"last")
    assert lines_of(b"", is_cut=True) == ()


@pytest.mark.parametrize(
    ("line", "is_so"),
    [
        (b"2026-01-01T00:00:00Z Redis connected", True),
        (b"info: redis client is ready on 10.0.0.5:6379", True),
        (b"[ioredis] Redis: Ready", True),
        (b"Redis disconnected", False),
        (b"redis is not ready", False),
        (b"postgres connected", False),
        (b"rediscovered and ready", False),
    ],
)
def test_what_says_that_redis_is_back(line: bytes, is_so: bool) -> None:
    assert says_connected(line) is is_so


async def test_only_lines_since_then_count_and_undated_ones_tell_nothing() -> None:
    class Given:
        def __init__(self, *lines: bytes) -> None:
            self._lines = lines

        async def tail(self, http: httpx.AsyncClient) -> Tail:
            return Tail(self._lines)

    old, new = b"2026-01-01T00:00:00Z Redis connected", b"2026-01-01T00:01:00.250Z Redis ready"
    since_ms = (time_of(new) or 0) + 900  # within the same second, of which a log tells no part
    async with httpx.AsyncClient() as http:
        assert await times_connected([Given(old, new), Given(new)], http, since_ms=since_ms) == 2
        assert await times_connected([Given(b"Redis connected")], http, since_ms=since_ms) is None
        assert await times_connected([], http, since_ms=since_ms) is None
