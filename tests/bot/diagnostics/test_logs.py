"""Are the complaints in a log counted and dated, and never quoted?"""

from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.applications.health import Application
from bot.applications.log_file import LogFile
from bot.applications.logs import time_of
from bot.config.tables import ThresholdsTable
from bot.diagnostics.finding import Finding, Severity
from bot.diagnostics.logs import COMPLAINTS, counted, judge, naming, read
from bot.diagnostics.question import NotSet
from tests.fixtures.recorded import TARGET, RecordedSubject, recorded

ABOUT = naming(6379)
NOW_MS = 1_767_229_800_000  # 2026-01-01T01:10:00Z


def judged(*lines: bytes) -> Finding:
    measured = {
        "application": "shop",
        "now_ms": NOW_MS,
        "lines": len(lines),
        "complaints": counted(lines, ABOUT),
        "faults": [],
    }
    (finding,) = judge(measured, ThresholdsTable())
    return finding


@pytest.mark.parametrize(
    ("line", "name"),
    [
        (b"Error: Redis connection timeout", "connection timed out"),
        (b"redis.exceptions.TimeoutError: Timeout reading from 10.0.0.1:6379", "connection timed out"),
        (b"REDIS CONNECTION REFUSED", "connection refused"),
        (b"Error: connect ECONNREFUSED 10.0.0.1:6379", "connection refused"),
        (b"redis: Too many clients", "too many clients"),
        (b"ERR max number of clients reached", "too many clients"),
        (b"OOM command not allowed when used memory > 'maxmemory'.", "out of memory"),
        (b"WRONGPASS invalid username-password pair or user is disabled.", "wrong password"),
        (b"NOAUTH Authentication required.", "wrong password"),
        (b"READONLY You can't write against a read only replica.", "read-only replica"),
        (b"LOADING Redis is loading the dataset in memory", "loading"),
        (b"MISCONF Redis is configured to save RDB snapshots", "cannot save"),
        (b"CLUSTERDOWN The cluster is down", "cluster down"),
        (b"getaddrinfo ENOTFOUND redis.example", "name not found"),
        (b"MaxRetriesPerRequestError: Reached the max retries per request limit", "gave up retrying"),
        (b"ioredis: Error: Connection is closed.", "connection lost"),
    ],
)
def test_a_line_is_counted_under_its_complaint(line: bytes, name: str) -> None:
    assert {one: counts["count"] for one, counts in counted([line], ABOUT).items()} == {name: 1}


def test_each_complaint_has_a_row_and_ordinary_lines_none() -> None:
    assert counted([b"GET /api/health 200", b"redis connected", b"\xff\xfe"], ABOUT) == {}
    assert len({one.name for one in COMPLAINTS}) == len(COMPLAINTS)


def test_recent_ones_are_a_finding_with_the_last_time() -> None:
    finding = judged(
        b"2026-01-01T01:05:00Z Redis connection refused session:5f2aa1 maria@example.com",
        b"2026-01-01T01:08:30.123Z Redis connection refused",
        b"2026-01-01T01:08:31Z OOM command not allowed",
    )
    assert finding.severity is Severity.WARNING
    assert (
        finding.title
        == "The log of shop: 2 × connection refused, last 01:08 UTC, 1 × out of memory, last 01:08 UTC"
    )
    assert finding.figures == {"log_connection_refused": 2, "log_out_of_memory": 1}
    assert "maria" not in repr(finding)
    assert "5f2aa1" not in repr(finding)


def test_old_ones_are_none_and_undated_ones_count() -> None:
    assert judged(b"2025-12-31T23:00:00Z redis ECONNREFUSED").severity is Severity.OK
    assert judged(b"redis ECONNREFUSED").severity is Severity.WARNING


@pytest.mark.parametrize(
    ("line", "at_ms"),
    [
        (b"2026-01-01T01:10:00Z x", NOW_MS),
        (b"2026-01-01 01:10:00,123 x", NOW_MS),
        (b"web 2026-01-01T02:10:00+01:00 x", NOW_MS),
        (b"2026-13-01T01:10:00Z x", None),
        (b"no time", None),
        (b"x" * 100 + b"2026-01-01T01:10:00Z", None),
    ],
)
def test_the_time_of_a_line(line: bytes, at_ms: int | None) -> None:
    assert time_of(line) == at_ms


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_whatever_stands_in_a_log_is_survived(lines: list[bytes]) -> None:
    names = {one.name for one in COMPLAINTS}
    assert counted(lines, ABOUT).keys() <= names
    judged(*lines)


def subject_of(application: Application, http: httpx.AsyncClient) -> RecordedSubject:
    target = replace(TARGET, application=application)
    return RecordedSubject(recorded("redis-healthy"), target=target, http=http)


async def test_a_real_file_is_read(tmp_path: Path) -> None:
    log = tmp_path / "shop.log"
    log.write_text("redis: Too many clients\n" * 3, "utf-8")
    shop = Application(name="shop", logs=(LogFile(log), LogFile(tmp_path / "gone.log")))
    async with httpx.AsyncClient() as http:
        subject = RecordedSubject(
            recorded("redis-healthy"), target=replace(TARGET, application=shop), http=http
        )
        measured = await read(subject)
        assert measured["complaints"]["too many clients"]["count"] == 3
        only = replace(shop, logs=(LogFile(tmp_path / "gone.log"),))
        subject = RecordedSubject(
            recorded("redis-healthy"), target=replace(TARGET, application=only), http=http
        )
        (finding,) = judge(await read(subject), ThresholdsTable())
    assert (finding.severity, finding.title) == (
        Severity.UNKNOWN,
        "the log of shop: cannot be read: No such file or directory",
    )


async def test_without_a_log_nothing_is_read() -> None:
    with pytest.raises(NotSet):
        await read(RecordedSubject(recorded("redis-healthy")))


@pytest.mark.parametrize(
    "line",
    [
        b"FATAL: sorry, too many clients already",
        b"connect ECONNREFUSED 10.0.0.9:5432",
        b"smtp: 530 Authentication required",
        b"client gone: broken pipe",
    ],
)
def test_what_another_service_says_is_not_counted(line: bytes) -> None:
    assert counted([line], ABOUT) == {}
