"""What can go wrong, and is it worth trying again?

PongError
├── Transient          may pass by itself: it is tried again
│   ├── StoreBusy
│   └── ServiceUnavailable
├── Overtaken          another run of the same work was faster: this one's effects are dropped
└── Permanent          will not pass by itself: a person has to mend something
    ├── SettingsError  pong.toml or the environment
    ├── StoreLocked    another Pong holds the store
    ├── BadInput       what a person typed or a sender posted
    │   └── Unread     what another version of Pong kept
    ├── Refused        this person may not do this, or not now
    │   ├── AppRefused an app asked: it gets no answer
    │   ├── Unchecked  nobody tells for the moment whether this person may
    │   └── OwnRequest who asked for something may not approve it themselves
    ├── IllegalMove    the incident or approval is in a state that forbids it
    └── ServiceRefused an outside service said no

The text of each is one sentence that a person can act on at 3 am.
"""


class PongError(Exception):
    """The root. `str(error)` is fit to be shown to people: no secret, no stack."""


class Transient(PongError):
    """May pass by itself."""


class StoreBusy(Transient):
    """The store cannot take a write now."""


class ServiceUnavailable(Transient):
    """An outside service did not answer, or answered 5xx or 429.

    `retry_after_s` is what the service asked for, when it did.
    """

    def __init__(self, message: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class Overtaken(PongError):
    """Another run of the same work was faster: nothing of this one may stay."""


class Permanent(PongError):
    """Will not pass by itself."""


class SettingsError(Permanent):
    """pong.toml or the environment is incomplete or wrong; the message lists all of it at once."""


class StoreLocked(Permanent):
    """Another process works on this store."""


class BadInput(Permanent):
    """What was typed or posted cannot be understood."""


class Unread(BadInput):
    """What another version of Pong kept cannot be understood by this one."""


class Refused(Permanent):
    """This person may not do this, or not now."""


class AppRefused(Refused):
    """An app asked. It gets no answer: two apps that answer each other would never end."""


class Unchecked(Refused):
    """Nobody tells for the moment whether this person may do this: it is not done, and nobody is said to be
    out of any set."""


class OwnRequest(Refused):
    """Whoever asked for something may not approve it themselves."""


class IllegalMove(Permanent):
    """The incident or approval is in a state that forbids this."""


class ServiceRefused(Permanent):
    """An outside service answered that it will not do this; `code` is its own word for why."""

    def __init__(self, message: str, *, code: str = "") -> None:
        super().__init__(message)
        self.code = code
