"""Do the applications get another password, does the old one end, and is the new one nowhere to be read?"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx
import pytest
from redis.exceptions import AuthenticationError
from redis.exceptions import ConnectionError as RedisConnectionError

from bot.execution import before, hands
from bot.execution.effects.effect import Effect
from bot.remediations import reset, rotate
from bot.verification import conditions, refusals
from bot.verification.held import Held, Looker
from tests.bot.execution.test_hands import dies_once
from tests.commands.redis.test_restart import incident
from tests.fixtures.asking import asked
from tests.fixtures.carrying_out import carried_out, confirmed, outcome
from tests.fixtures.cloud import DO_TOKEN, AppPlatform, app_spec, secret_variable
from tests.fixtures.consumer import Consumer, consumer
from tests.fixtures.managed import UPSTASH_SECRETS, UpstashAccount
from tests.fixtures.redis_server import RedisServer
from tests.fixtures.small_pong import DEV, MARIA, SAM, SmallPong, asks


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusals, "WATCHED_S", 0)
    monkeypatch.setattr(rotate, "USED_WITHIN_S", 15)


PEOPLE = {"responders": [SAM], "approvers": [MARIA, DEV, SAM]}


@asynccontextmanager
async def shop(path: Path, server: RedisServer, **more: Any) -> AsyncIterator[tuple[SmallPong, Consumer]]:
    """A shop that is logged in as shop_a, and an incident."""
    server.command("ACL", "SETUSER", "shop_a", "on", ">first", "~*", "resetchannels", "+@all", "-@admin")
    async with consumer(path / "shop.txt", server, user="shop_a", password="first") as one:
        application = {"health_url": one.url, "credentials_command": one.command, **more}
        users = ["shop_a", "shop_b"]
        async with incident(path, server, application=application, people=PEOPLE, users=users) as small:
            yield small, one


async def rotated(small: SmallPong, word: str, *, within_s: float = 60) -> str:
    assert "needs 2 approvals" in await asked(small, asks("rotate", by=SAM, words=(word,)))
    await confirmed(small, [MARIA, DEV])
    return str((await carried_out(small, within_s=within_s))["state"])


def has_come_to(small: SmallPong, number: int) -> Callable[[], Awaitable[bool]]:
    """Whether step `number` is intended or done."""

    async def is_so() -> bool:
        steps = await small.pong.store.read(lambda records: records.approvals.steps(1))
        return any(step["n"] >= number for step in steps)

    return is_so


def may_log_in(server: RedisServer, user: str, password: str) -> bool:
    try:
        with server.client(username=user, password=password) as client:
            return bool(client.ping())
    except AuthenticationError:
        return False


@pytest.mark.parametrize("word", ["planned", "leaked"])
async def test_the_shop_has_another_password_and_the_old_one_ends(
    tmp_path: Path, redis: RedisServer, word: str
) -> None:
    async with shop(tmp_path, redis) as (small, one):
        assert await rotated(small, word) == "succeeded"
        user, password = one.told()
        assert (user, len(password) >= 43) == ("shop_b", True)  # 32 bytes
        assert one.is_connected
        assert may_log_in(redis, user, password)
        assert not may_log_in(redis, "shop_a", "first")
        text = (await outcome(small)).replace("\u2060", "")
        assert "shop says redis connected" in text
        assert "nobody was refused as shop_a" in text


async def test_whoever_was_forgotten_is_named_by_host(
    tmp_path: Path, redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    watches = refusals.refusals_are_watched

    async def forgotten_meanwhile(looker: Looker, user: str) -> Held:
        held = await watches(looker, user)
        assert not may_log_in(redis, "shop_a", "first")
        return held

    monkeypatch.setitem(conditions.CONDITIONS, "refusals-watched", forgotten_meanwhile)
    async with shop(tmp_path, redis) as (small, _):
        assert await rotated(small, "planned") == "succeeded"
        text = (await outcome(small)).replace("\u2060", "")
    assert "1 login as shop_a was refused meanwhile, from 127.0.0.1: somebody there may still have" in text


@asynccontextmanager
async def replica_of(primary: RedisServer) -> AsyncIterator[RedisServer]:
    """Which has the same users as the primary: they are not replicated."""
    with RedisServer("--replicaof", "127.0.0.1", str(primary.port)) as replica:
        replica.wait_for("replication", "master_link_status", "up")
        primary.awaits_replicas(1)
        rules = ("on", ">first", "~*", "resetchannels", "+@all", "-@admin")
        replica.command("ACL", "SETUSER", "shop_a", *rules)
        yield replica


@pytest.mark.parametrize("word", ["planned", "leaked"])
async def test_every_replica_has_the_new_user_and_no_longer_the_old_one(
    tmp_path: Path, redis: RedisServer, word: str
) -> None:
    async with replica_of(redis) as replica, shop(tmp_path, redis) as (small, one):
        with replica.client(username="shop_a", password="first") as reader:
            if word == "leaked":
                assert reader.ping()
            assert await rotated(small, word) == "succeeded", await outcome(small)
            if word == "leaked":
                with pytest.raises((AuthenticationError, RedisConnectionError)):
                    reader.ping()
        _, password = one.told()
        for server in (redis, replica):
            assert may_log_in(server, "shop_b", password)
            assert not may_log_in(server, "shop_a", "first")


async def test_the_old_user_stays_while_somebody_reads_from_a_replica_as_it(
    tmp_path: Path, redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotate, "UNUSED_WITHIN_S", 1)
    async with replica_of(redis) as replica, shop(tmp_path, redis) as (small, _):
        with replica.client(username="shop_a", password="first") as reader:
            assert reader.ping()
            assert await rotated(small, "planned") == "failed"
            assert reader.ping()
        assert "1 connection as shop_a" in (await outcome(small)).replace("\u2060", "")


@asynccontextmanager
async def shop_in_fallback(path: Path, server: RedisServer) -> AsyncIterator[tuple[SmallPong, Consumer]]:
    switch = {"fallback_on_command": ["true"], "fallback_off_command": ["true"]}
    async with shop(path, server, **switch) as (small, one):
        await asked(small, asks("fallback", by=SAM, words=("on",)))
        await confirmed(small, [SAM])
        assert (await carried_out(small))["state"] == "succeeded"
        yield small, one


async def test_in_fallback_mode_a_planned_rotation_waits_for_its_end(tmp_path: Path, redis: RedisServer):
    async with shop_in_fallback(tmp_path, redis) as (small, _):
        told = (await asked(small, asks("rotate", by=SAM, words=("planned",)))).replace("\u2060", "")
        assert "Fallback mode is on, so the applications do not use Redis: switch it off first" in told
        await asked(small, asks("fallback", by=SAM, words=("off",)))
        await confirmed(small, [SAM], id=2)
        await carried_out(small, id=2)
        assert "needs 2 approvals" in await asked(small, asks("rotate", by=SAM, words=("planned",)))


async def test_in_fallback_mode_a_leaked_password_ends_and_nobody_waits_for_the_applications(
    tmp_path: Path, redis: RedisServer
) -> None:
    async with shop_in_fallback(tmp_path, redis) as (small, one):
        told = (await asked(small, asks("rotate", by=SAM, words=("leaked",)))).replace("\u2060", "")
        assert "Fallback mode is on: whether the applications connect is not waited for" in told
        assert "somebody is connected as shop_b" not in told
        assert "says that Redis is connected" not in told
        await confirmed(small, [MARIA, DEV], id=2)
        assert (await carried_out(small, id=2))["state"] == "succeeded"
        assert may_log_in(redis, *one.told())
        assert not may_log_in(redis, "shop_a", "first")


async def test_the_new_password_is_in_no_message_no_event_and_no_store(
    tmp_path: Path, redis: RedisServer, capfd: pytest.CaptureFixture[str]
) -> None:
    async with shop(tmp_path, redis) as (small, one):
        assert await rotated(small, "planned") == "succeeded"
        _, password = one.told()
        assert password not in str(await small.posted())
        assert password not in str([event.data for event in small.noted])
        assert password not in "".join(capfd.readouterr())
    assert not holding(tmp_path, password)


def holding(path: Path, password: str) -> list[Path]:
    """The files of Pong's that hold it."""
    kept = [file for file in path.rglob("*") if file.is_file() and file.name != "shop.txt"]
    assert any(file.suffix == ".db" for file in kept)
    return [file for file in kept if password.encode() in file.read_bytes()]


