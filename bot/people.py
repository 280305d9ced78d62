"""Who may do what? Pure: identities and groups were looked up before.

Roles are bound to people in pong.toml. https://docs.slack.dev/reference/objects/user-object
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.config.forms import SCHEDULE
from bot.config.tables import PeopleTable, SlackTable


class Role(StrEnum):
    VIEWER = "viewer"
    RESPONDER = "responder"
    APPROVER = "approver"
    BREAK_GLASS = "break-glass"


_PURPOSE = {
    Role.VIEWER: ("viewers", "look at this"),
    Role.RESPONDER: ("responders", "do this"),
    Role.APPROVER: ("approvers", "decide on this"),
    Role.BREAK_GLASS: ("break_glass", "break the glass"),
}


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who Slack says that somebody is. A stranger comes from another organisation by Slack Connect."""

    user_id: str
    team_id: str
    handle: str = ""
    email: str = field(default="", repr=False)
    is_bot: bool = False
    is_guest: bool = False
    is_stranger: bool = False
    is_deleted: bool = False


@dataclass(frozen=True)
class Refusal:
    """Why not, in one sentence that the refused person reads."""

    sentence: str


@dataclass(frozen=True, kw_only=True)
class Group:
    """People who change: those of a user group, by its handle without @, or whoever is on call by the
    schedule of PagerDuty's that `handle` names. `members` is None when nobody said who they are."""

    handle: str
    members: frozenset[str] | None

    @property
    def called(self) -> str:
        return called_on_call(self.handle) if self.handle.startswith(SCHEDULE) else f"@{self.handle}"


def is_person(id: str) -> bool:
    """Whether an id of [people] is a user's own, and no group or schedule that others may edit."""
    return id.startswith(("U", "W"))


def called_on_call(id: str) -> str:
    return f"whoever is on call in PagerDuty’s schedule {id.removeprefix(SCHEDULE)}"


@dataclass(frozen=True, kw_only=True)
class Circle:
    """The people of one role: `names` is how messages call them, `unknown` the groups not resolved.
    `untold` stand in its set, and Slack did not say who they are: they are not among `people`."""

    people: frozenset[str]
    names: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    untold: frozenset[str] = frozenset()

    def __contains__(self, user_id: object) -> bool:
        return user_id in self.people

    @property
    def words(self) -> str:
        return ", ".join(self.names) or "nobody"


@dataclass(frozen=True, kw_only=True)
class RoleBook:
    """All circles, and where Pong listens: its `team` and `channels`. Build it with `role_book`."""

    team: str
    channels: tuple[str, ...]
    circles: Mapping[Role, Circle]
    everyone_views: bool

    def circle(self, role: Role) -> Circle:
        return self.circles[role]


def role_book(
    people: PeopleTable,
    slack: SlackTable,
    groups: Mapping[str, Group],
    *,
    barred: Iterable[str] = (),
    untold: Iterable[str] = (),
) -> RoleBook:
    """pong.toml with its groups resolved, by group id. `barred` are ids known to be deactivated, guests
    or strangers, `untold` those whom nobody told: being named in a set does not help either."""
    judged = {"out": frozenset(barred), "untold": frozenset(untold)}
    viewers = () if people.viewers == "everyone" else people.viewers
    circles = {
        Role.VIEWER: _circle(viewers, groups, **judged),
        Role.RESPONDER: _circle(people.responders, groups, **judged),
        Role.APPROVER: _circle(people.approvers, groups, **judged),
        Role.BREAK_GLASS: _circle(people.break_glass, groups, **judged),
    }
    return RoleBook(
        team=slack.team,
        channels=(slack.incidents_channel, *slack.other_channels),
        circles=circles,
        everyone_views=people.viewers == "everyone",
    )


def may(identity: Identity, role: Role, roles: RoleBook, *, channel: str) -> Refusal | None:
    """None when `identity` may do in `channel` what `role` is for; else why not."""
    sentence = _not_a_member(identity, roles) or _elsewhere(channel, roles) or _not_in(identity, role, roles)
    return Refusal(sentence) if sentence else None


def _circle(
    ids: Iterable[str], groups: Mapping[str, Group], *, out: frozenset[str], untold: frozenset[str]
) -> Circle:
    people: set[str] = set()
    names: list[str] = []
    unknown: list[str] = []
    for id in ids:
        if is_person(id):
            people.add(id)
            names.append(f"<@{id}>")
            continue
        group = groups.get(id) or Group(handle=id, members=None)
        names.append(group.called)
        if group.members is None:
            unknown.append(group.called)
        people |= group.members or frozenset()
    return Circle(
        people=frozenset(people) - out - untold,
        names=tuple(names),
        unknown=tuple(unknown),
        untold=untold & people,
    )


def _not_a_member(identity: Identity, roles: RoleBook) -> str:
    if identity.is_deleted:
        return "This account is deactivated: a member of the workspace has to do this."
    if identity.is_bot:
        return "Apps cannot do this: a person has to."
    if identity.is_stranger or identity.team_id != roles.team:
        return "Pong works only for members of its own workspace: ask one of them to do this."
    if identity.is_guest:
        return "Guests of the workspace cannot use Pong: ask a full member to do this."
    return ""


def _elsewhere(channel: str, roles: RoleBook) -> str:
    if channel in roles.channels:
        return ""
    return f"Pong does not work in this channel: go to <#{roles.channels[0]}>."


def _not_in(identity: Identity, role: Role, roles: RoleBook) -> str:
    if role is Role.VIEWER and (roles.everyone_views or _has_any_role(identity, roles)):
        return ""
    circle = roles.circle(role)
    if identity.user_id in circle:
        return ""
    return refused_by(circle, role, identity.user_id)


def silence_about(user: str, circle: Circle) -> str:
    """What was not told of who is in `circle`, so that `user` may be and may not be; empty when all was."""
    if user in circle.untold:
        return f"Slack did not say who <@{user}> is"
    return f"{_silent(circle)} did not say who is in {', '.join(circle.unknown)}" if circle.unknown else ""


def refused_by(circle: Circle, role: Role, user: str) -> str:
    """Why `user`, outside `circle`, may not do what `role` is for, and who may."""
    table, purpose = _PURPOSE[role]
    if not circle.names:
        return f"Nobody may {purpose} yet: people.{table} in pong.toml is empty."
    if silence := silence_about(user, circle):
        return f"{silence}, so Pong cannot let you {purpose}: try again in a minute."
    # No mention: who is refused again and again must not wake everybody who may.
    groups = [name for name in circle.names if not name.startswith("<")]
    others = len(circle.names) - len(groups)
    named = [*groups, f"somebody in people.{table} of pong.toml"] if others else groups
    return f"You may not {purpose}: ask {' or '.join(named)}."


def _silent(circle: Circle) -> str:
    """Who was asked and did not answer."""
    return "Slack" if all(name.startswith("@") for name in circle.unknown) else "PagerDuty or Slack"


def _has_any_role(identity: Identity, roles: RoleBook) -> bool:
    return any(identity.user_id in circle for circle in roles.circles.values())
