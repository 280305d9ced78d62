"""What tests of the flow share."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.commands.conftest import on_redis, open_one, redis, server
from tests.fixtures.small_pong import SmallPong, small_pong

__all__ = ["on_redis", "open_one", "redis", "server", "small"]


@pytest.fixture
async def small(tmp_path: Path) -> AsyncIterator[SmallPong]:
    async with small_pong(tmp_path) as pong:
        yield pong
