"""A real PostgreSQL with twelve connections, two of them for its owner alone."""

from collections.abc import Iterator

import pytest

from tests.fixtures.postgres_server import PostgresServer


@pytest.fixture(scope="session")
def server() -> Iterator[PostgresServer]:
    with PostgresServer() as running:
        with running.connect() as owner:
            owner.execute("CREATE ROLE pong LOGIN PASSWORD 'looks-only'")
        yield running