async def test_a_consumer_that_cannot_be_told_leaves_both_passwords_valid(
    tmp_path: Path, redis: RedisServer
) -> None:
    fails = ["false"]
    async with shop(tmp_path, redis, credentials_command=fails) as (small, one):
        assert await rotated(small, "planned") == "failed"
        assert one.is_connected
        assert may_log_in(redis, "shop_a", "first")
        text = await outcome(small)
        assert "the command ended with 1" in text
        assert "Undo: ACL DELUSER shop_b" in text.replace("\u2060", "")


async def test_while_somebody_still_uses_the_old_one_it_stays(
    tmp_path: Path, redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotate, "UNUSED_WITHIN_S", 1)
    async with shop(tmp_path, redis) as (small, one):
        with redis.client(username="shop_a", password="first") as forgotten:
            forgotten.ping()
            assert await rotated(small, "planned") == "failed"
        assert one.told()[0] == "shop_b"
        assert one.is_connected
        assert may_log_in(redis, "shop_a", "first")
        assert "1 connection as shop_a" in (await outcome(small)).replace("\u2060", "")


@pytest.mark.parametrize("word", ["planned", "leaked"])
@pytest.mark.parametrize("number", range(6))
async def test_an_engine_that_dies_between_two_steps_leaves_every_consumer_a_password_that_works(
    tmp_path: Path, redis: RedisServer, word: str, number: int
) -> None:
    async with shop(tmp_path, redis) as (small, one):
        await asked(small, asks("rotate", by=SAM, words=(word,)))
        await confirmed(small, [MARIA, DEV])
        await dies_once(small, has_come_to(small, number))
        assert (await carried_out(small))["state"] == "succeeded"
        user, password = one.told()
        assert user == "shop_b"
        assert may_log_in(redis, user, password)
        assert not may_log_in(redis, "shop_a", "first")
        assert one.is_connected


