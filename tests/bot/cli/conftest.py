"""Real servers, of every flavour that this machine has."""

from tests.fixtures.redis_fixtures import binary, start_server

__all__ = ["binary", "start_server"]
