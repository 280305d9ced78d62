"""Are those who wait for a lock counted, with the longest wait, and no statement quoted?"""

import asyncio
import threading

import pytest

from bot.diagnostics.finding import Severity
from bot.postgres.locks import judge, read
from bot.postgres.session import session
from bot.postgres.table import DatabaseThresholdsTable
from tests.bot.postgres.test_triage import orders
from tests.fixtures.postgres_server import PostgresServer, waits


@pytest.mark.parametrize(
    ("waiting", "longest_s", "severity"),
    [
        (0, None, Severity.OK),
        (10, 5.0, Severity.OK),
        (11, 1.0, Severity.WARNING),
        (1, 5.1, Severity.WARNING),
        (1, 60.0, Severity.WARNING),
        (1, 60.1, Severity.CRITICAL),
        (11, None, Severity.WARNING),
    ],
)
def test_both_how_many_and_how_long_count(waiting: int, longest_s: float | None, severity: Severity) -> None:
    [finding] = judge({"waiting": waiting, "longest_s": longest_s}, DatabaseThresholdsTable())
    assert finding.severity is severity
    assert bool(finding.next_step) == severity.is_finding


def test_it_reads_as_a_sentence() -> None:
    [finding] = judge({"waiting": 3, "longest_s": 72.4}, DatabaseThresholdsTable())
    assert finding.title == "3 sessions wait for a lock, the longest for 72 s"
    assert finding.threshold == "warning over 5 s or 10 sessions, critical over 60 s"


class Old:
    """A server from before it told since when somebody waits."""

    version = 130_000
    asked = ""

    async def row(self, query: str) -> tuple[int, None]:
        self.asked = query
        return 2, None


async def test_an_older_server_is_asked_only_what_it_knows() -> None:
    old = Old()
    assert await read(old) == {"waiting": 2, "longest_s": None}  # type: ignore[arg-type]
    assert "waitstart" not in old.asked


async def test_a_held_lock_is_seen_by_a_user_with_few_rights(server: PostgresServer) -> None:
    with server.connect() as holder:
        holder.execute("CREATE TABLE IF NOT EXISTS held (i int)")
        holder.execute("BEGIN")
        holder.execute("LOCK TABLE held")
        waiter = threading.Thread(target=_waits, args=(server,))
        waiter.start()
        await waits(server)
        async with session(orders(server.url(user="pong", password="looks-only")), "127.0.0.1") as one:
            measured = await read(one)
        holder.execute("ROLLBACK")
        await asyncio.to_thread(waiter.join)
    assert measured["waiting"] == 1
    assert 0 <= measured["longest_s"] < 10


def _waits(server: PostgresServer) -> None:
    with server.connect() as waiter:
        waiter.execute("SELECT count(*) FROM held")
