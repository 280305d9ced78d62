"""How is the local Slack told to fail, and when does a fault strike?"""

import random
from dataclasses import dataclass
from typing import Literal

from bot.clock import Clock

Kind = Literal["rate_limited", "server_error", "timeout", "lost_answer", "refused"]
NOT_CALLS = ("socket", "events")  # what Slack does by itself, not what it is asked
KINDS = ("rate_limited", "server_error", "timeout", "lost_answer", "refused")


@dataclass(kw_only=True)
class Fault:
    """One way to fail.

    `method` is a Web API method, several with commas between, "response_url", "upload", or "*" for all of
    these; "socket": the WebSocket is refused; "events": what people do reaches the app late ("timeout"),
    without its answer coming back ("lost_answer") or not at all (any other kind).
    `code` is Slack's error word for "refused" and the HTTP status for "server_error". It strikes a `share`
    of the calls, at most `times`, for `seconds`. "timeout" hangs for `hang_s` and then hangs up;
    "lost_answer" does the work and hangs up.
    """

    method: str
    kind: Kind
    code: str = ""
    retry_after_s: int = 1
    share: float = 1.0
    times: int | None = None
    seconds: float | None = None
    hang_s: float = 60.0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"There is no fault {self.kind!r}. There are: {', '.join(KINDS)}.")
        if self.kind == "server_error" and self.code and not self.code.isdigit():
            raise ValueError(f"A server error's code is an HTTP status, not {self.code!r}.")
        if not 0 <= self.share <= 1:
            raise ValueError(f"A share is from 0 to 1, not {self.share}.")


class Faults:
    """The faults that are set; the dice are seeded, so that a failing run can be repeated."""

    def __init__(self, clock: Clock, seed: int) -> None:
        self._clock = clock
        self._dice = random.Random(seed)  # noqa: S311
        self._set: list[tuple[Fault, int]] = []

    def add(self, fault: Fault) -> None:
        self._set.append((fault, self._clock.now_ms()))

    def standing(self) -> list[Fault]:
        """Those that can still strike."""
        now_ms = self._clock.now_ms()
        return [fault for fault, since_ms in self._set if not _is_over(fault, since_ms, now_ms)]

    def clear(self) -> None:
        self._set.clear()

    def pick(self, method: str) -> Fault | None:
        """The fault that strikes this call, or None."""
        for fault, since_ms in self._set:
            if _is_meant(fault, method) and self._strikes(fault, since_ms):
                if fault.times is not None:
                    fault.times -= 1
                return fault
        return None

    def _strikes(self, fault: Fault, since_ms: int) -> bool:
        return not _is_over(fault, since_ms, self._clock.now_ms()) and self._dice.random() < fault.share


def _is_over(fault: Fault, since_ms: int, now_ms: int) -> bool:
    is_spent = fault.times is not None and fault.times <= 0
    return is_spent or (fault.seconds is not None and now_ms >= since_ms + fault.seconds * 1000)


def _is_meant(fault: Fault, method: str) -> bool:
    if fault.method == "*":
        return method not in NOT_CALLS
    return method in fault.method.split(",")
