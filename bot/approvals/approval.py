"""Who has said yes to what, and does that still hold? Pure.

pending -> approved -> used; a pending one may be denied, expired, superseded or cancelled instead, and an
approved one may expire or be cancelled before it is used. It binds a digest of what was shown:
`bot.remediations.digest.digest`. Whoever breaks the glass leaves it pending for some minutes, in which
everybody else can still decide.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from bot.errors import BadInput, IllegalMove, OwnRequest, Refused, Unchecked
from bot.people import Circle, Role, RoleBook, refused_by, silence_about
from bot.remediations.plan import Tier

PREFIX_LENGTH = 12


class State(StrEnum):
    PENDING = "pending"
    APPROVED = "approved"
    USED = "used"
    DENIED = "denied"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"


class Vote(StrEnum):
    """BREAK_GLASS is a yes that the requester may give too, from a circle of its own, and that counts after
    a delay."""

    APPROVE = "approve"
    DENY = "deny"
    BREAK_GLASS = "break-glass"


@dataclass(frozen=True, kw_only=True)
class Policy:
    """How many, how long and from where. `approvers` are the ids in pong.toml when it was asked, so that
    another set asks anew; `by_approvers`: the runbook wants them for what can be undone too.
    Lengths in ms."""

    tier: Tier
    need: int = 1
    to_approve_ms: int = 15 * 60_000
    to_execute_ms: int = 5 * 60_000
    approvers: tuple[str, ...] = ()
    may_break_glass: bool = False
    glass_delay_ms: int = 2 * 60_000
    by_approvers: bool = False

    @property
    def is_own_confirm(self) -> bool:
        """Whether a responder's own yes is enough. For what loses data it never is."""
        return self.tier is Tier.REVERSIBLE and not self.by_approvers

    @property
    def role(self) -> Role:
        return Role.RESPONDER if self.is_own_confirm else Role.APPROVER


@dataclass(frozen=True, kw_only=True)
class Ballot:
    """One person's vote: the button they pressed carried `digest_prefix`."""

    voter: str
    vote: Vote
    digest_prefix: str
    at_ms: int


@dataclass(frozen=True, kw_only=True)
class Approval:
    """One request. When Pong made it, `on_behalf_of` is the person whose click led to it.

    Until it is approved, `execute_by_ms` is the latest that it could become.
    """

    id: int
    incident_id: int
    requester: str
    digest: str
    policy: Policy
    approve_by_ms: int
    execute_by_ms: int
    on_behalf_of: str | None = None
    state: State = State.PENDING
    ballots: tuple[Ballot, ...] = ()

    @property
    def ref(self) -> str:
        """What the buttons carry; everything else is read from the store."""
        return f"{self.id}:{self.digest[:PREFIX_LENGTH]}"

    @property
    def askers(self) -> frozenset[str]:
        return frozenset({self.requester, self.on_behalf_of or self.requester})

    @property
    def approved_by(self) -> tuple[str, ...]:
        """Who approved it as everybody else does; whoever broke the glass is not among them."""
        return tuple(ballot.voter for ballot in self.ballots if ballot.vote is Vote.APPROVE)

    @property
    def glass(self) -> Ballot | None:
        """The vote of whoever broke the glass, if anybody has."""
        return next((ballot for ballot in self.ballots if ballot.vote is Vote.BREAK_GLASS), None)

    @property
    def glass_counts_ms(self) -> int | None:
        """From when on that vote counts."""
        return self.glass.at_ms + self.policy.glass_delay_ms if self.glass else None

    @property
    def alone(self) -> str | None:
        """Who did without another person's approval."""
        is_enough = len(set(self.approved_by)) >= self.policy.need
        return self.glass.voter if self.glass and not is_enough else None

    @property
    def is_open(self) -> bool:
        return self.state in (State.PENDING, State.APPROVED)

    def is_overdue(self, at_ms: int) -> bool:
        """Whether one of the two expiries has passed."""
        limits = {State.PENDING: self.approve_by_ms, State.APPROVED: self.execute_by_ms}
        return self.state in limits and at_ms >= limits[self.state]

    def expired(self, *, at_ms: int) -> "Approval":
        """Raises IllegalMove before its time or once it has ended."""
        if not self.is_overdue(at_ms):
            raise IllegalMove(f"Approval {self.id} is {self.state} and not overdue.")
        return replace(self, state=State.EXPIRED)

    def glass_counted(self, *, at_ms: int) -> "Approval":
        """The delay after the breaking of the glass has passed and nobody stopped it: approved.
        Raises IllegalMove before that, and when somebody has decided."""
        if self.state is not State.PENDING or self.glass_counts_ms is None or at_ms < self.glass_counts_ms:
            raise IllegalMove(f"Approval {self.id} is {self.state}, and no broken glass counts for it.")
        return self._approved(at_ms)

    def superseded(self) -> "Approval":
        """More would be lost than was shown, so it has to be asked anew."""
        return self._ended(State.SUPERSEDED)

    def cancelled(self) -> "Approval":
        """Who asked took it back, or the incident ended."""
        return self._ended(State.CANCELLED)

    def used(self) -> "Approval":
        """It is being executed: once only. Raises IllegalMove unless it is approved."""
        if self.state is not State.APPROVED:
            raise IllegalMove(f"Approval {self.id} is {self.state}: only an approved one runs, and once.")
        return replace(self, state=State.USED)

    def _approved(self, at_ms: int) -> "Approval":
        return replace(self, state=State.APPROVED, execute_by_ms=at_ms + self.policy.to_execute_ms)

    def _ended(self, state: State) -> "Approval":
        if not self.is_open:
            raise IllegalMove(f"Approval {self.id} is {self.state} already.")
        return replace(self, state=state)


