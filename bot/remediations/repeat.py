"""May a step be run again that Pong may have run before it stopped? Pure.

Invariant I4 of CONTRIBUTING.md.
"""

from enum import StrEnum


class Repeat(StrEnum):
    """What to do with a step that Pong may have run before it stopped.

    NEVER: ask people. CHECK: look outside first. HARMLESS: run it again.
    """

    NEVER = "never"
    CHECK = "check"
    HARMLESS = "harmless"
