"""Does every version's answer, in each sick state, get its finding, and none an error or a false "well"?"""

import random

import pytest

from bot.diagnostics import samples
from bot.diagnostics.finding import Severity
from tests.fixtures.replies import SEED, STATES, names, replayed

SICK = (Severity.CRITICAL, Severity.WARNING)
VERSIONS = {name.removesuffix(f"-{state}") for name in names() for state in STATES if name.endswith(state)}


@pytest.mark.parametrize("name", names())
async def test_what_a_server_answered_is_judged_right(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(samples, "APART_S", 0.0)  # both looks were recorded, a second apart
    state = next(state for state in STATES if name.endswith(f"-{state}"))
    random.seed(SEED)  # the keys that were looked at are chosen as they were
    async with replayed(name) as answering:
        await answering.first()
        answers = await answering.all()
        await answering.close()
    wrong = {
        check for check, one in answers.items() for finding in one.findings if finding.severity.is_finding
    }
    reasons = {check: one.not_checked[0].why for check, one in answers.items() if one.not_checked}
    assert not {check for check, why in reasons.items() if "could not read" in why or "recorded" in why}, (
        reasons
    )
    assert STATES[state][1] <= wrong
    if state == "healthy":
        findings = [finding for one in answers.values() for finding in one.findings]
        assert not [finding.title for finding in findings if finding.severity in SICK]


def test_every_state_was_recorded_of_every_version() -> None:
    assert set(names()) == {f"{version}-{state}" for version in VERSIONS for state in STATES}
    assert {"redis-6.2", "redis-7.0", "valkey-9.0", "valkey-9.1"} == VERSIONS
