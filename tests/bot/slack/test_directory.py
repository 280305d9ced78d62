"""Does Pong learn who people are from Slack, keep it for a minute, and take no silence for a yes?"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import DrivenClock, SystemClock
from bot.errors import ServiceUnavailable
from bot.people import Role
from bot.playground.local_slack import LocalSlack
from bot.playground.serving import serving
from bot.slack.directory import SILENT_MS, OnCall, SlackDirectory
from tests.fixtures.slack_pong import BOT_TOKEN
from tests.fixtures.small_pong import settings

PEOPLE = {"responders": ["U0MARIA", "U0SAM"], "approvers": ["S0SRE", "U0GUEST", "U0GONE", "U0ELSE", "U0PONG"]}
EVERYBODY = {"U0MARIA", "U0SAM", "U0DEV", "U0GUEST", "U0GONE", "U0ELSE", "U0PONG"}
FAILURES: list[tuple[str, dict[str, Any]]] = [
    ("server_error", {}),
    ("server_error", {"code": "503"}),
    ("rate_limited", {}),
    ("refused", {"code": "fatal_error"}),
    ("timeout", {"hang_s": 5}),
]


class Asked:
    """A directory on a local Slack, and the clock that it keeps answers by."""

    def __init__(self, slack: LocalSlack, url: str, path: Path) -> None:
        client = AsyncWebClient(BOT_TOKEN, base_url=f"{url}/api/", timeout=1, retry_handlers=[])
        self.slack = slack
        self.clock = DrivenClock()
        self.directory = SlackDirectory(client, settings(path, people=PEOPLE), self.clock)

    def calls(self, method: str) -> int:
        return len([call for call in self.slack.calls if call["method"] == method])


@pytest.fixture
async def asked(tmp_path: Path) -> AsyncIterator[Asked]:
    slack = LocalSlack(SystemClock(), rates_strict=False)
    async with serving(slack.asgi()) as url:
        yield Asked(slack, url, tmp_path)


@pytest.mark.parametrize(
    ("user", "trait"),
    [("U0GUEST", "is_guest"), ("U0GONE", "is_deleted"), ("U0ELSE", "is_stranger"), ("U0PONG", "is_bot")],
)
async def test_what_somebody_is_comes_from_slack(asked: Asked, user: str, trait: str):
    identity = await asked.directory.identity(user)
    assert getattr(identity, trait)


async def test_a_member_s_e_mail_is_known_and_never_shown(asked: Asked):
    identity = await asked.directory.identity("U0MARIA")
    assert identity.email == "maria@example.com"
    assert "example.com" not in repr(identity)


async def test_a_member_is_none_of_these(asked: Asked):
    identity = await asked.directory.identity("U0MARIA")
    assert (identity.team_id, identity.handle) == ("T0PONG", "maria")
    traits = (identity.is_guest, identity.is_deleted, identity.is_stranger, identity.is_bot)
    assert not any(traits)


@pytest.mark.parametrize("user", ["U0NOBODY", "U<!channel>"])
async def test_somebody_whom_slack_does_not_know_counts_as_deactivated(asked: Asked, user: str):
    assert (await asked.directory.identity(user)).is_deleted


async def test_an_answer_is_kept_for_a_minute_and_then_asked_for_again(asked: Asked):
    for seconds, calls in ((0, 1), (59, 1), (1, 2)):
        asked.clock.advance(seconds)
        await asked.directory.identity("U0MARIA")
        assert asked.calls("users.info") == calls


@pytest.mark.parametrize(("kind", "how"), FAILURES)
async def test_silence_is_no_identity(asked: Asked, kind: str, how: dict[str, Any]):
    asked.slack.fail("users.info", kind, **how)
    with pytest.raises(ServiceUnavailable, match=r"^Slack: "):
        await asked.directory.identity("U0MARIA")
    asked.slack.heal()
    assert not (await asked.directory.identity("U0MARIA")).is_deleted


async def test_a_group_s_members_are_in_its_role_and_who_is_barred_is_not(asked: Asked):
    roles = await asked.directory.roles(EVERYBODY)
    assert roles.circle(Role.APPROVER).people == {"U0MARIA", "U0DEV"}
    assert "@sre-oncall" in roles.circle(Role.APPROVER).names


@pytest.mark.parametrize("method", ["usergroups.users.list", "usergroups.list"])
@pytest.mark.parametrize(("kind", "how"), FAILURES)
async def test_a_group_that_slack_does_not_tell_permits_nobody(asked: Asked, method: str, kind: str, how):
    asked.slack.fail(method, kind, **how)
    circle = (await asked.directory.roles(EVERYBODY)).circle(Role.APPROVER)
    assert circle.people == frozenset()
    assert circle.unknown == ("@S0SRE",)


async def test_somebody_whom_slack_does_not_tell_is_in_no_role_and_known_as_not_told(asked: Asked):
    asked.slack.fail("users.info", "server_error")
    roles = await asked.directory.roles(EVERYBODY)
    for role in (Role.RESPONDER, Role.APPROVER):
        assert roles.circle(role).people == frozenset()
        assert "U0MARIA" in roles.circle(role).untold


async def test_who_is_barred_is_not_among_those_not_told(asked: Asked):
    assert not (await asked.directory.roles(EVERYBODY)).circle(Role.APPROVER).untold


async def test_slack_is_asked_about_those_alone_who_matter(asked: Asked):
    """A set can have more people than Slack tells of in a minute."""
    circle = (await asked.directory.roles({"U0DEV"}, fresh=True)).circle(Role.APPROVER)
    assert asked.calls("users.info") == 1
    assert circle.people == {"U0DEV"}
    assert circle.untold == {"U0MARIA", "U0GUEST", "U0GONE", "U0ELSE", "U0PONG"}


async def test_whoever_decides_is_asked_about_once_more_when_slack_wants_a_moment(asked: Asked):
    asked.slack.fail("users.info", "rate_limited", times=1, retry_after_s=4)
    asking = asyncio.create_task(asked.directory.roles({"U0DEV"}, fresh=True))
    async with asyncio.timeout(10):
        while not asking.done():
            asked.clock.advance(4 if asked.calls("users.info") else 0)
            await asyncio.sleep(0.01)
    assert "U0DEV" in (await asking).circle(Role.APPROVER)
    assert asked.calls("users.info") == 2


@pytest.mark.parametrize(("fresh", "retry_after_s"), [(True, 30), (False, 1)])
async def test_a_long_moment_or_one_before_a_window_opens_is_not_waited_for(
    asked: Asked, fresh: bool, retry_after_s: int
):
    asked.slack.fail("users.info", "rate_limited", times=1, retry_after_s=retry_after_s)
    assert "U0DEV" in (await asked.directory.roles({"U0DEV"}, fresh=fresh)).circle(Role.APPROVER).untold


async def test_roles_are_kept_unless_they_are_wanted_fresh(asked: Asked):
    await asked.directory.roles(EVERYBODY)
    await asked.directory.roles(EVERYBODY)
    assert asked.calls("usergroups.users.list") == 1
    await asked.directory.roles(EVERYBODY, fresh=True)
    assert asked.calls("usergroups.users.list") == 2
    assert asked.calls("users.info") == 2 * len(EVERYBODY)


async def test_a_failure_is_not_kept(asked: Asked):
    asked.slack.fail("usergroups.users.list", "server_error", times=1)
    await asked.directory.roles(EVERYBODY)
    assert (await asked.directory.roles(EVERYBODY)).circle(Role.APPROVER).people == {"U0MARIA", "U0DEV"}


@pytest.mark.parametrize("fresh", [False, True])
async def test_whoever_is_on_call_is_in_the_role_for_as_long_as_they_are(tmp_path: Path, fresh: bool):
    on_call = {"PSRE": ("dev@example.com", "nobody-in-slack@example.com")}

    async def says(schedule: str) -> tuple[str, ...]:
        return on_call[schedule]

    async with on_schedule(tmp_path, says) as directory:
        assert (await directory.roles(EVERYBODY)).circle(Role.APPROVER).people == {"U0DEV"}
        on_call["PSRE"] = ("maria@example.com",)
        now = {"U0MARIA"} if fresh else {"U0DEV"}
        assert (await directory.roles(EVERYBODY, fresh=fresh)).circle(Role.APPROVER).people == now


async def test_a_silent_pagerduty_permits_nobody(tmp_path: Path):
    async with on_schedule(tmp_path, None) as directory:
        circle = (await directory.roles(EVERYBODY)).circle(Role.APPROVER)
    assert not circle.people
    assert circle.unknown == ("whoever is on call in PagerDuty’s schedule PSRE",)


async def test_a_silent_pagerduty_is_asked_again_after_a_while_or_when_somebody_decides(tmp_path: Path):
    asked: list[str] = []

    async def hangs(schedule: str) -> tuple[str, ...]:
        asked.append(schedule)
        raise ServiceUnavailable("PagerDuty does not answer")

    clock = DrivenClock()
    async with on_schedule(tmp_path, hangs, clock) as directory:
        await directory.roles(EVERYBODY)
        await directory.roles(EVERYBODY)
        assert len(asked) == 1
        await directory.roles(EVERYBODY, fresh=True)
        assert len(asked) == 2
        clock.advance(SILENT_MS / 1000)
        await directory.roles(EVERYBODY)
        assert len(asked) == 3


@asynccontextmanager
async def on_schedule(
    path: Path, on_call: OnCall | None, clock: DrivenClock | None = None
) -> AsyncIterator[SlackDirectory]:
    """A directory whose approvers are whoever is on call."""
    given = settings(path, people={"approvers": ["pagerduty:PSRE"]})
    async with serving(LocalSlack(SystemClock(), rates_strict=False).asgi()) as url:
        client = AsyncWebClient(BOT_TOKEN, base_url=f"{url}/api/", timeout=5, retry_handlers=[])
        yield SlackDirectory(client, given, clock or DrivenClock(), on_call=on_call)
