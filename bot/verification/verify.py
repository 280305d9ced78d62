"""Is a target whole again: does it answer, does the application say so, is its pool clean?

The runbook's step 13. What could not be asked is "not checked", and never counts as whole.
"""

import asyncio
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import httpx

from bot.applications.health import Answer, Application, ask
from bot.clock import Clock
from bot.diagnostics.application import CHECK as APPLICATION
from bot.diagnostics.diagnosis import SICK, Diagnosis
from bot.diagnostics.finding import Severity
from bot.diagnostics.memory import CHECK as MEMORY
from bot.targets.outcome import Outcome
from bot.targets.ping import ping
from bot.targets.target import Target
from bot.text import plain

State = Literal["ok", "failed", "not checked"]


@dataclass(frozen=True, kw_only=True)
class Check:
    """One question with its answer. `says` is a whole short sentence."""

    name: str
    state: State
    says: str


@dataclass(frozen=True, kw_only=True)
class Verification:
    """All questions about `target`. `hit_rate` is the application's own, 0 to 1, where it tells it; `beyond`
    says what this asks nothing about."""

    target: str
    checks: tuple[Check, ...]
    measured_at_ms: int
    hit_rate: float | None = None
    beyond: str = ""

    @property
    def verdict(self) -> Literal["whole", "not whole", "not verified"]:
        states = {check.state for check in self.checks}
        if "failed" in states:
            return "not whole"
        return "not verified" if "not checked" in states else "whole"

    def facts(self) -> dict[str, Any]:
        return asdict(self) | {"verdict": self.verdict}


async def verify(target: Target, clock: Clock, http: httpx.AsyncClient) -> Verification:
    """Ask all at once; about 3 s at most. Raises nothing."""
    application = target.application or Application(name="the application")
    outcome, health, metrics = await asyncio.gather(
        ping(target, clock), _asked(http, application.health_url), _asked(http, application.metrics_url)
    )
    return judge(outcome, application.name, health, metrics)


async def _asked(http: httpx.AsyncClient, url: str | None) -> Answer | None:
    return await ask(http, url) if url else None


def judge(outcome: Outcome, application: str, health: Answer | None, metrics: Answer | None) -> Verification:
    """The verdict on what was asked. Pure."""
    pool = _redis_of(metrics)
    return Verification(
        target=outcome.target,
        checks=(_connectivity(outcome), _health(application, health), _pool(application, metrics, pool)),
        measured_at_ms=outcome.measured_at_ms,
        hit_rate=_share(pool.get("cacheHitRate")),
        beyond="Rate limiting, sessions and cache are not checked by this yet: try them by hand.",
    )


def with_triage(verification: Verification, diagnosis: Diagnosis) -> Verification:
    """And what a triage of the same target measured: its memory, and whatever else is critical. Pure."""
    known = {check.name for check in verification.checks} | {MEMORY, APPLICATION}
    critical = {one.check: one.title for one in diagnosis.findings if one.severity is Severity.CRITICAL}
    further = (
        Check(name=name, state="failed", says=says) for name, says in critical.items() if name not in known
    )
    return replace(verification, checks=(*verification.checks, _memory(diagnosis), *further))


def _memory(diagnosis: Diagnosis) -> Check:
    found = next((one for one in diagnosis.findings if one.check == MEMORY), None)
    if found is None:
        why = next((one.why for one in diagnosis.not_checked if one.check == MEMORY), "it was not measured")
        return Check(name=MEMORY, state="not checked", says=why)
    state: State = "failed" if found.severity is Severity.CRITICAL else "ok"
    return Check(name=MEMORY, state=state, says=found.title)


def by_diagnosis(diagnosis: Diagnosis) -> Verification:
    """The same of what has no more to ask than its triage did: each of its checks, the worst of it. Pure."""
    worst: dict[str, Check] = {}
    for one in diagnosis.findings:
        state: State = "failed" if one.severity in SICK else "ok"
        worst.setdefault(one.check, Check(name=one.check, state=state, says=one.title))
    missing = (Check(name=one.check, state="not checked", says=one.why) for one in diagnosis.not_checked)
    return Verification(
        target=diagnosis.target,
        checks=(_connectivity(diagnosis.outcome), *worst.values(), *missing),
        measured_at_ms=diagnosis.measured_at_ms,
    )


def _connectivity(outcome: Outcome) -> Check:
    state: State = "ok" if outcome.is_healthy else "failed"
    return Check(name="connectivity", state=state, says=f"{outcome.target} {outcome.says}")


def _health(application: str, answer: Answer | None) -> Check:
    name = "application health"
    if answer is None:
        return Check(name=name, state="not checked", says="no health address is configured")
    if answer.body is None:
        return Check(name=name, state="not checked", says=f"{application} {answer.fault}")
    checks = answer.body.get("checks")
    redis = checks.get("redis") if isinstance(checks, dict) else None
    status = answer.body.get("status")
    is_well = redis == "connected" and status not in ("unhealthy", "degraded")
    says = f"{application} says redis {_told(redis)}, status {_told(status)}"
    return Check(name=name, state="ok" if is_well else "failed", says=says)


def _pool(application: str, answer: Answer | None, pool: dict[str, Any]) -> Check:
    name = "connection pool"
    if answer is None:
        return Check(name=name, state="not checked", says="no metrics address is configured")
    if not pool:
        return Check(name=name, state="not checked", says=f"{application} tells nothing of its pool")
    errors = pool.get("connectionErrors")
    is_well = pool.get("connected") is True and errors == 0
    word = "connected" if pool.get("connected") is True else "not connected"
    says = f"{word}, connection errors: {_told(errors)}"
    return Check(name=name, state="ok" if is_well else "failed", says=says)


def _redis_of(answer: Answer | None) -> dict[str, Any]:
    redis = answer.body.get("redis") if answer and answer.body else None
    return redis if isinstance(redis, dict) else {}


def _told(value: object) -> str:
    return "not told" if value is None else plain(value, 40)


def _share(value: object) -> float | None:
    """A number between 0 and 1; nothing else is a hit rate."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and 0 <= value <= 1 else None  # type: ignore[operator, arg-type]
