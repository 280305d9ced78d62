"""How do a ping and a triage read in Slack: verdict first, figures with their thresholds, next step? Pure.

https://docs.slack.dev/reference/block-kit/blocks
"""

from collections.abc import Iterable, Iterator

from bot.diagnostics.diagnosis import Diagnosis
from bot.diagnostics.finding import Finding, NextStep, Severity
from bot.slack.render.blocks import Block, Button, Message, actions, context, section
from bot.targets.outcome import Outcome, Stage
from bot.text import allowed_link, outside

SIGNS = {
    Severity.CRITICAL: "🔴",
    Severity.WARNING: "🟠",
    Severity.NOTICE: "🟡",
    Severity.UNKNOWN: "⚪",
    Severity.OK: "✓",
}
_STAGE_SIGNS = {"ok": "✓", "failed": "✗", "skipped": "–"}
FINDINGS_MOST = 20


def ping_message(outcome: Outcome) -> Message:
    """Where the way to a Redis ends, what that means, and what to do."""
    title = f"{_sign(outcome)} *{outside(outcome.target)}* {outcome.says} ({outcome.took_ms} ms)"
    lines = [title, outcome.meaning, *_could_be(outcome), *_seen(outcome), *_advice(outcome.next_step)]
    blocks: list[Block] = [section("\n".join(lines))]
    if button := _button(outcome.next_step):
        blocks.append(actions([button]))
    blocks.append(context("   ".join(_stage(stage) for stage in outcome.stages) or "no stage was reached"))
    return Message(_ping_text(outcome), tuple(blocks))


def triage_message(
    diagnosis: Diagnosis, *, ref: str = "", links: tuple[tuple[str, str], ...] = ()
) -> Message:
    """The verdict, the likeliest cause, the findings worst first, and what was not checked.

    With `ref`, under which all of it is kept, buttons offer the rest. `links` are pong.toml's: (label, URL).
    """
    outcome = diagnosis.outcome
    top = [f"{_triage_sign(diagnosis)} *{outside(diagnosis.target)}* {_verdict(diagnosis)}"]
    if diagnosis.likeliest:
        top.append(f"Likeliest: {outside(diagnosis.likeliest, 300)}")
    if not outcome.is_healthy:
        seen = [] if outcome.is_reachable else _seen(outcome)  # what is reachable has findings with figures
        top += [outcome.meaning, *_could_be(outcome), *seen, *_advice(outcome.next_step)]
    blocks: list[Block] = [section("\n".join(top))]
    shown = [finding for finding in diagnosis.findings if finding.severity is not Severity.OK][:FINDINGS_MOST]
    blocks += [section(_finding(finding), button) for finding, button in _with_buttons(shown)]
    if fine := _fine(diagnosis):
        blocks.append(context(f"✓ {fine}"))
    blocks.append(context(" · ".join([_foot(diagnosis), *_linked(links)])))
    kept = [Button("details", ref, "Details"), Button("raw", ref, "Raw")] if ref else []
    blocks.append(actions([*_last_buttons(diagnosis, shown), *kept]))
    return Message(_triage_text(diagnosis, shown), tuple(blocks))


def _verdict(diagnosis: Diagnosis) -> str:
    """What stands behind the target's name in the first line."""
    if not diagnosis.outcome.is_healthy or not diagnosis.sick:
        return diagnosis.outcome.says + (_nothing_wrong(diagnosis) if diagnosis.is_healthy else "")
    worst = diagnosis.sick[0].severity
    number = sum(finding.severity is worst for finding in diagnosis.sick)
    plural = "finding" if number == 1 else "findings"
    return f"{diagnosis.outcome.says}, with {number} {worst} {plural}"


def _nothing_wrong(diagnosis: Diagnosis) -> str:
    notices = sum(finding.severity is Severity.NOTICE for finding in diagnosis.findings)
    told = {0: "", 1: " (1 notice)"}.get(notices, f" ({notices} notices)")
    return f", nothing wrong was found{told}"


def _triage_sign(diagnosis: Diagnosis) -> str:
    if not diagnosis.outcome.is_healthy:
        return _sign(diagnosis.outcome)
    return SIGNS[diagnosis.sick[0].severity] if diagnosis.sick else "🟢"


def _sign(outcome: Outcome) -> str:
    return "🟢" if outcome.is_healthy else "🔴"


def _could_be(outcome: Outcome) -> list[str]:
    return [f"Not sure which: {', '.join(outcome.could_be)}."] if outcome.could_be else []


def _seen(outcome: Outcome) -> list[str]:
    return [f"Seen: {outside(outcome.seen)}"] if outcome.seen else []


def _advice(step: NextStep) -> list[str]:
    """The next step in words, where it is not a button."""
    return [] if step.verb else [f"Next: {step.label}"]


