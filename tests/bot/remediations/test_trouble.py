"""Do errors become words without what they quote?"""

import builtins

import pytest
from redis import exceptions as redis

from bot.remediations.trouble import in_words, unmeasured


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


@pytest.mark.parametrize(
    ("error", "step"),
    [
        (
            redis.AuthenticationError("WRONGPASS hunter2"),
            "Next: correct the user and password in REDIS_REMEDIATION_URL",
        ),
        (redis.ResponseError("NOAUTH Authentication required."), "Next: correct the user and password"),
        (redis.TimeoutError("hunter2"), "Next: /redis triage says more"),
    ],
)
def test_what_was_not_measured_names_a_next_step_that_leads_on(error: Exception, step: str) -> None:
    told = str(unmeasured("Its users were not read", error))
    assert told.startswith("Its users were not read: ")
    assert step in told
    assert "hunter2" not in told
