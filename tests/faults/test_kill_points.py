"""Does no action on Redis come about twice, wherever its engine is killed, and are people told how it ended?

The engine is a process of its own that dies by SIGKILL; test_kill_redis.py and its neighbours kill all of
Pong, with Slack beside it.
"""

from itertools import cycle
from pathlib import Path

import pytest

from tests.fixtures.actions_on_redis import ACTIONS
from tests.fixtures.mortal import Action, killed_at_each_point
from tests.fixtures.redis_server import binaries

FLAVOURS = cycle([binary for binary in binaries().values() if binary])
CASES = [pytest.param(action, next(FLAVOURS), id=action.name) for action in ACTIONS]


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("action", "binary"), CASES)
async def test_it_comes_about_at_most_once_and_people_are_told(
    tmp_path: Path, action: Action, binary: Path
) -> None:
    assert await killed_at_each_point(tmp_path, action, binary=binary) >= 12
