"""Why did a command not work, in words that hold no key name, no address and no secret?

A server's own sentence may quote arguments, so only its leading code is repeated.
https://redis.io/docs/latest/develop/reference/protocol-spec/#simple-errors
"""

import re

from redis.exceptions import (
    AuthenticationError,
    AuthorizationError,
    ConnectionError,
    MaxConnectionsError,
    ResponseError,
    TimeoutError,
)

from bot.errors import ServiceUnavailable

CORRECT_IT = (
    "Next: correct the user and password in REDIS_REMEDIATION_URL, or what remediation_url_env names; "
    "/redis restart and fallback work without them."
)
LOOK_AT_IT = "Next: /redis triage says more; /redis restart and fallback work without its answer."
_CODES = {
    "LOADING": "it is still loading its data: wait, do not restart it",
    "MASTERDOWN": "it is a replica that lost its primary",
    "MISCONF": "it cannot save to disk and refuses writes",
    "MOVED": "it is part of a cluster, and another node holds these keys",
    "NOAUTH": "it wants a password",
    "NOPERM": "Pong's user may not run this command",
    "OOM": "it is out of memory",
    "READONLY": "it is a replica: the primary is elsewhere",
    "BUSY": "a script keeps it busy",
    "NOTBUSY": "no script runs any more",
    "UNKILLABLE": "the script has written already, and only SHUTDOWN NOSAVE ends it",
    "CLUSTERDOWN": "its cluster is down",
}
# redis-py turns some codes into classes of their own and strips the code from the text.
_CLASSES = {
    "BusyLoadingError": "LOADING",
    "MasterDownError": "MASTERDOWN",
    "MovedError": "MOVED",
    "NoPermissionError": "NOPERM",
    "OutOfMemoryError": "OOM",
    "ReadOnlyError": "READONLY",
    "ClusterDownError": "CLUSTERDOWN",
}


def unmeasured(what: str, error: BaseException) -> ServiceUnavailable:
    """`what` was not measured, why, and what to do next: a ping by Pong's own user may well be fine."""
    is_refused = isinstance(error, AuthenticationError | AuthorizationError)
    next_step = CORRECT_IT if is_refused or str(error).startswith("NOAUTH") else LOOK_AT_IT
    return ServiceUnavailable(f"{what}: {in_words(error)}. {next_step}")


def in_words(error: BaseException) -> str:
    """A clause such as `it does not answer`, for "… because Redis: <clause>"."""
    if code := _CLASSES.get(type(error).__name__):
        return _CODES[code]
    if isinstance(error, AuthenticationError | AuthorizationError):
        return "it does not accept Pong's user or password"
    if isinstance(error, TimeoutError) or type(error).__name__ == "TimeoutError":
        return "it does not answer in time"
    if isinstance(error, MaxConnectionsError):
        return "Pong itself has no free connection"
    if isinstance(error, ConnectionError | OSError):
        return "the connection failed"
    return _refusal(error)


def _refusal(error: BaseException) -> str:
    if not isinstance(error, ResponseError):
        return f"an answer that Pong does not understand ({type(error).__name__})"
    code = re.match(r"[A-Z]{2,20}\b", str(error))
    if not code:
        return "it refused the command"
    return _CODES.get(code[0], f"it refused the command ({code[0]})")
