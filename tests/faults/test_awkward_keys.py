"""Does Pong clear keys that xargs takes apart and nothing else, where the runbook takes a session too?"""

import shutil

import pytest

from bench.clear import exactness
from tests.fixtures.redis_server import RedisServer


async def test_the_runbook_s_way_deletes_a_session_and_pong_s_does_not(
    capsys: pytest.CaptureFixture[str],
) -> None:
    if shutil.which("redis-cli") is None:
        pytest.skip("redis-cli is not on this machine, so the runbook's way was not tried.")
    with RedisServer() as server:
        await exactness(server)
    ours, theirs = capsys.readouterr().out.splitlines()
    assert ours == (
        "pong: of 5 awkward keys, each tried alone, 0 left; of 4 others beside them 0 deleted (sessions: 0)"
    )
    assert theirs.startswith("runbook: ")
    assert theirs.endswith("(sessions: 1)")
