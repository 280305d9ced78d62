"""Does a fault strike what it was set for, as often as it was told?"""

import pytest

from bot.clock import DrivenClock
from bot.playground.local_slack.faults import Fault, Faults


def test_fault_strikes_only_its_method(clock: DrivenClock) -> None:
    faults = Faults(clock, seed=1)
    faults.add(Fault(method="chat.update", kind="server_error"))
    assert faults.pick("chat.postMessage") is None
    assert faults.pick("chat.update") is not None


def test_star_strikes_every_method(clock: DrivenClock) -> None:
    faults = Faults(clock, seed=1)
    faults.add(Fault(method="*", kind="timeout"))
    assert faults.pick("auth.test") is not None
    assert faults.pick("upload") is not None


def test_sockets_are_refused_only_by_name(clock: DrivenClock) -> None:
    faults = Faults(clock, seed=1)
    faults.add(Fault(method="*", kind="refused"))
    assert faults.pick("socket") is None
    faults.add(Fault(method="socket", kind="refused"))
    assert faults.pick("socket") is not None


def test_fault_ends_after_its_times(clock: DrivenClock) -> None:
    faults = Faults(clock, seed=1)
    faults.add(Fault(method="*", kind="refused", times=2))
    assert [bool(faults.pick("auth.test")) for _ in range(3)] == [True, True, False]


def test_fault_ends_after_its_seconds(clock: DrivenClock) -> None:
    faults = Faults(clock, seed=1)
    faults.add(Fault(method="*", kind="refused", seconds=30))
    clock.advance(29)
    assert faults.pick("auth.test") is not None
    clock.advance(1)
    assert faults.pick("auth.test") is None


def test_same_seed_strikes_the_same_calls(clock: DrivenClock) -> None:
    struck = []
    for _ in range(2):
        faults = Faults(clock, seed=7)
        faults.add(Fault(method="*", kind="lost_answer", share=0.3))
        struck.append([bool(faults.pick("auth.test")) for _ in range(200)])
    assert struck[0] == struck[1]
    assert 30 < sum(struck[0]) < 90


@pytest.mark.parametrize("wrong", [{"kind": "flood"}, {"kind": "server_error", "code": "down"}])
def test_unknown_fault_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"fault|status"):
        Fault(method="*", **wrong)  # type: ignore[arg-type]
