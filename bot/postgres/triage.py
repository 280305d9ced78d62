"""What is wrong with this PostgreSQL, found within 7 s whatever state it is in?

Its name, then a login, then each question of catalog.py on that one connection. How the ways to fail are told
apart: meanings.py.
"""

import asyncio
import socket
from dataclasses import replace

from psycopg import Error
from psycopg.errors import ConnectionTimeout, InsufficientPrivilege, QueryCanceled

from bot import catalog
from bot.clock import Clock
from bot.diagnostics.answers import Answers, highest
from bot.diagnostics.diagnosis import Diagnosis
from bot.diagnostics.finding import Finding, NextStep, Severity
from bot.postgres.meanings import kind_of, outcome, sign_in
from bot.postgres.postgres import Postgres
from bot.postgres.question import Question
from bot.postgres.session import ANSWERS_WITHIN_S, Session, session
from bot.targets.names import resolve
from bot.targets.outcome import Kind, Outcome, Stage

LOOKS_UP_WITHIN_S = 1.5
TRIES_AGAIN_WITHIN_S = 0.5
NOT_REACHED = "the database cannot be reached"
LOGIN = "login time"


async def triage(postgres: Postgres, clock: Clock) -> Diagnosis:
    """All that is wrong with it as far as it answers. Raises nothing that it causes."""
    began_s = clock.monotonic_s()
    attempt = Attempt(postgres, clock)
    ended, answers = await attempt.run()
    findings = [finding for answer in answers for finding in answer.findings]
    findings.sort(key=lambda finding: finding.severity.rank)
    took_ms, at_ms = round(1000 * (clock.monotonic_s() - began_s)), clock.now_ms()
    return Diagnosis(
        target=postgres.name,
        outcome=replace(ended, stages=tuple(attempt.stages), took_ms=took_ms, measured_at_ms=at_ms),
        findings=tuple(findings),
        likeliest=None,
        not_checked=tuple(missing for answer in answers for missing in answer.not_checked),
        took_ms=took_ms,
        measured_at_ms=at_ms,
        figures=highest(findings),
    )


class Attempt:
    """One way to a PostgreSQL, stage by stage."""

    def __init__(self, postgres: Postgres, clock: Clock) -> None:
        self.stages: list[Stage] = []
        self._postgres = postgres
        self._clock = clock
        self._began_s = clock.monotonic_s()

    async def run(self) -> tuple[Outcome, list[Answers]]:
        """Where it ends, and what was answered."""
        try:
            async with asyncio.timeout(LOOKS_UP_WITHIN_S):
                place = await self._place()
        except (OSError, UnicodeError) as error:  # a time-out is an OSError too
            self._ends("DNS", "failed")
            return self._failed(_of_name(error))
        self._ends("DNS" if place else "SOCKET", "ok")
        try:
            async with session(self._postgres, place) as one:
                took_ms = self._ends("LOGIN", "ok")
                return await self._asked(one, took_ms)
        except Error as error:
            self._ends("LOGIN", "failed")
            kind = await self._why_silent(place) if _is_silence(error) else kind_of(str(error))
            return self._failed(kind, seen=sign_in(str(error)))

    async def _place(self) -> str:
        """The number of its host; "" for a socket file."""
        if self._postgres.is_local:
            return ""
        found = await resolve(self._postgres.host, self._postgres.port)
        return str(found[0][1][0])

    async def _asked(self, one: Session, took_ms: float) -> tuple[Outcome, list[Answers]]:
        answers = [await _answer(question, one, self._postgres) for question in catalog.POSTGRES_DIAGNOSTICS]
        if one.is_silent:
            return self._failed(Kind.FROZEN, seen="it took the login, and no question")
        ended = outcome(Kind.HEALTHY, self._postgres.name)
        return ended, [Answers.of([_login(took_ms, self._postgres)]), *answers]

    async def _why_silent(self, place: str) -> Kind:
        """Whether anything at all takes a connection there: only asked when nothing answered."""
        try:
            async with asyncio.timeout(TRIES_AGAIN_WITHIN_S):
                _, writer = await asyncio.open_connection(place, self._postgres.port)
        except (OSError, ValueError):
            return Kind.BLACK_HOLE
        writer.transport.abort()
        return Kind.FROZEN

    def _failed(self, kind: Kind, *, seen: str = "") -> tuple[Outcome, list[Answers]]:
        ended = outcome(kind, self._postgres.name, seen=seen)
        checks = (LOGIN, *(one.check for one in catalog.POSTGRES_DIAGNOSTICS))
        return ended, [Answers.without(check, NOT_REACHED) for check in checks]

    def _ends(self, name: str, state: str) -> float:
        """A stage is over; how long it took, in ms."""
        now_s = self._clock.monotonic_s()
        took_ms, self._began_s = 1000 * (now_s - self._began_s), now_s
        self.stages.append(Stage(name=name, state="ok" if state == "ok" else "failed", ms=took_ms))
        return took_ms


async def _answer(question: Question, one: Session, postgres: Postgres) -> Answers:
    try:
        return Answers.of(question.judge(await question.read(one), postgres.thresholds))
    except QueryCanceled:
        return Answers.without(question.check, "no answer within 1 s")
    except InsufficientPrivilege:
        return Answers.without(question.check, "Pong's user may not read it")
    except Error as error:
        why = f"no answer within {ANSWERS_WITHIN_S:g} s" if one.is_silent else type(error).__name__
        return Answers.without(question.check, why)


def _login(took_ms: float, postgres: Postgres) -> Finding:
    most_ms = postgres.thresholds.connect_ms
    is_slow = took_ms > most_ms
    waits = "Every new connection waits as long: its host is busy, or the way there is bad."
    return Finding(
        check=LOGIN,
        severity=Severity.WARNING if is_slow else Severity.OK,
        title=f"A login took {took_ms:,.0f} ms",
        meaning=waits if is_slow else "",
        figure=f"{took_ms:,.0f} ms",
        threshold=f"warning over {most_ms:,.0f} ms",
        next_step=NextStep(label="Look at the load of its host, and at the network.") if is_slow else None,
        figures={"database_login_ms": round(took_ms, 1)},
    )


def _of_name(error: Exception) -> Kind:
    if isinstance(error, socket.gaierror) and error.errno in (socket.EAI_NONAME, socket.EAI_NODATA):
        return Kind.NAME_UNKNOWN
    return Kind.NAME_UNKNOWN if isinstance(error, UnicodeError) else Kind.NAME_SERVER_FAILED


def _is_silence(error: Error) -> bool:
    return isinstance(error, ConnectionTimeout) or "timeout expired" in str(error)
