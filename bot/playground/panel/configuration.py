"""With which limits and for which users does the playground's Redis run?

Four users: `pong` only reads, `pong-remedy` may also do what people approve, `shop` is the
application and `panel` is whoever breaks things. https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

# Everything that only reads; then what INFO and its like need back, since -@dangerous takes them away.
_READS = (
    "resetchannels %R~* -@all +@read +@connection -@write -@admin -@dangerous -@blocking +auth +hello +ping"
    " +info +config|get +slowlog|get +slowlog|len +latency|latest +latency|history +latency|doctor"
    " +latency|histogram +memory|usage +memory|stats +memory|doctor +client|list +client|id +client|info"
    " +client|setname +scan +type +pttl +role +acl|whoami +acl|log +dbsize +cluster|info +command"
)

_CHANGES = (
    "+config|set +config|rewrite +script|kill +client|kill +flushdb +eval +acl|setuser +acl|list +acl|save"
)

ACCESS: Mapping[str, str] = {
    "pong": _READS,
    "pong-remedy": f"{_READS} {_CHANGES} (+unlink +del ~cache:* ~session:*)"
    " (+set +get +unlink +del +pttl ~pong:*)",
    "shop": "resetchannels ~cache:* ~session:* ~ratelimit:* ~jobs:* -@all +@read +@write +@connection"
    " +@transaction -@admin -@dangerous +info",
    "panel": "allchannels allkeys allcommands",
}
CLIENTS = ("pong", "pong-remedy", "shop")  # who comes from outside: the panel is nobody's client
MAX_CLIENTS = 100
SNAPSHOT = "dump.rdb"


def new_passwords() -> dict[str, str]:
    """One for each user, hard to guess."""
    return {user: secrets.token_urlsafe(18) for user in ACCESS}


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """Where the server listens and who may come in; `way_port` is where the outside reaches it."""

    directory: Path
    port: int
    way_port: int = 0
    maxmemory_mb: int = 64
    passwords: Mapping[str, str] = field(default_factory=new_passwords, repr=False)

    def url(self, user: str) -> str:
        """Straight to the server."""
        return f"redis://{user}:{self.passwords[user]}@127.0.0.1:{self.port}/0"

    def way_url(self, user: str) -> str:
        """The way that everybody but the panel goes."""
        return f"redis://{user}:{self.passwords[user]}@127.0.0.1:{self.way_port or self.port}/0"

    def write(self) -> Path:
        """Write redis.conf, with hashes of the passwords, and say where."""
        file = self.directory / "redis.conf"
        file.touch(mode=0o600)
        file.write_text("\n".join([*self._server_lines(), *self._user_lines()]) + "\n", "utf-8")
        return file

    def _server_lines(self) -> list[str]:
        return [
            "bind 127.0.0.1",
            f"port {self.port}",
            f"dir {self.directory}",
            f"maxmemory {self.maxmemory_mb}mb",
            "maxmemory-policy noeviction",
            f"maxclients {MAX_CLIENTS}",
            'save ""',
            f"dbfilename {SNAPSHOT}",
            "enable-protected-configs local",
            "lua-time-limit 1000",
            "appendonly no",
            "latency-monitor-threshold 100",
        ]

    def _user_lines(self) -> list[str]:
        lines = [
            f"user {user} on #{hashlib.sha256(self.passwords[user].encode()).hexdigest()} {access}"
            for user, access in ACCESS.items()
        ]
        return ["user default off resetkeys resetchannels -@all", *lines]
