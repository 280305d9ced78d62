"""Do errors become words without what they quote?"""

import builtins

import pytest
from redis import exceptions as redis

from bot.remediations.trouble import in_words


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (redis.ConnectionError("Error 111 connecting to 10.0.0.5:6379."), "the connection failed"),
        (redis.TimeoutError("Timeout reading from 10.0.0.5:6379"), "it does not answer in time"),
        (builtins.TimeoutError(), "it does not answer in time"),
        (
            redis.AuthenticationError("invalid username-password pair"),
            "it does not accept Pong's user or password",
        ),
        (redis.MaxConnectionsError("Too many connections"), "Pong itself has no free connection"),
        (redis.BusyLoadingError("Redis is loading"), "it is still loading its data: wait, do not restart it"),
        (
            redis.NoPermissionError("no permissions to access 'session:1'"),
            "Pong's user may not run this command",
        ),
        (redis.ReadOnlyError("You can't write"), "it is a replica: the primary is elsewhere"),
        (
            redis.ResponseError("MISCONF Redis is configured to save"),
            "it cannot save to disk and refuses writes",
        ),
        (
            redis.ResponseError("ERR unknown command, with args beginning with: 'hunter2'"),
            "it refused the command (ERR)",
        ),
        (redis.ResponseError("hunter2 is wrong"), "it refused the command"),
        (
            redis.InvalidResponse("Protocol Error: hunter2"),
            "an answer that Pong does not understand (InvalidResponse)",
        ),
    ],
)
def test_words_say_what_it_is_and_quote_nothing(error: Exception, words: str) -> None:
    assert in_words(error) == words
    assert "hunter2" not in words