async def test_stop_is_not_heard_between_the_end_of_the_old_one_and_the_news_of_the_new(
    tmp_path: Path, redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    closes = hands.kill.run

    async def stopped_meanwhile(*given: Any) -> Effect:
        assert await small.pong.store.write(lambda records: records.approvals.ask_to_stop(1, DEV))
        return await closes(*given)

    monkeypatch.setattr(hands.kill, "run", stopped_meanwhile)
    async with shop(tmp_path, redis) as (small, one):
        await rotated(small, "leaked")
        assert one.told()[0] == "shop_b"
        assert may_log_in(redis, *one.told())


async def test_a_leaked_rotation_is_finished_however_late_pong_comes_back(
    tmp_path: Path, redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(before, "RESUMED_WITHIN_MS", -1)
    async with shop(tmp_path, redis) as (small, one):
        await asked(small, asks("rotate", by=SAM, words=("leaked",)))
        await confirmed(small, [MARIA, DEV])
        await dies_once(small, has_come_to(small, 1))
        assert (await carried_out(small))["state"] == "succeeded"
        assert one.told()[0] == "shop_b"
        assert may_log_in(redis, *one.told())


async def test_one_approver_is_not_enough(tmp_path: Path, redis: RedisServer) -> None:
    async with shop(tmp_path, redis) as (small, _):
        await asked(small, asks("rotate", by=SAM, words=("planned",)))
        assert "asked for this" in await confirmed(small, [SAM])
        await confirmed(small, [MARIA])
        assert await small.pong.store.read(lambda records: records.approvals.execution_of(1)) is None


# -- at Upstash -------------------------------------------------------------------------------------------


@asynccontextmanager
async def upstash_shop(
    path: Path, *, told_by: list[str] | None = None, **account: Any
) -> AsyncIterator[tuple[SmallPong, Consumer, UpstashAccount]]:
    """A shop that is logged in as the default user of a database that Upstash runs, and an incident."""
    with RedisServer() as server:
        server.command("ACL", "SETUSER", "upstash", "on", "nopass", "~*", "+@all")

        def takes(password: str) -> None:
            with server.client(username="upstash", password="any") as provider:
                provider.execute_command("ACL", "SETUSER", "default", "resetpass", f">{password}")
                provider.execute_command("CLIENT", "KILL", "USER", "default")

        there = UpstashAccount(on_reset=takes, **account)
        takes(there.passwords[0])
        url = server.url(user="default", password=there.passwords[0])
        secrets = UPSTASH_SECRETS | {"REDIS_URL": url, "REDIS_REMEDIATION_URL": url}
        async with (
            consumer(path / "shop.txt", server, user="default", password=there.passwords[0]) as one,
            httpx.AsyncClient(transport=Both(there.transport())) as http,
            incident(
                path,
                server,
                application={"health_url": one.url, "credentials_command": told_by or one.command},
                people=PEOPLE,
                secrets=secrets,
                upstash_database_id="db-1",
            ) as small,
        ):
            yield replace(small, pong=replace(small.pong, http=http)), one, there


class Both(httpx.AsyncBaseTransport):
    """A provider's API by its stand-in, everything on this machine by the network."""

    def __init__(self, provider: httpx.MockTransport) -> None:
        self._provider = provider
        self._network = httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        way = self._network if request.url.host == "127.0.0.1" else self._provider
        return await way.handle_async_request(request)

    async def aclose(self) -> None:
        await self._network.aclose()


async def as_read(small: SmallPong) -> str:
    return (await outcome(small)).replace("\u2060", "")


@pytest.mark.parametrize("word", ["planned", "leaked"])
async def test_at_upstash_the_password_is_made_anew_once_and_the_shop_is_told(
    tmp_path: Path, word: str
) -> None:
    async with upstash_shop(tmp_path) as (small, one, account):
        asked_for = await asked(small, asks("rotate", by=SAM, words=(word, "--dry-run")))
        asked_for = asked_for.replace("\u2060", "")
        assert ("There is no overlap at Upstash" in asked_for) is (word == "planned")
        assert "Pong's own access ends too: set REDIS_URL and REDIS_REMEDIATION_URL anew" in asked_for
        assert await rotated(small, word) == "succeeded"
        assert one.told() == ("default", account.passwords[-1])
        assert one.is_connected
        said = await as_read(small)
    assert account.resets == 1
    assert "shop says redis connected" in said
    assert "Next: set REDIS_URL and REDIS_REMEDIATION_URL anew from Upstash's console" in said


async def test_neither_the_old_nor_the_new_credentials_are_in_a_message_an_event_a_log_or_the_store(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    async with upstash_shop(tmp_path) as (small, one, account):
        assert await rotated(small, "leaked") == "succeeded"
        assert one.told()[1] == account.passwords[-1]
        said = str(await small.posted()) + str([event.data for event in small.noted])
        said += "".join(capfd.readouterr()) + caplog.text
    for secret in (*account.passwords, *account.rest_tokens):
        assert secret not in said
        assert not holding(tmp_path, secret)


@pytest.mark.parametrize("loses", [httpx.ReadError, httpx.ReadTimeout])
async def test_a_reset_whose_answer_was_lost_is_looked_up_and_not_repeated(
    tmp_path: Path, loses: type[httpx.TransportError]
) -> None:
    async with upstash_shop(tmp_path, loses=loses) as (small, one, account):
        assert await rotated(small, "leaked") == "succeeded"
        assert one.told() == ("default", account.passwords[-1])
    assert account.resets == 1


async def test_after_a_crash_in_the_middle_of_the_reset_the_present_password_is_read_and_handed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(before, "RESUMED_WITHIN_MS", -1)
    async with upstash_shop(tmp_path, hangs=True) as (small, one, account):

        async def is_reset() -> bool:
            return account.resets > 0

        await asked(small, asks("rotate", by=SAM, words=("leaked",)))
        await confirmed(small, [MARIA, DEV])
        await dies_once(small, is_reset)
        assert (await carried_out(small))["state"] == "succeeded"
        assert one.told() == ("default", account.passwords[-1])
        assert one.is_connected
    assert account.resets == 1


@pytest.mark.parametrize("number", [1, 2, 3])
async def test_after_a_crash_between_two_steps_of_it_the_shop_ends_with_a_password_that_works(
    tmp_path: Path, number: int
) -> None:
    async with upstash_shop(tmp_path) as (small, one, account):
        await asked(small, asks("rotate", by=SAM, words=("leaked",)))
        await confirmed(small, [MARIA, DEV])
        await dies_once(small, has_come_to(small, number))
        assert (await carried_out(small))["state"] == "succeeded"
        assert one.told() == ("default", account.passwords[-1])
        assert one.is_connected
    assert account.resets == 1


@pytest.mark.parametrize("fails", [{"drops": httpx.ReadTimeout}, {"refuses": 500}, {"refuses": 503}])
async def test_a_reset_that_was_not_seen_is_unknown_and_the_shop_keeps_its_password(
    tmp_path: Path, fails: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reset, "SEEN_WITHIN_S", 1)
    async with upstash_shop(tmp_path, **fails) as (small, one, account):
        assert await rotated(small, "leaked") == "unknown"
        assert one.told() == ("default", account.passwords[0])
        assert one.is_connected
        assert "Upstash still has the old password" in await as_read(small)
    assert account.resets == 0


@pytest.mark.parametrize("status", [401, 403, 404, 422, 429])
async def test_a_reset_that_upstash_refuses_is_told(tmp_path: Path, status: int) -> None:
    async with upstash_shop(tmp_path, refuses=status) as (small, one, account):
        assert await rotated(small, "leaked") == "failed"
        assert f"Upstash answered HTTP {status}" in await as_read(small)
        assert one.is_connected
    assert account.resets == 0


@pytest.mark.parametrize(
    ("tells", "said"),
    [
        (0, "not within 1 s: Upstash answered HTTP 500"),
        (2, "the new password is not known: Upstash answered HTTP 500"),
    ],
)
async def test_where_the_new_password_is_not_told_the_card_says_what_was_done(
    tmp_path: Path, tells: int, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reset, "SEEN_WITHIN_S", 1 if tells == 0 else 30)
    monkeypatch.setattr(hands, "READ_WITHIN_S", 0)
    async with upstash_shop(tmp_path, tells=tells) as (small, _, account):
        assert await rotated(small, "leaked") == "failed"
        told = await as_read(small)
    assert account.resets == 1
    assert said in told
    assert "/v2/redis/reset-password/db-1 on Upstash is done. Undo: Cannot be undone" in told
    assert "Next: mend that, then ask again." in told


async def test_a_shop_that_cannot_be_told_is_named_after_the_reset(tmp_path: Path) -> None:
    async with upstash_shop(tmp_path, told_by=["false"]) as (small, _, account):
        assert await rotated(small, "leaked") == "failed"
        told = await as_read(small)
    assert "broke off at false   (it reads: default ••••): the command ended with 1" in told
    assert account.resets == 1


async def test_stop_is_not_heard_while_the_new_password_is_awaited(tmp_path: Path) -> None:
    async with upstash_shop(tmp_path) as (small, one, account):

        async def stops_after_the_reset() -> None:
            while not account.resets:  # noqa: ASYNC110 - the stand-in knows of no event
                await asyncio.sleep(0.01)
            await small.pong.store.write(lambda records: records.approvals.ask_to_stop(1, DEV))

        stops = asyncio.create_task(stops_after_the_reset())
        await rotated(small, "leaked")
        await stops
        assert one.told() == ("default", account.passwords[-1])


async def test_a_password_that_was_reset_meanwhile_is_not_reset_again(tmp_path: Path) -> None:
    async with upstash_shop(tmp_path) as (small, _, account):
        await asked(small, asks("rotate", by=SAM, words=("leaked",)))
        await confirmed(small, [MARIA, DEV])
        account.passwords.append("0" * 32)
        await carried_out(small)
        assert "The plan would be another one now" in await as_read(small)
    assert account.resets == 1


async def test_one_approver_is_not_enough_at_upstash_either(tmp_path: Path) -> None:
    async with upstash_shop(tmp_path) as (small, _, account):
        await asked(small, asks("rotate", by=SAM, words=("leaked",)))
        assert "asked for this" in await confirmed(small, [SAM])
        await confirmed(small, [MARIA])
        assert await small.pong.store.read(lambda records: records.approvals.execution_of(1)) is None
    assert account.resets == 0


# -- at DigitalOcean's App Platform -----------------------------------------------------------------------

IN_THE_CLEAR = "canary-in-the-clear"


@asynccontextmanager
async def app_shop(
    path: Path, server: RedisServer, platform: AppPlatform, **more: Any
) -> AsyncIterator[tuple[SmallPong, Consumer]]:
    """A shop that runs as an app, and has what its variable REDIS_URL says as soon as that is deployed."""
    server.command("ACL", "SETUSER", "shop_a", "on", ">first", "~*", "resetchannels", "+@all", "-@admin")
    async with consumer(path / "shop.txt", server, user="shop_a", password="first") as one:

        def runs_with(variables: Mapping[str, str]) -> None:
            address = urlsplit(variables["REDIS_URL"])
            assert (address.hostname, address.port, address.path) == ("127.0.0.1", server.port, "/0")
            one.is_told(unquote(address.username or ""), unquote(address.password or ""))

        platform.on_deployed = runs_with
        application = {
            "health_url": one.url,
            "digitalocean_app_id": "app-1",
            "digitalocean_redis_env": "REDIS_URL",
            "digitalocean_redis_url": f"redis://127.0.0.1:{server.port}/0",
        }
        async with (
            httpx.AsyncClient(transport=Both(platform.transport())) as http,
            incident(
                path,
                server,
                application=application | more,
                people=PEOPLE,
                secrets={"DIGITALOCEAN_TOKEN": DO_TOKEN},
                users=["shop_a", "shop_b"],
            ) as small,
        ):
            yield replace(small, pong=replace(small.pong, http=http)), one


def an_app(**given: Any) -> AppPlatform:
    """Its Redis address stands in the clear in web, and as a secret in the worker."""
    spec = app_spec(REDIS_URL=f"redis://shop_a:{IN_THE_CLEAR}@127.0.0.1")
    spec["workers"][0]["envs"].append(secret_variable("REDIS_URL", "redis://shop_a:of-the-worker@127.0.0.1"))
    return AppPlatform(spec=spec, **given)


@pytest.mark.parametrize("word", ["planned", "leaked"])
async def test_an_app_is_told_by_its_variable_and_nothing_else_of_its_spec_is_lost(
    tmp_path: Path, redis: RedisServer, word: str
) -> None:
    platform = an_app()
    async with app_shop(tmp_path, redis, platform) as (small, one):
        told = await asked(small, asks("rotate", by=SAM, words=(word, "--dry-run")))
        told = told.replace("\u2060", "")
        assert "PUT /v2/apps/app-1 on DigitalOcean with REDIS_URL ••••, and all else" in told
        assert "shop will be told the new password. Make sure that nobody else" in told
        assert "REDIS_URL of shop stands in web, mailer" in told
        assert "Runs now: deployment before-0 is active (commit 0ld0ld0" in told
        assert platform.puts == 0
        assert await rotated(small, word) == "succeeded", await as_read(small)
        user, password = one.told()
        assert (user, len(password) >= 43, one.is_connected) == ("shop_b", True, True)
        assert may_log_in(redis, user, password)
        assert not may_log_in(redis, "shop_a", "first")
        assert "shop says redis connected" in await as_read(small)
    assert (platform.puts, platform.lost, platform.changed) == (1, [], ["mailer.REDIS_URL"])
    assert platform.variables("mailer")["REDIS_URL"] == platform.variables()["REDIS_URL"]
    assert platform.variables("mailer")["SMTP"] == "smtp-of-a-test"
    assert "of-a-test" not in str(platform.spec)


async def test_no_value_of_the_spec_and_no_password_is_in_a_message_an_event_a_log_or_the_store(
    tmp_path: Path, redis: RedisServer, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    platform = an_app(loses=True)
    encrypted = [one["value"] for one in (*platform.spec["envs"], *platform.spec["workers"][0]["envs"])]
    async with app_shop(tmp_path, redis, platform) as (small, one):
        assert await rotated(small, "leaked") == "succeeded"
        password = one.told()[1]
        said = str(await small.posted()) + str([event.data for event in small.noted])
        said += "".join(capfd.readouterr()) + caplog.text
    values = [value for value in encrypted if value.startswith("EV[")]
    assert len(values) == 3
    for secret in (password, IN_THE_CLEAR, "of-the-worker", "of-a-test", "buildpack-stack", *values):
        assert secret not in said
        assert not holding(tmp_path, secret)


@pytest.mark.parametrize(
    ("word", "number"),
    [("planned", 1), ("planned", 2), ("planned", 4), ("leaked", 1), ("leaked", 3), ("leaked", 4)],
)
async def test_an_engine_that_dies_between_two_steps_leaves_the_app_a_password_that_works(
    tmp_path: Path, redis: RedisServer, word: str, number: int
) -> None:
    platform = an_app()
    async with app_shop(tmp_path, redis, platform) as (small, one):
        await asked(small, asks("rotate", by=SAM, words=(word,)))
        await confirmed(small, [MARIA, DEV])
        await dies_once(small, has_come_to(small, number))
        assert (await carried_out(small))["state"] == "succeeded"
        user, password = one.told()
        assert (user, one.is_connected) == ("shop_b", True)
        assert may_log_in(redis, user, password)
        assert not may_log_in(redis, "shop_a", "first")
    assert platform.lost == []


@pytest.mark.parametrize("word", ["planned", "leaked"])
async def test_a_secret_that_a_crash_lost_reaches_the_app_as_another_one(
    tmp_path: Path, redis: RedisServer, word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    really, sent = hands.app_variable.change, []

    async def then_stands_still(*given: Any, value: str, **how: Any) -> Effect:
        sent.append(value)
        await really(*given, value=value, **how)
        await asyncio.Event().wait()
        raise AssertionError

    platform = an_app()
    async with app_shop(tmp_path, redis, platform) as (small, one):

        async def is_taken() -> bool:
            return platform.restarts > 0

        await asked(small, asks("rotate", by=SAM, words=(word,)))
        await confirmed(small, [MARIA, DEV])
        with monkeypatch.context() as patched:
            patched.setattr(hands.app_variable, "change", then_stands_still)
            await dies_once(small, is_taken)
        assert (await carried_out(small))["state"] == "succeeded"
        assert may_log_in(redis, *one.told())
        assert one.told()[1] not in sent[0]
    assert (platform.puts, platform.lost) == (2, [])


async def test_where_the_spec_is_not_told_for_a_moment_the_app_is_told_all_the_same(
    tmp_path: Path, redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    really, asks_left = hands.app_variable.change, [200, 503]

    async def at_first_not(*given: Any, **how: Any) -> Effect:
        platform.reads = asks_left.pop()
        return await really(*given, **how)

    monkeypatch.setattr(hands.app_variable, "change", at_first_not)
    monkeypatch.setattr(hands, "READ_EVERY_S", 0.01)
    platform = an_app()
    async with app_shop(tmp_path, redis, platform) as (small, one):
        assert await rotated(small, "leaked") == "succeeded"
        assert may_log_in(redis, *one.told())
    assert (asks_left, platform.puts) == ([], 1)


@pytest.mark.parametrize("word", ["planned", "leaked"])
async def test_a_spec_whose_answer_was_lost_is_looked_up_and_sent_once(
    tmp_path: Path, redis: RedisServer, word: str
) -> None:
    platform = an_app(loses=True)
    async with app_shop(tmp_path, redis, platform) as (small, one):
        assert await rotated(small, word) == "succeeded"
        assert may_log_in(redis, *one.told())
    assert platform.puts == 1


async def test_a_deployment_that_fails_leaves_the_old_password_valid_and_says_what_to_do(
    tmp_path: Path, redis: RedisServer
) -> None:
    platform = an_app(ends="ERROR")
    async with app_shop(tmp_path, redis, platform) as (small, one):
        assert await rotated(small, "planned") == "failed"
        told = await as_read(small)
        assert one.told() == ("shop_a", "first")
        assert one.is_connected
        assert may_log_in(redis, "shop_a", "first")
    assert "deployment after-1 is error (commit 0ld0ld0), so what ran before it goes on: read its log" in told
    assert "with REDIS_URL ••••, and all else of its spec as it is is done. Undo: Give shop the" in told
    assert "Next: mend that, then ask again." in told


async def test_after_a_deployment_that_failed_it_can_be_asked_for_again(
    tmp_path: Path, redis: RedisServer
) -> None:
    platform = an_app(ends="ERROR")
    async with app_shop(tmp_path, redis, platform) as (small, one):
        assert await rotated(small, "leaked") == "failed"
        assert "deployment after-1 is error" in await as_read(small)
        assert not one.is_connected
        platform.mends()
        await asked(small, asks("rotate", by=SAM, words=("leaked",)))
        await confirmed(small, [MARIA, DEV], id=2)
        assert (await carried_out(small, id=2))["state"] == "succeeded"
        assert may_log_in(redis, *one.told())
        assert one.is_connected


@pytest.mark.parametrize("status", [401, 404, 409])
async def test_a_spec_that_digitalocean_refuses_is_told_and_both_passwords_stay(
    tmp_path: Path, redis: RedisServer, status: int
) -> None:
    platform = an_app(refuses=status)
    async with app_shop(tmp_path, redis, platform) as (small, one):
        assert await rotated(small, "planned") == "failed"
        assert f"DigitalOcean answered HTTP {status}" in await as_read(small)
        assert one.is_connected
        assert may_log_in(redis, "shop_a", "first")
    assert platform.puts == 1


async def test_a_spec_that_was_not_taken_twice_is_unknown(tmp_path: Path, redis: RedisServer) -> None:
    platform = an_app(refuses=500)
    async with app_shop(tmp_path, redis, platform) as (small, one):
        assert await rotated(small, "planned") == "unknown"
        told = await as_read(small)
        assert one.is_connected
    assert "DigitalOcean answered HTTP 500, twice, and REDIS_URL is as it was" in told
    assert "Next: look whether it happened" in told
    assert platform.puts == 2


@pytest.mark.parametrize(
    ("becomes", "said"),
    [
        (lambda there: there.deploys("BUILDING"), "is being deployed (deployment other-1 is building)"),
        (lambda there: setattr(there, "reads", 500), "Nothing was planned: DigitalOcean answered HTTP 500"),
        (lambda there: setattr(there, "is_pinned", True), "is pinned"),
        (lambda there: there.spec.update(services=[], workers=[]), "Its app spec has no REDIS_URL"),
    ],
)
async def test_what_would_end_badly_at_the_app_is_refused_before_and_after_the_approval(
    tmp_path: Path, redis: RedisServer, becomes: Callable[[AppPlatform], None], said: str
) -> None:
    platform = an_app()
    async with app_shop(tmp_path, redis, platform) as (small, _):
        await asked(small, asks("rotate", by=SAM, words=("planned",)))
        await confirmed(small, [MARIA, DEV])
        becomes(platform)
        assert (await carried_out(small))["state"] == "failed"
        assert said in await as_read(small)
        again = await asked(small, asks("rotate", by=SAM, words=("planned",)))
        assert said in again.replace("\u2060", "")
    assert platform.puts == 0


async def test_a_deployment_since_the_approval_makes_it_another_plan(
    tmp_path: Path, redis: RedisServer
) -> None:
    platform = an_app()
    async with app_shop(tmp_path, redis, platform) as (small, _):
        await asked(small, asks("rotate", by=SAM, words=("planned",)))
        await confirmed(small, [MARIA, DEV])
        platform.deploys("ACTIVE")
        assert (await carried_out(small))["state"] == "failed"
        assert "The plan would be another one now" in await as_read(small)
    assert platform.puts == 0
