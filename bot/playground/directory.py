"""Where does a playground keep itself, so that the next one goes on where it was?

A directory of its own for each port, locked while it runs. In it: what Slack, Pong, the shop, Redis and the
alert watcher know, and the secrets between them.
"""

import contextlib
import fcntl
import json
import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bot.errors import SettingsError
from bot.playground.panel.configuration import SNAPSHOT, new_passwords

KEPT = ("pong.db*", "slack.db*", "shop.db*", "alerts.json", "rehearsal.json", SNAPSHOT)
WRITTEN_ANEW = ("pong.toml", "pong.log", "redis.conf", "redis.log", "real-alerts")


@dataclass
class Rehearsal:
    """What no program of the playground keeps by itself. `broken` names what was broken at the end."""

    passwords: dict[str, str] = field(default_factory=new_passwords, repr=False)
    token: str = field(default_factory=lambda: secrets.token_urlsafe(18), repr=False)
    broken: list[str] = field(default_factory=list)


class Directory:
    """One playground's own directory."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __truediv__(self, name: str) -> Path:
        return self.path / name

    def rehearsal(self) -> Rehearsal:
        """The kept one, else a new one. Raises SettingsError when it cannot be read."""
        file = self.path / "rehearsal.json"
        if not file.exists():
            return Rehearsal()
        try:
            return Rehearsal(**json.loads(file.read_text("utf-8")))
        except (ValueError, TypeError):
            raise SettingsError(f"{file} cannot be read: start anew with FRESH=1.") from None

    def keep(self, rehearsal: Rehearsal) -> None:
        file = self.path / "rehearsal.json"
        file.touch(mode=0o600)
        file.write_text(json.dumps(asdict(rehearsal)), "utf-8")

    def clear(self) -> None:
        """Forget the earlier rehearsal; what is not a playground's own stays."""
        for pattern in (*KEPT, *WRITTEN_ANEW):
            for file in self.path.glob(pattern):
                if file.is_file():
                    file.unlink()


@contextlib.contextmanager
def alone_in(path: Path, *, is_fresh: bool) -> Iterator[Directory]:
    """`path`, locked against another playground. Raises SettingsError when one already works there."""
    path = path.resolve()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = (path / "lock").open("w")
    except OSError as error:
        raise SettingsError(f"{path} cannot be used ({error.strerror}): name another --directory.") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SettingsError(f"A playground already works in {path}: end it first.") from None
        directory = Directory(path)
        if is_fresh:
            directory.clear()
        yield directory
