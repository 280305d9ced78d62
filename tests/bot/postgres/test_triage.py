"""Does every way to fail on the way to a real PostgreSQL have its meaning, within its time?"""

import contextlib
import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from bot import catalog
from bot.clock import SystemClock
from bot.diagnostics.diagnosis import Diagnosis, diagnosis_to_json
from bot.diagnostics.finding import Finding, Severity
from bot.postgres.postgres import PORT, Postgres, parse
from bot.postgres.question import Question
from bot.postgres.session import Session
from bot.postgres.triage import NOT_REACHED, triage
from bot.slack.render.diagnosis import triage_message
from bot.targets.outcome import Kind
from tests.fixtures.listeners import black_hole, make_certificates, speaks
from tests.fixtures.postgres_server import PASSWORD, PostgresServer, tls_before

WITHIN_S = 7.0


def orders(url: str) -> Postgres:
    said = parse(url)
    return Postgres(name="orders", host=said["host"], port=int(said.get("port", PORT)), said=said)


async def triaged(url: str) -> Diagnosis:
    began_s = time.monotonic()
    diagnosis = await triage(orders(url), SystemClock())
    assert time.monotonic() - began_s < WITHIN_S
    shown = json.dumps([triage_message(diagnosis).payload(), diagnosis_to_json(diagnosis)])
    for word in (PASSWORD, "Redis", "owner", "None"):
        assert word not in shown
    return diagnosis


def _nothing(measured: object, thresholds: object) -> list[Finding]:
    return []


@contextmanager
def full(server: PostgresServer) -> Iterator[None]:
    """Every connection is taken."""
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(psycopg.OperationalError):
            while True:
                stack.enter_context(server.connect())
        yield


async def test_a_well_one_is_well_with_its_figures(server: PostgresServer) -> None:
    diagnosis = await triaged(server.url())
    assert diagnosis.is_healthy
    assert not diagnosis.not_checked
    assert {finding.check for finding in diagnosis.findings} == {"login time", "connections", "locks"}
    assert diagnosis.figures["database_connections_most"] == 12
    assert [stage.name for stage in diagnosis.outcome.stages] == ["DNS", "LOGIN"]


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"password": "wrong"}, Kind.CREDENTIALS_WRONG),
        ({"user": "stranger"}, Kind.CREDENTIALS_WRONG),
        ({"database": "nowhere"}, Kind.WRONG_DATABASE),
        ({"more": "?sslmode=require"}, Kind.TLS_TO_PLAIN),
    ],
)
async def test_a_login_that_is_refused_says_why(
    server: PostgresServer, changes: dict[str, str], kind: Kind
) -> None:
    diagnosis = await triaged(server.url(**changes))
    assert diagnosis.outcome.kind is kind
    assert {one.why for one in diagnosis.not_checked} == {NOT_REACHED}
    assert len(diagnosis.not_checked) == 3


async def test_tls_that_is_not_as_it_should_is_told_from_one_that_is(
    server: PostgresServer, tmp_path: Path
) -> None:
    files = make_certificates(tmp_path)
    cases = (
        ("server.crt", f"verify-full&sslrootcert={files['ca.crt']}", Kind.HEALTHY),
        ("server.crt", "require", Kind.HEALTHY),
        ("server.crt", "verify-full&sslrootcert=/nowhere/ca.crt", Kind.OWN_TLS_FILES),
        ("expired.crt", f"verify-full&sslrootcert={files['ca.crt']}", Kind.CERTIFICATE),
    )
    for shown, mode, kind in cases:
        async with tls_before(server, files[shown], files["server.key"]) as port:
            url = server.url(more=f"?sslmode={mode}").replace(f":{server.port}/", f":{port}/")
            assert (await triaged(url)).outcome.kind is kind, mode


async def test_no_password_is_told_from_a_wrong_one(server: PostgresServer) -> None:
    url = server.url().replace(f":{PASSWORD}@", "@")
    assert (await triaged(url)).outcome.kind is Kind.CREDENTIALS_MISSING


