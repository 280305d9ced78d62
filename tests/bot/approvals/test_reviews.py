"""Is what one person did alone known until somebody else has signed it off?"""

from bot.approvals.reviews import COUNTED, SIGNED_OFF, STARTED, still_open
from bot.timeline import Event


def counted(approval: int, by: str = "U0MARIA") -> Event:
    facts = {"approval": approval, "ref": f"{approval}:0", "title": "Clear cache", "by": by, "why": "alone"}
    return Event(incident_id=1, at_ms=approval, actor="pong", kind=COUNTED, data=facts)


def started(approval: int) -> Event:
    facts = {"approval": approval}
    return Event(incident_id=1, at_ms=5, actor="pong", kind=STARTED, data=facts)


def signed_off(approval: int) -> Event:
    return Event(incident_id=1, at_ms=9, actor="U0DEV", kind=SIGNED_OFF, data={"approval": approval})


def test_only_what_nobody_else_has_looked_at_is_open() -> None:
    assert [
        one.ref for one in still_open([counted(1), counted(2), started(1), started(2), signed_off(1)])
    ] == ["2:0"]
    assert not still_open([counted(1), started(1), signed_off(1)])


def test_a_review_holds_who_when_and_why() -> None:
    [one] = still_open([counted(3), started(3)])
    assert (one.by, one.at_ms, one.reason, one.title) == ("U0MARIA", 3, "alone", "Clear cache")


def test_what_never_began_needs_no_look() -> None:
    assert not still_open([counted(1), started(2)])
