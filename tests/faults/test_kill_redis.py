"""Does no command on Redis that must not repeat run twice when Pong is killed, and are people told?"""

from pathlib import Path

import pytest

from tests.fixtures.killed_actions import Action, World, killed_at_each_point


def _scaled(world: World) -> int:
    return int(world.server.command("INFO", "memory")["maxmemory"])


ACTIONS = (
    Action(
        name="scale",
        types=lambda n: f"scale {100 + n}mb",
        effects=_scaled,
        repeatable=True,
        outside=False,
    ),
    Action(
        name="flush",
        types=lambda n: "flush db",
        effects=World.flushes,
        needs_dev=True,
        outside=False,
    ),
    Action(
        name="clear",
        types=lambda n: "clear cache",
        effects=lambda w: 0,
        needs_dev=True,
        repeatable=True,
        outside=False,
    ),
)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("action", ACTIONS, ids=[action.name for action in ACTIONS])
async def test_it_happens_at_most_once_and_how_it_ended_is_told(tmp_path: Path, action: Action) -> None:
    await killed_at_each_point(tmp_path, action)