async def test_a_full_one_is_told_as_full(server: PostgresServer) -> None:
    with full(server):
        for url in (server.url(), server.url(user="pong", password="looks-only")):
            assert (await triaged(url)).outcome.kind is Kind.TOO_MANY_CLIENTS


async def test_one_that_is_nearly_full_is_critical(server: PostgresServer) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(10):
            stack.enter_context(server.connect())
        diagnosis = await triaged(server.url())
    assert [(one.check, one.severity) for one in diagnosis.sick] == [("connections", Severity.CRITICAL)]


async def test_a_frozen_one_is_told_from_one_that_is_cut_off(server: PostgresServer) -> None:
    server.freeze()
    try:
        diagnosis = await triaged(server.url())
    finally:
        server.thaw()
    assert diagnosis.outcome.kind is Kind.FROZEN
    with black_hole() as port:
        diagnosis = await triaged(f"postgresql://a:b@127.0.0.1:{port}/x")
    assert diagnosis.outcome.kind is Kind.BLACK_HOLE
    assert diagnosis.outcome.could_be


async def test_one_that_freezes_after_the_login_is_not_called_healthy(
    server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    frozen: list[int] = []

    async def read(session: Session) -> dict[str, object]:
        frozen.append(session.connection.info.backend_pid)
        os.kill(frozen[0], signal.SIGSTOP)
        return {"row": await session.row("SELECT 1")}

    question = Question(check="stuck", read=read, judge=_nothing)
    monkeypatch.setattr(catalog, "POSTGRES_DIAGNOSTICS", (question, *catalog.POSTGRES_DIAGNOSTICS))
    try:
        diagnosis = await triaged(server.url())
    finally:
        os.kill(frozen[0], signal.SIGCONT)
    assert (diagnosis.outcome.kind, diagnosis.is_healthy) == (Kind.FROZEN, False)


async def test_a_question_that_takes_long_or_may_not_be_asked_takes_no_other_along(
    server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def slow(session: Session) -> dict[str, object]:
        return {"row": await session.row("SELECT pg_sleep(30)")}

    async def forbidden(session: Session) -> dict[str, object]:
        return {"row": await session.row("SELECT count(*) FROM pg_authid")}

    odd = [
        Question(check=read.__name__, read=read, judge=lambda measured, _: []) for read in (slow, forbidden)
    ]
    monkeypatch.setattr(catalog, "POSTGRES_DIAGNOSTICS", (*odd, *catalog.POSTGRES_DIAGNOSTICS))
    diagnosis = await triaged(server.url(user="pong", password="looks-only"))
    assert {one.check: one.why for one in diagnosis.not_checked} == {
        "slow": "no answer within 1 s",
        "forbidden": "Pong's user may not read it",
    }
    assert {"connections", "locks"} <= {finding.check for finding in diagnosis.findings}


async def test_a_dead_one_refuses_and_comes_back(server: PostgresServer) -> None:
    server.stop()
    try:
        assert (await triaged(server.url())).outcome.kind is Kind.REFUSED
    finally:
        server.start()
    assert (await triaged(server.url())).is_healthy


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("postgresql://a:b@no-such-host.invalid/x", Kind.NAME_UNKNOWN),
        ("postgresql://a:b@%2Fno%2Fsuch%2Ffolder/x", Kind.SOCKET_MISSING),
    ],
)
async def test_a_place_that_is_not_there_is_named(url: str, kind: Kind) -> None:
    assert (await triaged(url)).outcome.kind is kind


@pytest.mark.parametrize(
    ("answer", "kind"),
    [(b"HTTP/1.1 400 Bad Request\r\n\r\n", Kind.ERROR), (b"", Kind.CLOSED), (b"\x00" * 40, Kind.ERROR)],
    ids=["http", "hangs up", "noise"],
)
async def test_what_is_no_postgresql_is_never_called_healthy(answer: bytes, kind: Kind) -> None:
    with speaks(answer=answer, hangs_up=True) as port:
        assert (await triaged(f"postgresql://a:b@127.0.0.1:{port}/x")).outcome.kind is kind