def _button(step: NextStep | None) -> Button | None:
    if step is None or step.verb is None:
        return None
    return Button(step.verb, step.ref, step.label, style="primary" if step.verb == "clear" else None)


def _stage(stage: Stage) -> str:
    sign = _STAGE_SIGNS[stage.state]
    note = f" {outside(stage.note, 60)}" if stage.note and stage.state != "skipped" else ""
    return (
        f"{stage.name} {sign}" if stage.state == "skipped" else f"{stage.name} {_ms(stage.ms)} {sign}{note}"
    )


def _ms(length_ms: float) -> str:
    return f"{length_ms:.0f} ms" if length_ms >= 1 else "under 1 ms"


def _finding(finding: Finding) -> str:
    threshold = f" ({finding.threshold})" if finding.threshold else ""
    lines = [f"{SIGNS[finding.severity]} *{outside(finding.title, 300)}*{threshold}"]
    if finding.meaning:
        lines.append(outside(finding.meaning, 300))
    return "\n".join(lines + (_advice(finding.next_step) if finding.next_step else []))


def _with_buttons(findings: Iterable[Finding]) -> Iterator[tuple[Finding, Button | None]]:
    """Each finding with its button, every button once: beside the worst finding that wants it."""
    given: set[tuple[str, str]] = set()
    for finding in findings:
        button = _button(finding.next_step)
        if button and (button.verb, button.ref) in given:
            button = None
        if button:
            given.add((button.verb, button.ref))
        yield finding, button


def _last_buttons(diagnosis: Diagnosis, shown: list[Finding]) -> list[Button]:
    """What the ping suggests, unless a finding's button says it already; never "Triage" under a triage."""
    given = {(step.verb, step.ref) for finding in shown if (step := finding.next_step)}
    button = _button(diagnosis.outcome.next_step)
    again = Button("triage", diagnosis.target, "Triage again")
    if button and button.verb != "triage" and (button.verb, button.ref) not in given:
        return [button, again]
    return [again]


def _fine(diagnosis: Diagnosis) -> str:
    """The checks that found nothing wrong, by name."""
    wrong = {finding.check for finding in diagnosis.findings if finding.severity is not Severity.OK}
    fine = [finding for finding in diagnosis.findings if finding.check not in wrong]
    said = {one.check: one.check + _remark(one) for one in fine}
    return " · ".join(outside(words) for words in said.values())


def _remark(finding: Finding) -> str:
    return " (degraded, as expected)" if finding.figure == "degraded" else ""


def _foot(diagnosis: Diagnosis) -> str:
    took = f"{diagnosis.took_ms / 1000:.1f} s"
    return " · ".join([took, *_not_checked(diagnosis)])


def _linked(links: Iterable[tuple[str, str]]) -> Iterator[str]:
    """They lead where pong.toml says; what is no link is left out."""
    for label, url in links:
        host = url.partition("://")[2].partition("/")[0].rpartition("@")[2].partition(":")[0]
        if link := allowed_link(url, [host]):
            yield f"<{link}|{outside(label, 40)}>"


def _not_checked(diagnosis: Diagnosis) -> list[str]:
    """Reason by reason, so that a dead server's dozen checks are one line."""
    by_reason: dict[str, list[str]] = {}
    for one in diagnosis.not_checked:
        if one.is_unset:
            continue  # nobody asked for it: the details say so
        by_reason.setdefault(one.why, []).append(one.check)
    return [
        f"not checked: {outside(', '.join(checks))} ({outside(why)})" for why, checks in by_reason.items()
    ]


def _ping_text(outcome: Outcome) -> str:
    """The same for screen readers and notifications."""
    parts = [
        f"{_sign(outcome)} {outside(outcome.target)} {outcome.says} ({outcome.took_ms} ms).",
        outcome.meaning,
    ]
    parts += [*_could_be(outcome), f"Next: {outcome.next_step.label}"]
    return " ".join(parts)


def _triage_text(diagnosis: Diagnosis, shown: list[Finding]) -> str:
    parts = [f"{_triage_sign(diagnosis)} {outside(diagnosis.target)} {_verdict(diagnosis)}."]
    if diagnosis.likeliest:
        parts.append(f"Likeliest: {outside(diagnosis.likeliest, 300)}.")
    parts += [_spoken(finding) for finding in shown]
    if fine := _fine(diagnosis):
        parts.append(f"Fine: {fine}.")
    return " ".join([*parts, _foot(diagnosis)])


def _spoken(finding: Finding) -> str:
    threshold = f" ({finding.threshold})" if finding.threshold else ""
    next_step = f" Next: {finding.next_step.label}" if finding.next_step else ""
    return f"{str(finding.severity).capitalize()}: {outside(finding.title, 300)}{threshold}.{next_step}"
