"""Do the Sentinels agree on the primary, and could they fail over if it died now?

https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/
"""

from bot.config.tables import ThresholdsTable
from bot.diagnostics.finding import Finding, NextStep, Severity
from bot.diagnostics.question import Measured, NotSet, Subject
from bot.targets.endpoint import Sentinels

CHECK = "sentinels"


async def read(subject: Subject) -> Measured:
    """sentinels, reachable, down: how many cannot reach the primary; naming: {primary: how many name it}."""
    if not isinstance(subject.target.address, Sentinels):
        raise NotSet("no Sentinels in the target's address")
    views = subject.located.views
    naming: dict[str, int] = {}
    for host, port in (view.primary for view in views if view.primary):
        naming[f"{host}:{port}"] = naming.get(f"{host}:{port}", 0) + 1
    return {
        "sentinels": len(views),
        "reachable": sum(view.is_reachable for view in views),
        "naming": naming,
        "down": sum(view.is_down for view in views),
        "can_fail_over": any(view.can_fail_over for view in views),
    }


def judge(measured: Measured, thresholds: ThresholdsTable) -> list[Finding]:
    found = [finding for rule in (_disagree, _down, _no_majority, _silent) if (finding := rule(measured))]
    if found:
        return found
    named = ", ".join(measured["naming"])
    title = f"{measured['sentinels']} Sentinels name {named} and can fail over"
    return [Finding(check=CHECK, severity=Severity.OK, title=title, figures=_figures(measured))]


def _disagree(measured: Measured) -> Finding | None:
    naming: dict[str, int] = measured["naming"]
    if len(naming) < 2:
        return None
    told = ", ".join(f"{number} say {primary}" for primary, number in naming.items())
    return Finding(
        check=CHECK,
        severity=Severity.CRITICAL,
        title=f"The Sentinels do not agree: {told}",
        meaning="Two servers may both take writes; those of one of them will be lost.",
        figure=told,
        threshold="all name one",
        next_step=NextStep(label="Look at the network between the Sentinels (step 7)."),
        figures=_figures(measured),
    )


def _down(measured: Measured) -> Finding | None:
    if not measured["down"]:
        return None
    said = f"{measured['down']} of {measured['sentinels']}"
    return Finding(
        check=CHECK,
        severity=Severity.CRITICAL,
        title=f"{said} Sentinels cannot reach the primary",
        meaning="They fail over by themselves when enough of them say so."
        if measured["can_fail_over"]
        else "Too few of them are left to fail over by themselves.",
        figure=said,
        threshold="none",
        next_step=NextStep(label="Wait for the failover and ping again, or look at the primary's host."),
        figures=_figures(measured),
    )


def _no_majority(measured: Measured) -> Finding | None:
    if measured["can_fail_over"] or not measured["naming"]:
        return None
    return Finding(
        check=CHECK,
        severity=Severity.WARNING,
        title="The Sentinels could not fail over now",
        meaning="Too few of them see each other: if the primary dies, nobody takes its place.",
        figure=f"{measured['reachable']} of {measured['sentinels']} answer",
        threshold="a majority, and the quorum",
        next_step=NextStep(label="Bring the missing Sentinels back."),
        figures=_figures(measured),
    )


def _silent(measured: Measured) -> Finding | None:
    missing = measured["sentinels"] - measured["reachable"]
    if not missing:
        return None
    has_majority = 2 * measured["reachable"] > measured["sentinels"]
    return Finding(
        check=CHECK,
        severity=Severity.NOTICE if has_majority else Severity.WARNING,
        title=f"{missing} of {measured['sentinels']} Sentinels do not answer",
        meaning="One more that fails may leave too few to fail over."
        if has_majority
        else "Seen from here too few are left to fail over.",
        figure=f"{missing} of {measured['sentinels']}",
        threshold="none",
        next_step=NextStep(label="Start them again, or look at the way there."),
        figures=_figures(measured),
    )


def _figures(measured: Measured) -> dict[str, float]:
    return {"sentinels": measured["sentinels"], "sentinels_reachable": measured["reachable"]}
