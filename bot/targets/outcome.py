"""What does a probe of a Redis come to?

The kinds are the failures that one standalone server can give; what each means stands in meanings.py.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from bot.diagnostics.finding import NextStep


class Kind(StrEnum):
    """Where the way to a Redis ends, or what it is like there."""

    HEALTHY = "healthy"
    NAME_UNKNOWN = "name_unknown"
    NAME_SERVER_FAILED = "name_server_failed"
    NAME_SERVER_SILENT = "name_server_silent"
    REFUSED = "refused"
    NO_ROUTE = "no_route"
    BLACK_HOLE = "black_hole"
    SOCKET_MISSING = "socket_missing"
    SOCKET_FORBIDDEN = "socket_forbidden"
    OWN_TLS_FILES = "own_tls_files"
    TLS_TO_PLAIN = "tls_to_plain"
    PLAIN_TO_TLS = "plain_to_tls"
    TLS_STALLED = "tls_stalled"
    TLS_FAILED = "tls_failed"
    TLS_VERSION = "tls_version"
    CERTIFICATE = "certificate"
    CERTIFICATE_NEEDED = "certificate_needed"
    NOT_REDIS = "not_redis"
    TOO_MANY_CLIENTS = "too_many_clients"
    PROTECTED_MODE = "protected_mode"
    CREDENTIALS_MISSING = "credentials_missing"
    CREDENTIALS_WRONG = "credentials_wrong"
    OPEN_TO_ALL = "open_to_all"
    NO_PERMISSION = "no_permission"
    WRONG_DATABASE = "wrong_database"
    FROZEN = "frozen"
    CLOSED = "closed"
    LOADING = "loading"
    REPLICA_CUT_OFF = "replica_cut_off"
    READ_ONLY = "read_only"
    FULL = "full"
    WRITES_STOPPED = "writes_stopped"
    BUSY = "busy"
    QUOTA_USED_UP = "quota_used_up"
    MOVED = "moved"
    CLUSTER_DOWN = "cluster_down"
    CLUSTER_IN_PART = "cluster_in_part"
    NOT_A_CLUSTER = "not_a_cluster"
    IS_SENTINEL = "is_sentinel"
    SENTINELS_SILENT = "sentinels_silent"
    SENTINEL_WITHOUT_SERVICE = "sentinel_without_service"
    SENTINELS_DISAGREE = "sentinels_disagree"
    OWN_POOL_FULL = "own_pool_full"
    ERROR = "error"
    UNKNOWN = "unknown"


StageState = Literal["ok", "failed", "skipped"]


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One step of the way there. `ms` is 0 for one that was skipped."""

    name: str
    state: StageState
    ms: float = 0.0
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Where a probe of `target` ended.

    `says` completes the sentence "redis-prod …"; `seen` is what was literally seen, from outside, so it is
    escaped before it is shown. When the cause is not sure, `could_be` lists what it could be.
    `is_reachable`: it answers as a Redis does. `is_healthy`: and nothing that was looked at is wrong.
    """

    target: str
    kind: Kind
    says: str
    meaning: str
    next_step: NextStep
    is_reachable: bool
    is_healthy: bool
    seen: str = ""
    could_be: tuple[str, ...] = ()
    stages: tuple[Stage, ...] = ()
    took_ms: int = 0
    measured_at_ms: int = 0

    @property
    def sure(self) -> bool:
        return not self.could_be

    @property
    def serves(self) -> bool:
        """Whether it does what an application asks: one that loads or runs a script answers, and does not."""
        return self.is_reachable and self.kind not in (Kind.BUSY, Kind.LOADING)


@dataclass(frozen=True, kw_only=True)
class Meaning:
    """`next` is said as it stands, or is the label of a button for `verb` about the target."""

    says: str
    meaning: str
    next: str
    verb: str | None = None
    could_be: tuple[str, ...] = ()
    is_reachable: bool = False
    is_healthy: bool = False
