"""What does a step put on that somebody has to take back one day? Pure.

The incident's message tells what stands of it: bot/protection.py.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Change:
    """`of` was `before` and is `after` once the step is done; an empty word is: nothing of it.

    `of` is LEVEL, LIMIT, or BLOCK with the address behind it.
    """

    of: str
    before: str
    after: str


LEVEL, LIMIT, BLOCK = "security level", "limit", "block "
