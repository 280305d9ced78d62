"""Which stores must keep the contract, and how is one of each made?"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.store.protocol import Store
from bot.store.sqlite import open_sqlite
from bot.text import redact
from bot.timeline import Event

NOW_MS = 1_767_229_860_000


@pytest.fixture
def mirrored() -> list[Event]:
    """What was told to the mirror, in order."""
    return []


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'pong.db'}"


@pytest.fixture
async def store(url: str, mirrored: list[Event]) -> AsyncIterator[Store]:
    store = open_sqlite(url, redact=redact, mirror=mirrored.append)
    yield store
    await store.close()


@pytest.fixture
def now_ms() -> int:
    return NOW_MS
