"""Is every way to delete something without the right people's word refused, and kept in the timeline?"""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from bot.people import Group, Identity
from bot.store.inbox import SLACK
from tests.bot.intake.test_opening import alert
from tests.fixtures.alerts import alertmanager
from tests.fixtures.asking import asked
from tests.fixtures.carrying_out import carried_out, the_offer
from tests.fixtures.redis_server import RedisServer
from tests.fixtures.small_pong import (
    DEV,
    ELSE,
    GUEST,
    MARIA,
    SAM,
    TEAM,
    VERA,
    GivenSlack,
    SmallPong,
    asks,
    small_pong,
)

GONE, BOT, NAMESAKE = "U0GONE", "U0BOT", "U0NAMESAKE"
KEYS = 340


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    with RedisServer() as running:
        for prefix, keys in (("cache", 300), ("session", 30), ("job", 10)):
            running.fill(prefix, value_bytes=100, keys_most=keys)
        yield running


# -- what an attacker, a mistake or a late click can do ---------------------------------------------------


async def clear(small: SmallPong, by: str = SAM, word: str = "cache") -> None:
    await asked(small, asks("clear", by=by, words=(word, "redis-prod")))


async def press(small: SmallPong, by: str, verb: str = "approve", **more: Any) -> None:
    offer = await the_offer(small)
    await asked(small, asks(verb, by=by, **({"via": "button", "ref": offer.approval.ref} | more)))


async def own_request(small: SmallPong) -> None:
    await clear(small, MARIA)
    await press(small, MARIA)


def presses(by: str) -> "Attack":
    async def does(small: SmallPong) -> None:
        await clear(small)
        await press(small, by)

    return does


async def removed_after_the_click(small: SmallPong) -> None:
    await clear(small)
    await press(small, DEV)
    small.directory.groups["S0SRE"] = Group(handle="sre-oncall", members=frozenset({MARIA}))


async def votes_twice(small: SmallPong) -> None:
    await clear(small)
    await press(small, DEV)
    await press(small, DEV)


def changed_in_the_store(change: Callable[[dict[str, Any]], None]) -> "Attack":
    """Approved by Dev, and then somebody writes into the store what they would rather run."""

    async def does(small: SmallPong) -> None:
        await clear(small)
        await press(small, DEV)

        async def write(records: Any) -> None:
            row = await records.approvals.get(1)
            change(row["facts"])
            await records.approvals.save(1, state=row["state"], facts=row["facts"])

        await small.pong.store.write(write)

    return does


def other_prefix(facts: dict[str, Any]) -> None:
    facts["plan"]["steps"][0]["prefix"] = "session:"


def other_target(facts: dict[str, Any]) -> None:
    facts["plan"]["target"] = "redis-jobs"


async def another_incident(small: SmallPong) -> None:
    await alert(small, alertmanager(labels={"target": "redis-jobs"}))
    await clear(small)
    await press(small, DEV)
    sql = "UPDATE approvals SET incident_id = 2 WHERE id = 1"
    await small.pong.store.write(lambda records: records.approvals._connection.run(sql))


async def late_vote(small: SmallPong) -> None:
    await clear(small)
    small.clock.advance(15 * 60)
    await press(small, DEV)


async def late_run(small: SmallPong) -> None:
    await clear(small)
    await press(small, DEV)
    small.clock.advance(5 * 60 + 1)


async def replayed(small: SmallPong) -> None:
    """The same interaction comes twice, and then once more under another id."""
    await clear(small)
    offer = await the_offer(small)
    body = asks("deny", by=DEV, via="modal", ref=offer.approval.ref).to_json()
    taken = [
        await small.pong.store.write(
            lambda records: records.inbox.accept(SLACK, "one-click", body, at_ms=small.clock.now_ms())
        )
        for _ in range(2)
    ]
    assert taken[1] is None
    await press(small, DEV, "deny", via="modal", values={"reason": "no"})
    await press(small, DEV)


async def forged(small: SmallPong) -> None:
    await clear(small)
    await press(small, DEV, ref=f"1:{'0' * 12}")


