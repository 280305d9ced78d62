"""Which states can an incident be in, and which moves are allowed? Pure.

triggered -> acknowledged -> mitigated -> resolved; each may be skipped forwards; a resolved one reopens
as triggered when its alert fires again within an hour.
"""

from dataclasses import dataclass, replace

from bot.errors import IllegalMove
from bot.incident_facts import BY_HAND as BY_HAND
from bot.incident_facts import DRILL as DRILL
from bot.incident_facts import OPENED_BY_HAND as OPENED_BY_HAND
from bot.incident_facts import AlertState as AlertState
from bot.incident_facts import Conclusion as Conclusion
from bot.incident_facts import Facts
from bot.incident_facts import Status as Status

REOPEN_WITHIN_MS = 60 * 60 * 1000


@dataclass(frozen=True, kw_only=True)
class Incident(Facts):
    """What is known of one failure, with its moves: each returns another incident, or raises IllegalMove."""

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
            mitigated_ms=None,
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
        return self._reopened(
            at_ms, well_since_ms=min(self.well_since_ms or at_ms, self.resolved_ms or at_ms)
        )

    def reopened_by_hand(self, *, at_ms: int) -> "Incident":
        """A person says that it is not over, whenever it was resolved: what was closed in doubt was never
        well. Raises IllegalMove when it is open."""
        if self.is_open:
            raise IllegalMove(f"Incident #{self.id} is open: there is nothing to reopen.")
        well_since_ms = at_ms if self.is_closed_in_doubt else self.resolved_ms
        return self._reopened(at_ms, well_since_ms=well_since_ms or at_ms)

    def real(self, *, source: str, alert_name: str, severity: str, at_ms: int) -> "Incident":
        """It was a drill, and a failure came: an incident begins, in which nobody has done anything yet."""
        return replace(
            self._anew(at_ms),
            reopened_ms=None,
            first_acknowledged_ms=None,
            first_taken_after_ms=None,
            well_before_ms=None,
            concluded=(),
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

    def _reopened(self, at_ms: int, *, well_since_ms: int) -> "Incident":
        """Nobody has it any more, and people are called anew; when it was taken first stays as it was."""
        return replace(
            self._anew(at_ms),
            alert=AlertState.FIRING,
            alert_ended_ms=None,
            first_acknowledged_ms=self.taken_ms,
            first_taken_after_ms=self.acknowledged_after_ms,
            concluded=self._concluded(),
            well_before_ms=self.closed_or_well_ms + max(0, at_ms - well_since_ms),
        )

    def _concluded(self) -> tuple[Conclusion, ...]:
        if self.resolved_ms is None or not (self.root_cause or self.fix):
            return self.concluded
        newest = Conclusion(
            resolved_ms=self.resolved_ms,
            by=self.resolved_by,
            root_cause=self.root_cause or "",
            fix=self.fix or "",
        )
        return (*self.concluded, newest)

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
