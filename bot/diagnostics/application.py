"""Does the application feel the failure, and does it say what Pong sees?

The runbook's step 3: `.checks.redis` is "connected" or "disconnected"; "degraded" is as expected while Redis
is down, "unhealthy" is not.
"""

from bot.applications.health import ask
from bot.applications.parts import (
    DISCONNECTED,
    database_of,
    may_be_the_database,
    may_be_the_server,
    parts_of,
    word_of,
)
from bot.config.tables import ThresholdsTable
from bot.diagnostics.finding import Finding, NextStep, Severity
from bot.diagnostics.question import Measured, NotSet, Subject

CHECK = "application"


async def read(subject: Subject) -> Measured:
    """status and redis as the application says them ("" when it does not); fault when it did not answer."""
    application = subject.target.application
    if application is None or application.health_url is None:
        raise NotSet("no health_url in pong.toml")
    answer = await ask(subject.http, application.health_url)
    body = answer.body or {}
    parts = parts_of(body)
    return {
        "target": subject.target.name,
        "application": application.name,
        "fault": answer.fault,
        "status": word_of(body.get("status")),
        "redis": parts.get("redis", ""),
        "database": database_of(parts),
        "databases": application.databases,
        "is_redis_reachable": (await subject.outcome()).serves,
    }


def judge(measured: Measured, thresholds: ThresholdsTable) -> list[Finding]:
    if measured["fault"]:
        return [_silent(measured)]
    findings = [_status(measured)]
    if contradiction := _contradiction(measured):
        findings.append(contradiction)
    if measured["database"] in DISCONNECTED:
        findings.append(_without_database(measured))
    return findings


def _silent(measured: Measured) -> Finding:
    return Finding(
        check=CHECK,
        severity=Severity.CRITICAL,
        title=f"{measured['application']} {measured['fault']}",
        meaning="The application itself may be down: more than a degraded service.",
        threshold="it answers",
        next_step=may_be_the_server(measured["application"]),
    )


def _status(measured: Measured) -> Finding:
    name, status = measured["application"], measured["status"]
    if status == "unhealthy":
        return _unhealthy(name, is_redis_reachable=measured["is_redis_reachable"])
    if status == "degraded":
        is_expected = not measured["is_redis_reachable"]
        note = "as expected without Redis" if is_expected else "though Redis answers"
        severity = Severity.OK if is_expected else Severity.WARNING
        return Finding(check=CHECK, severity=severity, title=f"{name} is degraded, {note}", figure="degraded")
    if status in ("healthy", "ok"):
        return Finding(check=CHECK, severity=Severity.OK, title=f"{name} is {status}", figure=status)
    title = f"{name} says nothing of its status that Pong knows"
    return Finding(check=CHECK, severity=Severity.UNKNOWN, title=title)


def _unhealthy(name: str, *, is_redis_reachable: bool) -> Finding:
    if is_redis_reachable:
        note, meaning = ", though Redis answers", "Redis is not what ails it."
        next_step = may_be_the_server(name)
    else:
        note, meaning = "", "It should only be degraded without Redis: the fallback does not carry it."
        next_step = NextStep(label="Look at the application's log; consider fallback mode (step 12).")
    return Finding(
        check=CHECK,
        severity=Severity.CRITICAL,
        title=f"{name} is unhealthy{note}",
        meaning=meaning,
        figure="unhealthy",
        threshold="degraded at most",
        next_step=next_step,
    )


def _without_database(measured: Measured) -> Finding:
    name = measured["application"]
    return Finding(
        check=CHECK,
        severity=Severity.WARNING,
        title=f"{name} says of its database: {measured['database']}",
        meaning="Whatever Redis does, what falls back to the database fails then.",
        figure=measured["database"],
        threshold="connected",
        next_step=may_be_the_database(name, measured["databases"]),
    )


def _contradiction(measured: Measured) -> Finding | None:
    """Where the application and Pong do not say the same of Redis."""
    name, says, is_reachable = measured["application"], measured["redis"], measured["is_redis_reachable"]
    if says == "connected" and not is_reachable:
        return Finding(
            check=CHECK,
            severity=Severity.WARNING,
            title=f"{name} says connected, yet Pong cannot reach Redis",
            meaning="It looks at another Redis, keeps old connections, or the fault is on Pong's way there.",
            figure="connected",
            threshold="both say the same",
            next_step=NextStep(label="Compare the application's address of Redis with this target's."),
        )
    if says == "disconnected" and is_reachable:
        return Finding(
            check=CHECK,
            severity=Severity.WARNING,
            title=f"{name} says disconnected, yet Redis answers Pong",
            meaning="The application's own connection, credentials or network is at fault.",
            figure="disconnected",
            threshold="both say the same",
            next_step=NextStep(label="Restart the application…", verb="restart", ref=measured["target"]),
        )
    return None
