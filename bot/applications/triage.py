"""What is wrong with an application, by what its health says, within 3 s?

It is asked once, and nothing else is touched. The shape of its answer: see parts.py.
"""

from collections.abc import Iterator

import httpx

from bot.applications.health import Answer, Application, ask
from bot.applications.parts import (
    DATABASES,
    DISCONNECTED,
    WELL,
    may_be_the_database,
    parts_of,
    word_of,
)
from bot.clock import Clock
from bot.diagnostics.answers import Answers, highest
from bot.diagnostics.diagnosis import Diagnosis
from bot.diagnostics.finding import Finding, NextStep, Severity
from bot.targets.outcome import Kind, Meaning, Outcome, Stage

_LOOK = "Look at its log, its host and its last deployment; restart it there."
SILENT = Meaning(
    says="does not answer",
    meaning="Its server is down, too busy, or cut off from Pong. People may see the same.",
    next=_LOOK,
)
FAILS = Meaning(
    says="answers with an error",
    meaning="Something answers in its place or it fails itself; of its parts it says nothing.",
    next=_LOOK,
    is_reachable=True,
)
ANSWERS = Meaning(
    says="answers", meaning="", next="Nothing to do for the application.", is_reachable=True, is_healthy=True
)


async def triage(application: Application, clock: Clock, http: httpx.AsyncClient) -> Diagnosis:
    """All that its health says. Raises nothing that the application causes."""
    began_s = clock.monotonic_s()
    answer = await ask(http, application.health_url or "")
    took_ms = 1000 * (clock.monotonic_s() - began_s)
    return judge(application, answer, took_ms=took_ms, at_ms=clock.now_ms())


def judge(application: Application, answer: Answer, *, took_ms: float, at_ms: int) -> Diagnosis:
    """The verdict on one answer. Pure."""
    outcome = _outcome(application.name, answer, took_ms, at_ms)
    answers = Answers.of(list(_found(application, answer, took_ms)))
    findings = sorted(answers.findings, key=lambda finding: finding.severity.rank)
    return Diagnosis(
        target=application.name,
        outcome=outcome,
        findings=tuple(findings),
        likeliest=None,
        not_checked=answers.not_checked,
        took_ms=round(took_ms),
        measured_at_ms=at_ms,
        figures=highest(findings),
    )


def _outcome(name: str, answer: Answer, took_ms: float, at_ms: int) -> Outcome:
    code = answer.status_code
    kind, meaning = Kind.HEALTHY, ANSWERS
    if code is None:
        kind, meaning = Kind.UNKNOWN, SILENT
    elif answer.body is None and code >= 300:
        kind, meaning = Kind.ERROR, FAILS
    return Outcome(
        target=name,
        kind=kind,
        says=meaning.says,
        meaning=meaning.meaning,
        next_step=NextStep(label=meaning.next),
        is_reachable=meaning.is_reachable,
        is_healthy=meaning.is_healthy,
        seen=f"it {answer.fault}" if answer.fault else "",
        stages=(
            Stage(name="HTTP", state="failed" if code is None else "ok", ms=took_ms, note=str(code or "")),
        ),
        took_ms=round(took_ms),
        measured_at_ms=at_ms,
    )


def _stage(code: int | None, took_ms: float) -> Stage:
    return Stage(name="HTTP", state="failed" if code is None else "ok", ms=took_ms, note=str(code or ""))


def _found(application: Application, answer: Answer, took_ms: float) -> Iterator[Finding]:
    if answer.status_code is None:
        why = "the application does not answer"
        yield from (Finding(check=one, severity=Severity.UNKNOWN, title=why) for one in ("status", "parts"))
        return
    yield _time(application, took_ms)
    if answer.body is None:
        why = f"it {answer.fault}"
        yield from (Finding(check=one, severity=Severity.UNKNOWN, title=why) for one in ("status", "parts"))
        return
    yield _status(application.name, word_of(answer.body.get("status")), answer.status_code)
    yield from _parts(application, parts_of(answer.body))


def _time(application: Application, took_ms: float) -> Finding:
    is_slow = took_ms > application.slow_over_ms
    return Finding(
        check="answer time",
        severity=Severity.WARNING if is_slow else Severity.OK,
        title=f"Its health came after {took_ms:,.0f} ms",
        meaning="What is asked of it waits: it is busy, or waits for one of its parts." if is_slow else "",
        figure=f"{took_ms:,.0f} ms",
        threshold=f"warning over {application.slow_over_ms:,.0f} ms",
        next_step=NextStep(label="Look at its load, and at the part that it waits for.") if is_slow else None,
        figures={"health_ms": round(took_ms, 1)},
    )


def _status(name: str, status: str, code: int) -> Finding:
    figures = {"health_http_status": float(code)}
    if status in ("healthy", "ok"):
        title = f"{name} calls itself {status}"
        return Finding(check="status", severity=Severity.OK, title=title, figure=status, figures=figures)
    if status not in ("unhealthy", "degraded"):
        title = "it says nothing of its status that Pong knows"
        return Finding(check="status", severity=Severity.UNKNOWN, title=title)
    is_worst = status == "unhealthy"
    return Finding(
        check="status",
        severity=Severity.CRITICAL if is_worst else Severity.WARNING,
        title=f"{name} calls itself {status} (HTTP {code})",
        meaning="It may turn people away." if is_worst else "It serves, and not all of it works.",
        figure=status,
        threshold="healthy",
        next_step=NextStep(label="Look at the part that fails below; else at its log."),
        figures=figures,
    )


def _parts(application: Application, parts: dict[str, str]) -> Iterator[Finding]:
    """Each part that fails with its own next step; those that are well in one."""
    if not parts:
        yield Finding(check="parts", severity=Severity.UNKNOWN, title="it says nothing of its parts")
    failing = {part: word for part, word in parts.items() if word in DISCONNECTED}
    for part, word in failing.items():
        yield Finding(
            check="parts",
            severity=Severity.WARNING,
            title=f"{application.name} says of its {part}: {word}",
            meaning="Pong has not looked at that itself here.",
            figure=word,
            threshold="connected",
            next_step=_next(application, part),
        )
    if well := [part for part, word in parts.items() if word in WELL]:
        title = f"{application.name} is content with its {', '.join(well)}"
        yield Finding(check="parts", severity=Severity.OK, title=title)


def _next(application: Application, part: str) -> NextStep:
    if part in DATABASES:
        return may_be_the_database(application.name, application.databases)
    if part == "redis":
        return NextStep(label="REDIS_FAILURE may fit: /redis triage looks at it.")
    return NextStep(
        label="Look at that part itself."
    )  # its name is from outside, and a label is shown as it is
