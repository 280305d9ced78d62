"""Does any body bring a 5xx out of Pong, or get lost in it? `bench/bodies.py` posts 100,000 of them."""

import random
from pathlib import Path

import pytest

from tests.fixtures.bodies import posted

COUNT = 2_000


@pytest.mark.timeout(300)  # 25 s, and more on a machine that is busy
@pytest.mark.parametrize("seed", [random.SystemRandom().randrange(10**6)], ids=["random"])
async def test_no_body_is_a_5xx_and_what_is_accepted_is_kept_once_and_worked(tmp_path: Path, seed: int):
    print(f"seed {seed}")
    account = await posted(tmp_path, COUNT, seed)
    print(dict(account.answers))
    assert not account.faults, f"seed {seed}, {len(account.faults)} faults: " + "\n".join(account.faults[:5])
    assert len(account.accepted) > COUNT // 4