async def closed(small: SmallPong) -> None:
    await clear(small)
    await press(small, DEV)

    async def over(records: Any) -> None:
        incident = await records.incidents.get(1)
        ended = incident.resolved(by=MARIA, at_ms=small.clock.now_ms(), root_cause="known", fix="mended")
        await records.incidents.save(ended)

    await small.pong.store.write(over)


def typed(via: str) -> "Attack":
    async def does(small: SmallPong) -> None:
        await clear(small)
        await press(small, DEV, via=via)

    return does


def viewer(verb: str, **more: Any) -> "Attack":
    async def does(small: SmallPong) -> None:
        await clear(small)
        await press(small, VERA, verb, **more)

    return does


async def runbook_changed(small: SmallPong) -> None:
    await clear(small)
    await press(small, DEV)
    runbook = small.pong.runbooks["redis-failure"]
    changed = {"redis-failure": replace(runbook, acknowledgement="Somebody looks")}
    small.pong = replace(small.pong, runbooks=changed)


async def deactivated_after_the_click(small: SmallPong) -> None:
    """Dev stands in pong.toml by his own id: there his account still is, and Slack says that it has ended."""
    await clear(small)
    await press(small, DEV)
    small.directory.identities[DEV] = Identity(user_id=DEV, team_id=TEAM, is_deleted=True)


async def label_of_another_host(small: SmallPong) -> None:
    await alert(small, alertmanager(labels={"target": "redis-evil", "instance": "evil.example:6379"}))
    await asked(small, asks("clear", by=SAM, words=("cache", "redis-evil")))


def pattern(word: str) -> "Attack":
    async def does(small: SmallPong) -> None:
        await clear(small, word=word)

    return does


Attack = Callable[[SmallPong], Awaitable[None]]
NOT_APPROVED = "What would run now is not what was approved"
MODAL = {"via": "modal", "values": {"reason": "x", "root_cause": "made up", "fix": "none at all"}}


@dataclass(frozen=True, kw_only=True)
class Refused:
    """How it is tried, what is answered ("" for nothing), and which event keeps it."""

    name: str
    by: Attack
    says: str
    kept: str = "request.refused"
    tables: tuple[tuple[str, Any], ...] = ()


BY_OWN_IDS = (
    ("people", {"responders": [MARIA, DEV, SAM], "approvers": [MARIA, DEV]}),
    ("approval", {"need": {"clear": 2}}),
)
ATTACKS = (
    Refused(name="own request", by=own_request, says="so somebody else has to approve it"),
    Refused(name="outside the set", by=presses(VERA), says="You may not decide on this"),
    Refused(name="a responder outside the set", by=presses("U0SAM2"), says="You may not decide on this"),
    Refused(
        name="removed between the click and the run",
        by=removed_after_the_click,
        says=f"<@{DEV}> may not approve this any more",
        kept="execution.refused",
    ),
    Refused(name="second vote", by=votes_twice, says="You have voted on this already", tables=BY_OWN_IDS),
    Refused(
        name="changed parameters",
        by=changed_in_the_store(other_prefix),
        says=NOT_APPROVED,
        kept="execution.refused",
    ),
    Refused(
        name="another target",
        by=changed_in_the_store(other_target),
        says=NOT_APPROVED,
        kept="execution.refused",
    ),
    Refused(name="another incident", by=another_incident, says=NOT_APPROVED, kept="execution.refused"),
    Refused(name="expired to approve", by=late_vote, says="The time to approve this is over"),
    Refused(name="expired to run", by=late_run, says="came too long ago to run", kept="execution.refused"),
    Refused(name="replayed", by=replayed, says="This was denied"),
    Refused(name="forged button", by=forged, says="This button belongs to an older plan"),
    Refused(name="closed incident", by=closed, says="The incident is resolved", kept="execution.refused"),
    Refused(name="runbook changed", by=runbook_changed, says=NOT_APPROVED, kept="execution.refused"),
    Refused(
        name="deactivated between the click and the run",
        by=deactivated_after_the_click,
        says=f"<@{DEV}> may not approve this any more",
        kept="execution.refused",
        tables=(("people", {"responders": [MARIA, DEV, SAM], "approvers": [MARIA, DEV]}),),
    ),
    Refused(name="same display name", by=presses(NAMESAKE), says="You may not decide on this"),
    Refused(name="guest", by=presses(GUEST), says="Guests of the workspace cannot use Pong"),
    Refused(name="Slack Connect", by=presses(ELSE), says="only for members of its own workspace"),
    Refused(name="deactivated", by=presses(GONE), says="This account is deactivated"),
    Refused(name="bot", by=presses(BOT), says=""),
    Refused(name="by text", by=typed("mention"), says="Only the Approve button approves"),
    Refused(name="by slash command", by=typed("command"), says="Only the Approve button approves"),
    Refused(name="denied by a viewer", by=viewer("deny", **MODAL), says="You may not decide on this"),
    Refused(name="held by a viewer", by=viewer("hold", ref="1"), says="You may not do this"),
    Refused(name="stopped by a viewer", by=viewer("stop"), says="You may not do this"),
    Refused(name="resolved by a viewer", by=viewer("resolve", **MODAL, ref="1"), says="You may not do this"),
    Refused(name="signed off by a viewer", by=viewer("sign_off", **MODAL), says="You may not decide on this"),
    Refused(name="glass broken by a viewer", by=viewer("break_glass", **MODAL), says="is empty"),
    Refused(
        name="a label that names another host",
        by=label_of_another_host,
        says="There is no target",
    ),
    Refused(name="every key", by=pattern("*"), says="Name a class of keys, not a pattern"),
    Refused(name="a pattern", by=pattern("cache:*"), says="Name a class of keys, not a pattern"),
    Refused(name="a prefix that no class is", by=pattern("session:"), says=""),
)


