"""Does no action outside Redis come about twice, wherever its engine is killed, and is it told how it ended?

As in test_kill_points.py: a process of its own that dies by SIGKILL.
"""

from pathlib import Path

import pytest

from tests.fixtures.actions_outside import ACTIONS
from tests.fixtures.mortal import Action, killed_at_each_point


@pytest.mark.timeout(300)
@pytest.mark.parametrize("action", ACTIONS, ids=[action.name for action in ACTIONS])
async def test_it_comes_about_at_most_once_and_people_are_told(tmp_path: Path, action: Action) -> None:
    assert await killed_at_each_point(tmp_path, action) >= 12
