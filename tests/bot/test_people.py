"""Who may do what, and what do the refused read?"""

import pytest

from bot.config.tables import PeopleTable, SlackTable
from bot.people import Group, Identity, Role, RoleBook, may, role_book

SLACK = SlackTable(team="T0HOME", incidents_channel="C0INC", other_channels=("C0OPS",))
PEOPLE = PeopleTable(
    responders=("U0MARIA", "S0SRE"),
    approvers=("S0SRE", "U0BOSS"),
    viewers=("U0VERA",),
    break_glass=("U0BOSS",),
)
SRE = Group(handle="sre-oncall", members=frozenset({"U0DEV", "U0SAM"}))


def book(people: PeopleTable = PEOPLE, sre: Group = SRE, **more: object) -> RoleBook:
    return role_book(people, SLACK, {"S0SRE": sre}, **more)  # type: ignore[arg-type]


def ask(
    user: str, role: Role, roles: RoleBook | None = None, channel: str = "C0INC", **about: bool
) -> str | None:
    identity = Identity(user_id=user, team_id="T0HOME", **about)
    refusal = may(identity, role, roles or book(), channel=channel)
    return refusal and refusal.sentence


@pytest.mark.parametrize(
    ("user", "role"),
    [
        ("U0MARIA", Role.RESPONDER),
        ("U0DEV", Role.RESPONDER),
        ("U0DEV", Role.APPROVER),
        ("U0BOSS", Role.APPROVER),
        ("U0BOSS", Role.BREAK_GLASS),
        ("U0VERA", Role.VIEWER),
        ("U0DEV", Role.VIEWER),
    ],
)
def test_those_in_the_set_may(user: str, role: Role) -> None:
    assert ask(user, role) is None
    assert ask(user, role, channel="C0OPS") is None


@pytest.mark.parametrize(
    ("user", "role"),
    [
        ("U0MARIA", Role.APPROVER),
        ("U0VERA", Role.RESPONDER),
        ("U0BOSS", Role.RESPONDER),
        ("U0DEV", Role.BREAK_GLASS),
        ("U0ELSE", Role.VIEWER),
    ],
)
def test_those_outside_the_set_may_not(user: str, role: Role) -> None:
    assert (ask(user, role) or "").startswith("You may not")


@pytest.mark.parametrize("role", [Role.RESPONDER, Role.APPROVER])
def test_empty_set_permits_nobody_and_says_where_to_fill_it(role: Role) -> None:
    sentence = ask("U0BOSS", role, book(PeopleTable()))
    assert sentence is not None
    assert f"people.{role}s" in sentence


def test_everyone_views_unless_viewers_are_named() -> None:
    assert ask("U0ELSE", Role.VIEWER, book(PeopleTable())) is None
    assert ask("U0ELSE", Role.VIEWER, book(PeopleTable(viewers=()))) is not None


@pytest.mark.parametrize("fault", ["is_bot", "is_guest", "is_stranger", "is_deleted"])
@pytest.mark.parametrize("role", list(Role))
def test_bots_guests_strangers_and_the_deactivated_may_nothing(fault: str, role: Role) -> None:
    assert ask("U0BOSS", role, **{fault: True}) is not None


def test_another_team_may_nothing() -> None:
    identity = Identity(user_id="U0BOSS", team_id="T0ELSE")
    assert may(identity, Role.APPROVER, book(), channel="C0INC") is not None


def test_another_channel_is_refused_and_the_right_one_named() -> None:
    assert (
        ask("U0BOSS", Role.APPROVER, channel="C0RANDOM")
        == "Pong does not work in this channel: go to <#C0INC>."
    )


def test_group_that_slack_kept_silent_on_refuses_and_says_so() -> None:
    silent = book(sre=Group(handle="sre-oncall", members=None))
    sentence = ask("U0DEV", Role.APPROVER, silent)
    assert sentence is not None
    assert "Slack did not say who is in @sre-oncall" in sentence
    assert ask("U0BOSS", Role.APPROVER, silent) is None


def test_group_that_was_never_asked_about_refuses() -> None:
    roles = role_book(PEOPLE, SLACK, {})
    assert "Slack did not say who is in @S0SRE" in (ask("U0DEV", Role.APPROVER, roles) or "")


def test_barred_people_are_in_no_circle() -> None:
    roles = book(barred=["U0BOSS", "U0DEV"])
    assert "U0BOSS" not in roles.circle(Role.APPROVER)
    assert "U0DEV" not in roles.circle(Role.APPROVER)
    assert "U0SAM" in roles.circle(Role.APPROVER)


def test_whom_slack_did_not_tell_is_refused_and_not_called_out_of_the_set() -> None:
    roles = book(untold=["U0BOSS"])
    assert "U0BOSS" not in roles.circle(Role.APPROVER)
    assert ask("U0BOSS", Role.APPROVER, roles) == (
        "Slack did not say who <@U0BOSS> is, so Pong cannot let you decide on this: try again in a minute."
    )
    assert ask("U0SAM", Role.APPROVER, roles) is None


def test_refusal_says_who_may() -> None:
    assert ask("U0MARIA", Role.APPROVER) == (
        "You may not decide on this: ask @sre-oncall or somebody in people.approvers of pong.toml."
    )