@pytest.mark.parametrize("attack", ATTACKS, ids=[attack.name for attack in ATTACKS])
async def test_nothing_is_deleted_and_the_attempt_is_kept(
    tmp_path: Path, server: RedisServer, attack: Refused
) -> None:
    async with defended(tmp_path, server, dict(attack.tables)) as small:
        await attack.by(small)
        await run_what_may(small)
        assert server.command("DBSIZE") == KEYS
        kinds = [event.kind for event in small.noted]
        assert attack.kept in kinds, kinds
        assert not {"execution.step", "execution.succeeded"} & set(kinds)
        posts = [json.dumps(post, ensure_ascii=False) for post in await small.posted()]
        assert any(attack.says in post for post in posts), posts[-1]


@asynccontextmanager
async def defended(path: Path, server: RedisServer, tables: dict[str, Any]) -> AsyncIterator[SmallPong]:
    """Incident 1 is open on redis-prod, one of two that Pong may change; there are all kinds of people."""
    secrets = {"REDIS_URL": server.url(), "REDIS_REMEDIATION_URL": server.url()}
    targets = {name: {"labels": {"target": name}} for name in ("redis-prod", "redis-jobs")}
    async with small_pong(path, tables={"secrets": secrets, "targets": targets} | tables) as small:
        people = {
            GONE: Identity(user_id=GONE, team_id=TEAM, is_deleted=True),
            BOT: Identity(user_id=BOT, team_id=TEAM, is_bot=True),
            NAMESAKE: Identity(user_id=NAMESAKE, team_id=TEAM, handle="dev"),
        }
        small.directory.identities |= people
        small.directory.groups["S0SRE"] = Group(
            handle="sre-oncall", members=frozenset({MARIA, DEV, GUEST, ELSE, GONE, BOT})
        )
        slack = GivenSlack(small.clock.now_ms())
        small = replace(small, pong=replace(small.pong, slack=slack))
        await alert(small, alertmanager())
        yield small


async def run_what_may(small: SmallPong) -> None:
    """An engine takes what is there to be run, if anything is."""
    now_ms = small.clock.now_ms()
    small.pong.slack.answered_ms = now_ms  # type: ignore[misc]
    if await small.pong.store.read(lambda records: records.approvals.has_work(now_ms=now_ms)):
        assert (await carried_out(small))["state"] == "failed"
