"""How is the local Slack told to fail, and when does a fault strike?"""

import random
from dataclasses import dataclass
from typing import Literal

from bot.clock import Clock

Kind = Literal["rate_limited", "server_error", "timeout", "lost_answer", "refused"]
KINDS = ("rate_limited", "server_error", "timeout", "lost_answer", "refused")


@dataclass(kw_only=True)
class Fault:
    """One way to fail.

    `method` is a Web API method, "response_url", "upload", "*" for all of these, or "socket": the WebSocket
    is refused.
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


class Faults:
    """The faults that are set; the dice are seeded, so that a failing run can be repeated."""

    def __init__(self, clock: Clock, seed: int) -> None:
        self._clock = clock
        self._dice = random.Random(seed)  # noqa: S311
        self._set: list[tuple[Fault, int]] = []

    def add(self, fault: Fault) -> None:
        self._set.append((fault, self._clock.now_ms()))

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
        if fault.times is not None and fault.times <= 0:
            return False
        if fault.seconds is not None and self._clock.now_ms() >= since_ms + fault.seconds * 1000:
            return False
        return self._dice.random() < fault.share


def _is_meant(fault: Fault, method: str) -> bool:
    return fault.method == method or (fault.method == "*" and method != "socket")
