"""What is known of one failure, and what follows from it by itself? Pure; its moves are in incident.py."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

BY_HAND = "a person"  # the source of what no alert told of
DRILL = "a drill"  # the source of what is no failure
OPENED_BY_HAND = "Opened by hand"  # what stands in the place of an alert's name


class Status(StrEnum):
    TRIGGERED = "triggered"
    ACKNOWLEDGED = "acknowledged"
    MITIGATED = "mitigated"
    RESOLVED = "resolved"


class AlertState(StrEnum):
    FIRING = "firing"
    RESOLVED = "resolved"


@dataclass(frozen=True, kw_only=True)
class Conclusion:
    """What a person said that it was when they closed it, before it was reopened. `by` is None where nobody
    kept who."""

    resolved_ms: int
    by: str | None
    root_cause: str
    fix: str


@dataclass(frozen=True, kw_only=True)
class Facts:
    """One failure of one target, from its alert to its resolution. Times are ms since 1970, UTC.

    `platform`, `impact` and `action` are sentences with their source ("measured", a person); None means
    that nobody measured or said it.
    """

    id: int
    runbook: str
    target: str | None
    title: str
    channel: str
    opened_ms: int
    alert_name: str
    source: str
    severity: str = "P2"
    status: Status = Status.TRIGGERED
    alert: AlertState = AlertState.FIRING
    alert_about: str | None = None  # what their labels say, while no target is known: plain text
    alert_started_ms: int | None = None  # of the first one
    alert_since_ms: int | None = None  # of the one that is named, when it is another
    alert_ended_ms: int | None = None
    alert_count: int = 1
    opened_to_practise: bool = False  # where nothing but drills is opened
    untold: int = 0  # alerts that wait for the next digest
    said_until_ms: int | None = None  # until when further ones wait for it
    refires: tuple[tuple[str, int], ...] = ()  # which alert fired again lately, and when
    alert_ended_by: str | None = None  # which source said so
    alert_link: str | None = None
    alert_links: Mapping[str, str] = field(default_factory=dict)  # more of them, by what they lead to
    owner: str | None = None
    comms: str | None = None  # who tells the public and users, where somebody took that
    acknowledged_by: str | None = None
    acknowledged_as: str | None = None  # who that is elsewhere, and where: plain text
    acknowledged_ms: int | None = None
    mitigated_ms: int | None = None
    resolved_by: str | None = None
    resolved_ms: int | None = None
    reopened_ms: int | None = None
    first_acknowledged_ms: int | None = None  # in an earlier bout: acknowledged_ms is of this one
    first_taken_after_ms: int | None = None
    well_before_ms: int | None = None  # well, or closed, before this bout; None where nobody kept it
    next_update_ms: int | None = None
    reminder_slot: int | None = None  # of the reminder that waits for an answer
    next_rung_ms: int | None = None
    is_ack_due: bool = False  # the next rung is for want of an acknowledgement
    rung: int = 0  # how many of the ladder's were reached
    held_rung: int = 0
    healthy_since_ms: int | None = None
    is_paused: bool = False
    well_since_ms: int | None = None  # it looks well, and its promises rest
    well_asked_in: str | None = None  # the message that says so and asks what it was
    well_ms: int = 0  # for so long it looked well in this bout, and came back
    well_untaken_ms: int = 0  # of that, while nobody had it
    silenced_until_ms: int | None = None  # at Alertmanager, by Pong
    on_call_there: str | None = None  # by PagerDuty: plain text
    on_call_asked_ms: int | None = None
    on_call_called: tuple[str, ...] = ()  # those of them who are pinged here
    status_said: str | None = None
    status_said_by: str | None = None
    status_said_ms: int | None = None
    action: str | None = None
    eta: str | None = None
    platform: str | None = None
    platform_checked_ms: int | None = None
    outcome: str | None = None
    outcome_checked_ms: int | None = None
    root_cause: str | None = None
    fix: str | None = None
    concluded: tuple[Conclusion, ...] = ()  # at each earlier resolution, the first one first
    verdict: str | None = None  # of the verification when it was resolved; None where nothing could be asked
    version: int = 0

    @property
    def is_open(self) -> bool:
        return self.status is not Status.RESOLVED

    @property
    def is_closed_while_firing(self) -> bool:
        """A person said that it is over, and its alert had not ended then."""
        return not self.is_open and self.alert is AlertState.FIRING and not self.is_drill

    @property
    def is_closed_in_doubt(self) -> bool:
        """What was measured when it was closed speaks against its end."""
        return self.is_closed_while_firing or (not self.is_open and self.verdict == "not whole")

    @property
    def worked_ms(self) -> int | None:
        """When it worked again, as measured, or by the word of whoever closed it; None as long as nobody has
        said so, and where what was known at the closing speaks against it."""
        is_doubted = self.verdict == "not whole" or (self.verdict is None and self.is_closed_while_firing)
        return None if is_doubted else self.mitigated_ms

    @property
    def is_drill(self) -> bool:
        """It was opened to practise, and no failure has made it an incident."""
        return self.opened_to_practise or self.source == DRILL

    @property
    def has_no_alert(self) -> bool:
        """People opened it, and no alert that calls them has told of it yet."""
        return self.source in (BY_HAND, DRILL) and self.alert_name == OPENED_BY_HAND

    @property
    def speaker(self) -> str | None:
        """Who is asked about what the public and users are told."""
        return self.comms or self.owner

    @property
    def started_ms(self) -> int:
        """When the failure began, as far as is known: when its alert did."""
        return self.alert_started_ms or self.opened_ms

    @property
    def began_ms(self) -> int:
        """The same of this bout of it."""
        return self.reopened_ms or self.started_ms

    @property
    def open_since_ms(self) -> int:
        return self.reopened_ms or self.opened_ms

    @property
    def closed_or_well_ms(self) -> int:
        """For how long since it first began it did not fail: it looked well or was closed, and came back."""
        return self._well_before_ms + self.well_ms

    def lasted_ms(self, until_ms: int) -> int:
        """For how long it has failed by then, all bouts of it together."""
        return max(0, until_ms - self.started_ms - self.closed_or_well_ms)

    @property
    def taken_after_ms(self) -> int | None:
        """How long nobody had this bout of it; None as long as nobody has."""
        taken_ms = self.acknowledged_ms
        return max(0, taken_ms - self.began_ms - self.well_untaken_ms) if taken_ms else None

    def counted(self, took: str) -> str:
        """A length of time of this bout in words, with what it counts from where that is a reopening."""
        return f"{took} after it was reopened" if self.reopened_ms else f"after {took}"

    @property
    def taken_ms(self) -> int | None:
        """When somebody had it first, in whichever bout; who has it now, if anybody, may be another."""
        return self.first_acknowledged_ms or self.acknowledged_ms

    @property
    def acknowledged_after_ms(self) -> int | None:
        """How long nobody had it at first, counted as `lasted_ms` is; None as long as nobody has had it."""
        if self.first_acknowledged_ms or not self.acknowledged_ms:
            return self.first_taken_after_ms
        well_ms = self._well_before_ms + self.well_untaken_ms
        return max(0, self.acknowledged_ms - self.started_ms - well_ms)

    @property
    def _well_before_ms(self) -> int:
        """What was kept before bouts were added up counts from its newest one, as it did then."""
        if self.well_before_ms is not None:
            return self.well_before_ms
        return max(0, self.began_ms - self.started_ms)

    @property
    def can_be_taken(self) -> bool:
        """Whether somebody here can say that they have it: nobody has acknowledged it, or nobody known here
        has it."""
        return self.status is Status.TRIGGERED or (self.is_open and self.owner is None)
