"""Is somebody being refused: a wrong password, or a command that the user may not send?

How often and why; never who or what: people type passwords where names belong.
https://redis.io/docs/latest/commands/acl-log/
"""

from collections import Counter

from bot.config.tables import ThresholdsTable
from bot.diagnostics.finding import Finding, NextStep, Severity
from bot.diagnostics.question import Measured, NotSupported, Subject
from bot.targets.acl_log import ENTRIES_MOST, entries_of, number_of

CHECK = "refused logins"
RECENT_S = 600
WHY = {
    "auth": ("wrong password", "wrong passwords"),
    "command": ("command not permitted", "commands not permitted"),
    "key": ("key not permitted", "keys not permitted"),
    "channel": ("channel not permitted", "channels not permitted"),
}


async def read(subject: Subject) -> Measured:
    """reasons: {auth | command | key | channel: how many} of the last ten minutes; auth_age_s: since the last
    wrong password."""
    entries = await subject.redis.ask("ACL", "LOG", ENTRIES_MOST)
    if not isinstance(entries, list):
        raise NotSupported("not supported by this server: it keeps no log of refusals")
    reasons: Counter[str] = Counter()
    auth_age_s = float(RECENT_S)
    for entry in entries_of(entries):
        age_s, why = number_of(entry.get("age-seconds")), str(entry.get("reason"))
        if age_s <= RECENT_S and why in WHY:
            reasons[why] += int(number_of(entry.get("count")))
            auth_age_s = min(auth_age_s, age_s) if why == "auth" else auth_age_s
    return {"reasons": dict(reasons), "auth_age_s": auth_age_s}


def judge(measured: Measured, thresholds: ThresholdsTable) -> list[Finding]:
    reasons: dict[str, int] = measured["reasons"]
    if not reasons:
        return [Finding(check=CHECK, severity=Severity.OK, title="Nobody was refused in the last 10 min")]
    told = ", ".join(f"{number:,} {WHY[why][number != 1]}" for why, number in reasons.items())
    return [
        Finding(
            check=CHECK,
            severity=Severity.WARNING if "auth" in reasons else Severity.NOTICE,
            title=f"Refused in the last 10 min: {told}",
            meaning="A changed password that somebody still uses, or somebody who tries."
            if "auth" in reasons
            else "An application's user lacks a right that it needs.",
            figure=told,
            threshold="none",
            next_step=NextStep(label="Compare the application's credentials with the server's (step 11)."),
            figures={f"refused_{why}": float(number) for why, number in reasons.items()}
            | {"refused_auth_age_s": measured["auth_age_s"]},
        )
    ]
