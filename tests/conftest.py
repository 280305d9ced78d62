"""In which order do the tests run? The long files first: at the end one core would wait for the other."""

from pathlib import Path

import pytest

LONG = ("faults", "stories")
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path.relative_to(HERE).parts[0] not in LONG)