def read_ref(ref: str) -> tuple[int, str]:
    """The approval's id and the digest's beginning that a button carried. Raises BadInput."""
    id, _, prefix = ref.partition(":")
    if not id.isascii() or not id.isdigit() or len(prefix) != PREFIX_LENGTH:
        raise BadInput("This button is not one of Pong's: use the newest message in the thread.")
    return int(id), prefix


def vote(approval: Approval, ballot: Ballot, roles: RoleBook) -> Approval:
    """The approval with this vote counted. Raises Refused with the sentence that the voter reads."""
    _check_ballot(approval, ballot)
    if ballot.vote is Vote.DENY and ballot.voter in approval.askers:
        return replace(approval, state=State.CANCELLED, ballots=(*approval.ballots, ballot))
    _check_voter(approval, ballot, roles)
    counted = replace(approval, ballots=(*approval.ballots, ballot))
    if ballot.vote is Vote.DENY:
        return replace(counted, state=State.DENIED)
    if ballot.vote is Vote.BREAK_GLASS or len(set(counted.approved_by)) < approval.policy.need:
        return counted
    return counted._approved(ballot.at_ms)


def check_before_execution(
    approval: Approval, roles: RoleBook, *, digest_now: str, at_ms: int, is_incident_open: bool
) -> None:
    """The same questions once more, just before the first step. Raises Refused; Unchecked while nobody tells
    who voted."""
    if approval.state is not State.APPROVED:
        raise Refused(_not_pending(approval))
    if approval.is_overdue(at_ms):
        raise Refused("The approval came too long ago to run now: ask again.")
    if not is_incident_open:
        raise Refused("The incident is resolved, so nothing runs any more.")
    if digest_now != approval.digest:
        raise Refused("What would run now is not what was approved: ask again.")
    _check_approvers_still_stand(approval, roles, at_ms)


def _check_ballot(approval: Approval, ballot: Ballot) -> None:
    if approval.state is not State.PENDING:
        raise Refused(_not_pending(approval))
    # Broken glass is decided by its own delay, which may end later than the time to approve.
    if approval.is_overdue(ballot.at_ms) and approval.glass is None:
        raise Refused("The time to approve this is over: ask again.")
    # Compared whole: a shorter prefix, an empty one above all, would match any plan.
    if ballot.digest_prefix != approval.digest[:PREFIX_LENGTH]:
        raise Refused("This button belongs to an older plan: use the newest message in the thread.")
    if approval.glass and ballot.voter == approval.glass.voter:
        raise Refused("You broke the glass for this, which is your vote: Cancel it takes it back.")
    if any(ballot.voter == earlier.voter for earlier in approval.ballots):
        raise Refused("You have voted on this already: one vote each.")


