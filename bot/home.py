"""What stands on somebody's Home tab: what is open, what waits for them, what is due, and is Pong well?

https://docs.slack.dev/surfaces/app-home
"""

from contextlib import suppress
from typing import Any

from bot.approvals.approval import State
from bot.approvals.offer import Offer, load
from bot.errors import ServiceUnavailable, Unread
from bot.health import is_ready
from bot.incident import Incident
from bot.means import by_week, means
from bot.people import Role, may
from bot.pong import Pong
from bot.slack.render import home as draw
from bot.store.records import Records

LOOKED_AT_MOST = 1_000
WEEKS = 13


async def home_of(pong: Pong, user: str) -> dict[str, Any]:
    """The view for `user`. Whoever may not look sees why, and nothing of the incidents."""
    try:
        identity, roles = await pong.directory.identity(user), await pong.directory.roles({user})
    except ServiceUnavailable as error:
        return draw.closed(f"Slack does not say who you are ({error}): open this tab again in a minute.")
    if refusal := may(identity, Role.VIEWER, roles, channel=pong.lane):
        return draw.closed(refusal.sentence)
    mine = {role for role in Role if may(identity, role, roles, channel=pong.lane) is None}
    is_well, facts = await is_ready(pong)
    now_ms = pong.clock.now_ms()

    async def read(records: Records) -> draw.Home:
        open_now = await records.incidents.all_open()
        all_of_them = await records.incidents.newest(LOOKED_AT_MOST)
        return draw.Home(
            open_now=tuple(open_now),
            waiting=await _waiting(records, open_now, user, mine),
            to_close=_to_close(open_now, user, mine),
            is_well=is_well,
            store=str(facts["store"]),
            unsent=_unsent(facts),
            slack_answered_ms=pong.slack.answered_ms,
            means=tuple(means(all_of_them, days=days, now_ms=now_ms) for days in (30, 90)),
            weeks=tuple(by_week(all_of_them, weeks=WEEKS, now_ms=now_ms)),
            at_ms=now_ms,
        )

    return draw.home(await pong.store.read(read), pong.settings.escalation)


async def _waiting(
    records: Records, open_now: list[Incident], user: str, mine: set[Role]
) -> tuple[draw.Waiting, ...]:
    """The plans that `user` may decide on and has not."""
    found = []
    for incident in open_now:
        for row in await records.approvals.of_incident(incident.id):
            if row["state"] == State.PENDING:
                with suppress(Unread):
                    offer = await load(records, row["id"])
                    found += [_told(offer)] if _is_for(offer, user, mine) else []
    return tuple(found)


def _to_close(open_now: list[Incident], user: str, mine: set[Role]) -> tuple[Incident, ...]:
    """What looks well, and `user` can say what it was: theirs, or nobody's."""
    if Role.RESPONDER not in mine:
        return ()
    return tuple(one for one in open_now if one.is_paused and one.owner in (None, user))


def _is_for(offer: Offer, user: str, mine: set[Role]) -> bool:
    """What can be undone waits for any responder, whoever asked; the rest for an approver who did not."""
    approval = offer.approval
    if user in {ballot.voter for ballot in approval.ballots}:
        return False
    if approval.policy.is_own_confirm:
        return Role.RESPONDER in mine
    return Role.APPROVER in mine and user not in approval.askers


def _told(offer: Offer) -> draw.Waiting:
    return draw.Waiting(
        title=offer.plan.title,
        target=offer.plan.target,
        incident_id=offer.approval.incident_id,
        requester=offer.approval.requester,
        approve_by_ms=offer.approval.approve_by_ms,
    )


def _unsent(facts: dict[str, object]) -> int | None:
    counts = facts.get("outbox")
    if not isinstance(counts, dict):
        return None
    return sum(int(counts.get(state, 0)) for state in ("pending", "sending"))
