"""Who are people, as Slack says, and who is in which group?

https://docs.slack.dev/reference/methods/users.info
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from typing import Any, TypeVar

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock
from bot.config.forms import SCHEDULE
from bot.config.settings import Settings
from bot.errors import ServiceUnavailable
from bot.people import Group, Identity, RoleBook, is_person, role_book
from bot.slack.codes import code_of, retry_after_s
from bot.text import plain

T = TypeVar("T")
# The e-mails of whoever is on call by the schedule of this id; raises ServiceUnavailable.
OnCall = Callable[[str], Awaitable[tuple[str, ...]]]
KEPT_MS = 60_000
# Whoever waits for an answer would wait anew for a PagerDuty that hangs, with each command.
SILENT_MS = 10_000
WAITED_FOR_S = 5.0  # whoever decides waits so long, once, when Slack asks for it


class SlackDirectory:
    """Asks Slack, and keeps each answer for a minute."""

    def __init__(
        self, client: AsyncWebClient, settings: Settings, clock: Clock, *, on_call: OnCall | None = None
    ) -> None:
        self._client = client
        self._on_call = on_call or _nobody_says
        self._settings = settings
        self._clock = clock
        self._kept: dict[str, tuple[int, Any]] = {}

    async def identity(self, user: str) -> Identity:
        """Raises ServiceUnavailable when Slack does not say; an unknown user counts as deleted."""
        return await self._fresh_enough(f"user:{user}", lambda: self._ask_identity(user))

    async def user_with(self, email: str) -> str:
        """The id of whoever has this e-mail; empty when nobody here has. Raises ServiceUnavailable."""
        return await self._fresh_enough(f"email:{email}", lambda: self._ask_user_of(email))

    async def roles(self, about: Collection[str], *, fresh: bool = False) -> RoleBook:
        """pong.toml's roles. A group that Slack does not tell has unknown members, which permits nobody.

        Slack limits how often it says who somebody is, and a set can have hundreds: those of `about` alone
        are asked about."""
        people = self._settings.people
        viewers = () if people.viewers == "everyone" else people.viewers
        ids = {*viewers, *people.responders, *people.approvers, *people.break_glass}
        group_ids = sorted(id for id in ids if not is_person(id))
        groups = await asyncio.gather(*(self._group(id, fresh) for id in group_ids))
        members = {member for group in groups for member in group.members or ()}
        named = members | {id for id in ids if is_person(id)}
        asked = sorted(named.intersection(about))
        found = await asyncio.gather(*(self._is_barred(user, fresh) for user in asked))
        is_barred = dict(zip(asked, found, strict=True))
        return role_book(
            people,
            self._settings.slack,
            dict(zip(group_ids, groups, strict=True)),
            barred=[user for user in asked if is_barred[user]],
            untold=[user for user in named if is_barred.get(user) is None],
        )

    async def _is_barred(self, user: str, fresh: bool) -> bool | None:
        """Whether they may do nothing, whatever set they are in; None when Slack does not tell."""
        try:
            identity = await self._fresh_enough(f"user:{user}", lambda: self._ask_identity(user), fresh=fresh)
        except ServiceUnavailable:
            return None
        return identity.is_deleted or identity.is_bot or identity.is_guest or identity.is_stranger

    async def _group(self, id: str, fresh: bool) -> Group:
        if id.startswith(SCHEDULE):
            return await self._schedule(id, fresh)
        try:
            handles = await self._fresh_enough("handles", self._ask_handles, fresh=fresh)
            members = await self._fresh_enough(f"group:{id}", lambda: self._ask_members(id), fresh=fresh)
        except ServiceUnavailable:
            return Group(handle=id, members=None)
        return Group(handle=handles.get(id, id), members=members)

    async def _schedule(self, id: str, fresh: bool) -> Group:
        """Whoever is on call, found in Slack by their e-mail; who is not in Slack is nobody here."""
        silent = self._kept.get(f"silent:{id}")
        if silent and not fresh and self._clock.now_ms() - silent[0] < SILENT_MS:
            return Group(handle=id, members=None)
        try:
            emails = await self._fresh_enough(
                f"group:{id}", lambda: self._on_call(id.removeprefix(SCHEDULE)), fresh=fresh
            )
            found = [await self.user_with(email) for email in emails]
        except ServiceUnavailable:
            self._kept[f"silent:{id}"] = (self._clock.now_ms(), None)
            return Group(handle=id, members=None)
        return Group(handle=id, members=frozenset(user for user in found if user))

    async def _fresh_enough(self, name: str, ask: Callable[[], Awaitable[T]], *, fresh: bool = False) -> T:
        """What is kept, unless it is old; `fresh`: asked anew, and once more when Slack wants a moment."""
        kept = self._kept.get(name)
        if kept and not fresh and self._clock.now_ms() - kept[0] < KEPT_MS:
            answer: T = kept[1]
            return answer
        try:
            answer = await _told(ask)
        except ServiceUnavailable as busy:
            wait_s = busy.retry_after_s
            if not fresh or wait_s is None or wait_s > WAITED_FOR_S:
                raise
            await self._clock.sleep(wait_s)
            answer = await _told(ask)
        self._kept[name] = (self._clock.now_ms(), answer)
        return answer

    async def _ask_identity(self, user: str) -> Identity:
        try:
            facts = (await self._client.users_info(user=user))["user"]
        except SlackApiError as error:
            if code_of(error) not in ("user_not_found", "user_not_visible"):
                raise
            return Identity(user_id=user, team_id="", is_deleted=True)
        return Identity(
            user_id=user,
            team_id=facts.get("team_id", ""),
            handle=plain(facts.get("name", ""), 40),
            email=(facts.get("profile") or {}).get("email") or "",
            is_bot=bool(facts.get("is_bot")),
            is_guest=bool(facts.get("is_restricted") or facts.get("is_ultra_restricted")),
            is_stranger=bool(facts.get("is_stranger")),
            is_deleted=bool(facts.get("deleted")),
        )

    async def _ask_user_of(self, email: str) -> str:
        """The id of whoever has this e-mail; empty when nobody here has."""
        try:
            return str((await self._client.users_lookupByEmail(email=email))["user"]["id"])
        except SlackApiError as error:
            if code_of(error) != "users_not_found":
                raise
            return ""

    async def _ask_members(self, id: str) -> frozenset[str]:
        return frozenset((await self._client.usergroups_users_list(usergroup=id))["users"])

    async def _ask_handles(self) -> dict[str, str]:
        groups = (await self._client.usergroups_list())["usergroups"]
        return {group["id"]: group["handle"] for group in groups}


async def _told(ask: Callable[[], Awaitable[T]]) -> T:
    try:
        return await ask()
    except SlackApiError as error:
        code, wait_s = code_of(error) or "no answer", retry_after_s(error)
        raise ServiceUnavailable(f"Slack: {code}", retry_after_s=wait_s) from error
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise ServiceUnavailable(f"Slack: {type(error).__name__}") from error


async def _nobody_says(schedule: str) -> tuple[str, ...]:
    raise ServiceUnavailable("PagerDuty is not set up")
