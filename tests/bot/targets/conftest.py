"""Real servers of every flavour that this machine has, and certificates for them."""

import shutil
from pathlib import Path

import pytest

from tests.fixtures.listeners import make_certificates
from tests.fixtures.redis_fixtures import binary, start_server

__all__ = ["binary", "certificates", "start_server"]


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    if not shutil.which("openssl"):
        pytest.skip("there is no openssl on this machine")
    return make_certificates(tmp_path_factory.mktemp("certificates"))
