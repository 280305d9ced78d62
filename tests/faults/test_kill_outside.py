"""Is no call to an outside service made twice when Pong is killed in the middle, and are people told?"""

from pathlib import Path

import pytest

from tests.fixtures.killed_actions import Action, killed_at_each_point

ACTIONS = (
    Action(name="restart the app", types=lambda n: "restart app", effects=lambda w: w.platform.restarts),
    Action(
        name="fall back",
        types=lambda n: f"fallback {('on', 'off')[n % 2]}",
        effects=lambda w: len(w.actions.modes),
    ),
    Action(
        name="security level",
        types=lambda n: f"protect {('high', 'under_attack')[n % 2]}",
        effects=lambda w: len(w.zone.changes),
        repeatable=True,
    ),
    Action(
        name="block an address",
        types=lambda n: f"protect block 192.0.2.{n + 1}",
        effects=lambda w: len(w.zone.blocked),
    ),
)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("action", ACTIONS, ids=[action.name for action in ACTIONS])
async def test_it_happens_at_most_once_and_how_it_ended_is_told(tmp_path: Path, action: Action) -> None:
    await killed_at_each_point(tmp_path, action)