def _check_voter(approval: Approval, ballot: Ballot, roles: RoleBook) -> None:
    policy = approval.policy
    if ballot.vote is Vote.BREAK_GLASS and not policy.may_break_glass:
        raise Refused("Nobody may break the glass for this: it needs its approvers.")
    if ballot.vote is Vote.BREAK_GLASS and approval.glass not in (None, ballot):
        raise Refused("Somebody has broken the glass for this already: the card says when it starts.")
    role = _role_for(approval, ballot.vote)
    circle = roles.circle(role)
    if _is_own(approval, ballot):
        others = _others(circle, ballot)
        raise OwnRequest(f"<@{ballot.voter}> asked for this, so somebody else has to approve it: {others}.")
    if ballot.voter not in circle:
        refusal = Unchecked if silence_about(ballot.voter, circle) else Refused
        raise refusal(refused_by(circle, role, ballot.voter))
    is_yes = ballot.vote is Vote.APPROVE
    if is_yes and policy.need > 1 and ballot.voter not in policy.approvers:
        raise Refused(
            f"This needs {policy.need} people who stand in people.approvers by their own id: "
            "whoever edits a group could be all of them."
        )


def _role_for(approval: Approval, vote: Vote) -> Role:
    return Role.BREAK_GLASS if vote is Vote.BREAK_GLASS else approval.policy.role


def _is_own(approval: Approval, ballot: Ballot) -> bool:
    needs_another = not approval.policy.is_own_confirm and ballot.vote is Vote.APPROVE
    return needs_another and ballot.voter in approval.askers


def _others(circle: Circle, ballot: Ballot) -> str:
    names = [name for name in circle.names if name != f"<@{ballot.voter}>"]
    return ", ".join(names) or "nobody else is in people.approvers of pong.toml"


def _check_approvers_still_stand(approval: Approval, roles: RoleBook, at_ms: int) -> None:
    standing: set[str] = set()
    unsure: list[Ballot] = []
    for ballot in approval.ballots:
        if ballot.vote is Vote.DENY:
            raise Refused(_not_pending(replace(approval, state=State.DENIED)))
        if ballot.digest_prefix != approval.digest[:PREFIX_LENGTH]:
            continue
        try:
            _check_voter(approval, ballot, roles)
        except Refused as refusal:
            unsure += [ballot] if isinstance(refusal, Unchecked) else []
            continue
        if ballot == approval.glass and at_ms >= (approval.glass_counts_ms or at_ms):
            return
        if ballot.vote is Vote.APPROVE:
            standing.add(ballot.voter)
    if len(standing) < approval.policy.need:
        raise _too_few(approval, roles, standing, unsure)


def _too_few(approval: Approval, roles: RoleBook, standing: set[str], unsure: list[Ballot]) -> Refused:
    if unsure:  # who is not known to be in the set is no reason to call somebody out of it
        ballot = unsure[0]
        silence = silence_about(ballot.voter, roles.circle(_role_for(approval, ballot.vote)))
        return Unchecked(f"{silence}, so nothing ran: ask again.")
    voters = [ballot.voter for ballot in approval.ballots if ballot.voter not in standing]
    gone = ", ".join(f"<@{voter}>" for voter in voters)
    return Refused(f"{gone or 'Nobody'} may not approve this any more, so it does not run: ask again.")


def _not_pending(approval: Approval) -> str:
    last = approval.ballots[-1] if approval.ballots else None
    by = f" by <@{last.voter}>" if last and last.vote is Vote.DENY else ""
    return {
        State.PENDING: "This is not approved yet.",
        State.APPROVED: "This is approved already.",
        State.USED: "This approval was used already: one approval runs once.",
        State.DENIED: f"This was denied{by}: ask again if it is still needed.",
        State.EXPIRED: "This was not approved or not started in time: ask again.",
        State.SUPERSEDED: "More would be lost now than this shows: use the newer plan in the thread.",
        State.CANCELLED: f"This was taken back{by}: ask again if it is still needed.",
    }[approval.state]
