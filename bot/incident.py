"""Which states can an incident be in, and which moves are allowed? Pure.

triggered -> acknowledged -> mitigated -> resolved; each may be skipped forwards; a resolved one reopens
as triggered when its alert fires again within an hour.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from bot.errors import IllegalMove

REOPEN_WITHIN_MS = 60 * 60 * 1000
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
class Incident:
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
        """The same of this bout of it: the time that it was closed is no part of how long it lasts."""
        return self.reopened_ms or self.started_ms

    @property
    def open_since_ms(self) -> int:
        return self.reopened_ms or self.opened_ms

    def lasted_ms(self, until_ms: int) -> int:
        """For how long this bout has failed by then: while it looked well, and came back, it did not."""
        return max(0, until_ms - self.began_ms - self.well_ms)

    @property
    def taken_after_ms(self) -> int | None:
        """How long nobody had it; None as long as nobody has."""
        taken_ms = self.acknowledged_ms
        return max(0, taken_ms - self.open_since_ms - self.well_untaken_ms) if taken_ms else None

    @property
    def can_be_taken(self) -> bool:
        """Whether somebody here can say that they have it: nobody has acknowledged it, or nobody known here
        has it."""
        return self.status is Status.TRIGGERED or (self.is_open and self.owner is None)

    def acknowledged(self, *, by: str | None, at_ms: int, called: str | None = None) -> "Incident":
        """Somebody has it; who did so elsewhere is `called` so there, and may be nobody known here: then
        somebody here can still take it, as what looks well and is nobody's. Raises IllegalMove when somebody
        had it before."""
        if self.status is not Status.TRIGGERED:
            if not (by and self.can_be_taken):
                raise IllegalMove(self._already())
            return replace(self, owner=by)  # who acknowledged it first, if anybody, was another
        return replace(
            self,
            status=Status.ACKNOWLEDGED,
            owner=by,
            acknowledged_by=by,
            acknowledged_as=called,
            acknowledged_ms=at_ms,
        )

    def mitigated(self, *, at_ms: int) -> "Incident":
        """It works again, and the cause is not yet known. Raises IllegalMove once that was so."""
        if self.status not in (Status.TRIGGERED, Status.ACKNOWLEDGED):
            raise IllegalMove(self._already())
        return replace(self, status=Status.MITIGATED, mitigated_ms=at_ms)

    def relapsed(self) -> "Incident":
        """It had looked healthy and fires again: back to work."""
        status = Status.ACKNOWLEDGED if self.acknowledged_ms else Status.TRIGGERED
        return replace(
            self,
            status=self.status if self.status is not Status.MITIGATED else status,
            alert=AlertState.FIRING,
            alert_ended_ms=None,
            healthy_since_ms=None,
            is_paused=False,
            well_since_ms=None,
        )

    def came_back(self, *, at_ms: int) -> "Incident":
        """The same, because its alert fires: until then it was well."""
        well_ms = max(0, at_ms - (self.well_since_ms or at_ms))
        untaken_ms = self.well_untaken_ms + (0 if self.acknowledged_ms else well_ms)
        return replace(self.relapsed(), well_ms=self.well_ms + well_ms, well_untaken_ms=untaken_ms)

    def resolved(self, *, by: str, at_ms: int, root_cause: str, fix: str) -> "Incident":
        """A person says that it is over, and why."""
        if not self.is_open:
            raise IllegalMove(self._already())
        return replace(
            self,
            status=Status.RESOLVED,
            resolved_by=by,
            resolved_ms=at_ms,
            mitigated_ms=self.mitigated_ms or at_ms,
            root_cause=root_cause,
            fix=fix,
            is_paused=True,
            next_update_ms=None,
            next_rung_ms=None,
        )

    def reopens_at(self, at_ms: int) -> bool:
        """Whether an alert that fires at `at_ms` belongs to this one although it was resolved."""
        return self.resolved_ms is not None and 0 <= at_ms - self.resolved_ms < REOPEN_WITHIN_MS

    def reopened(self, *, at_ms: int) -> "Incident":
        """It was resolved and fires again. Raises IllegalMove when that is over an hour ago."""
        if not self.reopens_at(at_ms):
            raise IllegalMove(f"Incident #{self.id} is open, or was resolved over an hour ago.")
        return replace(self._anew(at_ms), alert=AlertState.FIRING, alert_ended_ms=None)

    def reopened_by_hand(self, *, at_ms: int) -> "Incident":
        """A person says that it is not over, whenever it was resolved. Raises IllegalMove when it is open."""
        if self.is_open:
            raise IllegalMove(f"Incident #{self.id} is open: there is nothing to reopen.")
        return replace(self._anew(at_ms), alert=AlertState.FIRING, alert_ended_ms=None)

    def real(self, *, source: str, alert_name: str, severity: str, at_ms: int) -> "Incident":
        """It was a drill, and a failure came: an incident begins, in which nobody has done anything yet."""
        return replace(
            self._anew(at_ms),
            reopened_ms=None,
            opened_to_practise=False,
            source=source,
            alert_name=alert_name,
            severity=severity,
            opened_ms=at_ms,
            alert=AlertState.FIRING,
            alert_started_ms=None,
            alert_since_ms=None,
            alert_ended_ms=None,
            alert_count=1,
            status_said=None,
            status_said_by=None,
            status_said_ms=None,
            action=None,
            eta=None,
        )

    def handed_over(self, *, to: str, at_ms: int) -> "Incident":
        """Somebody else has it now; who took it first stays so. Raises IllegalMove when over, or theirs."""
        if not self.is_open:
            raise IllegalMove(self._already())
        if self.owner == to:
            raise IllegalMove(f"<@{to}> has incident #{self.id} already.")
        taken = self if self.status is not Status.TRIGGERED else self.acknowledged(by=to, at_ms=at_ms)
        return replace(taken, owner=to)

    def with_comms(self, to: str, *, is_handed_over: bool = False) -> "Incident":
        """They tell the public from now on. Raises IllegalMove when it is over, when it is theirs already, or
        when somebody has it and does not hand it over."""
        if not self.is_open:
            raise IllegalMove(self._already())
        if self.comms == to:
            raise IllegalMove(f"<@{to}> has the communication of #{self.id} already.")
        if self.comms and not is_handed_over:
            raise IllegalMove(
                f"<@{self.comms}> has the communication of #{self.id}: press Hand communication over…, "
                "or Give back."
            )
        return replace(self, comms=to)

    def without_comms(self) -> "Incident":
        """Whoever has the incident tells the public too. Raises IllegalMove when that is so already."""
        if self.comms is None:
            raise IllegalMove(f"Nobody has taken the communication of #{self.id}.")
        return replace(self, comms=None)

    def rated(self, severity: str) -> "Incident":
        """It is worse or less bad than thought. Raises IllegalMove when that is so already, or it is over."""
        if not self.is_open:
            raise IllegalMove(self._already())
        if self.severity == severity:
            raise IllegalMove(f"Incident #{self.id} is {severity} already.")
        return replace(self, severity=severity)

    def _anew(self, at_ms: int) -> "Incident":
        return replace(
            self,
            status=Status.TRIGGERED,
            owner=None,
            comms=None,
            acknowledged_by=None,
            acknowledged_as=None,
            acknowledged_ms=None,
            mitigated_ms=None,
            resolved_by=None,
            resolved_ms=None,
            reopened_ms=at_ms,
            healthy_since_ms=None,
            is_paused=False,
            well_since_ms=None,
            well_ms=0,
            well_untaken_ms=0,
            untold=0,
            said_until_ms=None,
            refires=(),
            root_cause=None,
            fix=None,
            verdict=None,
        )

    def _already(self) -> str:
        has = self.acknowledged_by or self.owner
        by = {Status.ACKNOWLEDGED: has, Status.RESOLVED: self.resolved_by}.get(self.status)
        return f"Incident #{self.id} is {self.status} already" + (f", by <@{by}>." if by else ".")
