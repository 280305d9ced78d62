"""Is a rotation planned with the right user, the same rights and every consumer, or refused?"""

from typing import Any

import pytest

from bot.applications.health import Application
from bot.errors import BadInput, Refused
from bot.remediations.plan import ConfiguredCommand, RedisCommand, Tier
from bot.remediations.rotate import prepare
from tests.bot.remediations.conftest import SceneAt
from tests.fixtures.redis_server import RedisServer

RIGHTS = (
    "~cache:*",
    "~session:*",
    "resetchannels",
    "-@all",
    "+ping",
    "+@read",
    "(~x:* -@all +del)",
)
SHOP = Application(name="shop", credentials_command=("tell-shop",))
WORKER = Application(name="worker", credentials_command=("tell-worker",), health_url="http://127.0.0.1:1/")
USERS = {"users": ("shop_a", "shop_b"), "consumers": (SHOP, WORKER)}


@pytest.fixture
def shop_a(server: RedisServer) -> RedisServer:
    server.command("ACL", "SETUSER", "shop_a", "on", ">first", *RIGHTS)
    return server


def lines(steps: Any) -> list[str]:
    return [step.line() for step in steps]


async def test_planned_both_are_valid_until_the_old_one_is_unused(
    shop_a: RedisServer, scene_at: SceneAt
) -> None:
    with shop_a.client(username="shop_a", password="first") as serving:
        serving.ping()
        async with scene_at(shop_a.url(), allowed="rotate", **USERS) as scene:
            plan, preview = await prepare(scene, ("planned",))
    told = [line.partition("   ")[0] for line in lines(plan.steps)]
    assert told[0].startswith("ACL SETUSER shop_b reset ")
    assert told[0].endswith(" on >••••")
    assert told[1:] == [
        "tell-shop",
        "tell-worker",
        "wait at most 120 s until an application is connected as shop_b",
        "wait at most 300 s until nobody is connected as shop_a",
        "ACL SETUSER shop_a off",
        "wait at most 180 s until worker says that Redis is connected",
        "wait at most 60 s until logins as shop_a were watched for 15 s",
    ]
    assert (plan.tier, plan.least_approvals) == (Tier.ACCESS_CHANGING, 2)
    assert "Applications connected as shop_a now: 127.0.0.1 (1)" in preview.says[0]
    assert "shop, worker" in preview.says[1]


async def test_leaked_the_old_one_ends_first_and_the_consumers_are_told_whatever_anybody_presses(
    shop_a: RedisServer, scene_at: SceneAt
) -> None:
    async with scene_at(shop_a.url(), allowed="rotate", **USERS) as scene:
        plan, _ = await prepare(scene, ("leaked",))
    told = lines(plan.steps)
    assert told[1] == "ACL SETUSER shop_a off resetpass"
    assert told[2].endswith("each client logged in as shop_a")
    assert [plan.may_stop_before(number) for number in range(4)] == [True, True, False, False]


async def test_leaked_users_that_stay_are_named_for_one_may_be_the_thief_s(
    shop_a: RedisServer, scene_at: SceneAt
) -> None:
    shop_a.command("ACL", "SETUSER", "backup", "on", ">unknown", "~*", "+@all")
    with shop_a.client(username="backup", password="unknown") as somebody:
        somebody.ping()
        async with scene_at(shop_a.url(), allowed="rotate", **USERS) as scene:
            said = {word: (await prepare(scene, (word,)))[1].says for word in ("planned", "leaked")}
    line = "Other users that are on, and stay: backup (1 connection). Do you know each of them"
    assert line in said["leaked"]
    assert line not in said["planned"]


async def test_the_new_user_has_exactly_the_rights_of_the_old_one(
    shop_a: RedisServer, scene_at: SceneAt
) -> None:
    async with scene_at(shop_a.url(), allowed="rotate", **USERS) as scene:
        plan, _ = await prepare(scene, ("planned",))
    step = plan.steps[0]
    assert isinstance(step, RedisCommand)
    shop_a.command(*(part if isinstance(part, str) else ">second" for part in step.arguments))
    rights = {}
    for line in shop_a.command("ACL", "LIST"):
        _, name, *rules = line.decode().split(" ")
        # "reset" writes out what is the default.
        rights[name] = [rule for rule in rules if not rule.startswith("#") and rule != "sanitize-payload"]
    assert rights["shop_a"] == rights["shop_b"]


async def test_it_is_the_others_turn_afterwards(shop_a: RedisServer, scene_at: SceneAt) -> None:
    shop_a.command("ACL", "SETUSER", "shop_b", "on", ">second", *RIGHTS)
    shop_a.command("ACL", "SETUSER", "shop_a", "off")
    async with scene_at(shop_a.url(), allowed="rotate", **USERS) as scene:
        plan, _ = await prepare(scene, ("planned",))
    assert plan.title == "Rotate from shop_b to shop_a"


async def test_where_both_are_on_the_one_with_more_connections_serves(
    shop_a: RedisServer, scene_at: SceneAt
) -> None:
    shop_a.command("ACL", "SETUSER", "shop_b", "on", ">second", *RIGHTS)
    with shop_a.client(username="shop_b", password="second") as serving:
        serving.ping()
        async with scene_at(shop_a.url(), allowed="rotate", **USERS) as scene:
            plan, _ = await prepare(scene, ("planned",))
    assert plan.title == "Rotate from shop_b to shop_a"


async def test_sentinels_that_pong_does_not_know_are_locked_out_only_when_the_password_leaked(
    shop_a: RedisServer, scene_at: SceneAt
) -> None:
    name = {"client_name": "sentinel-0e9ddb26-cmd"}
    shop_a.command("ACL", "SETUSER", "shop_a", "+client|setname")
    with shop_a.client(username="shop_a", password="first", **name) as sentinel:
        sentinel.ping()
        async with scene_at(shop_a.url(), allowed="rotate", **USERS) as scene:
            with pytest.raises(Refused, match="Sentinels that Pong does not know log in as shop_a: name all"):
                await prepare(scene, ("planned",))
            _, preview = await prepare(scene, ("leaked",))
    assert "1 Sentinel that Pong does not know, logged in so: will be locked out" in preview.says


async def test_a_replica_with_a_user_of_its_own_keeps_it(shop_a: RedisServer, scene_at: SceneAt) -> None:
    shop_a.command("CONFIG", "SET", "repl-diskless-sync-delay", 0)
    with RedisServer("--replicaof", "127.0.0.1", str(shop_a.port)) as replica:
        shop_a.awaits_replicas(1)
        async with scene_at(shop_a.url(), allowed="rotate", **USERS) as scene:
            plan, preview = await prepare(scene, ("planned",))
        assert f"ACL SETUSER shop_a off   (on 127.0.0.1:{replica.port})" in lines(plan.steps)
    assert "masteruser" not in str(lines(plan.steps))
    assert "On the primary and on 1 replica: users are not replicated" in preview.says


async def test_a_replica_that_logs_in_as_the_old_user_is_told(shop_a: RedisServer, scene_at: SceneAt) -> None:
    shop_a.command("CONFIG", "SET", "repl-diskless-sync-delay", 0)
    shop_a.command("ACL", "SETUSER", "shop_a", "+psync", "+replconf")
    own = ("--masteruser", "shop_a", "--masterauth", "first")
    with RedisServer("--replicaof", "127.0.0.1", str(shop_a.port), *own) as replica:
        shop_a.awaits_replicas(1)
        async with scene_at(shop_a.url(), allowed="rotate", **USERS) as scene:
            plan, _ = await prepare(scene, ("planned",))
        assert f"CONFIG SET masteruser shop_b   (on 127.0.0.1:{replica.port})" in lines(plan.steps)


async def test_a_replica_that_cannot_be_changed_holds_up_no_leak_and_is_left_to_people(
    shop_a: RedisServer, scene_at: SceneAt
) -> None:
    shop_a.command("CONFIG", "SET", "repl-diskless-sync-delay", 0)
    with RedisServer("--replicaof", "127.0.0.1", str(shop_a.port)) as replica:
        shop_a.awaits_replicas(1)
        replica.command("CONFIG", "SET", "requirepass", "another")
        named = f"The replica 127.0.0.1:{replica.port} cannot be changed, for "
        async with scene_at(shop_a.url(), allowed="rotate", **USERS) as scene:
            with pytest.raises(Refused, match=named):
                await prepare(scene, ("planned",))
            plan, preview = await prepare(scene, ("leaked",))
    [left] = [line for line in preview.says if line.startswith(named)]
    assert left.endswith("so end shop_a there by hand (ACL SETUSER shop_a off resetpass)")
    assert str(replica.port) not in str(lines(plan.steps))


async def test_no_plan_holds_a_password(shop_a: RedisServer, scene_at: SceneAt) -> None:
    async with scene_at(shop_a.url(), allowed="rotate", **USERS) as scene:
        plan, _ = await prepare(scene, ("planned",))
    assert "first" not in repr(plan)
    assert "#" not in "".join(lines(plan.steps))
    command = plan.steps[1]
    assert isinstance(command, ConfiguredCommand)
    assert command.line() == "tell-shop   (it reads: shop_b ••••)"


@pytest.mark.parametrize(
    ("changes", "words", "says"),
    [
        ({}, ("soon",), "planned, or has the password leaked"),
        ({"users": ()}, ("planned",), 'Set users = ["app_a", "app_b"]'),
        ({"users": ("a", "a")}, ("planned",), "Between which users"),
        ({"consumers": ()}, ("planned",), "Nobody would be told"),
        ({"consumers": (Application(name="old"),)}, ("planned",), "How old is told a new password"),
    ],
)
async def test_what_is_missing_is_named(
    shop_a: RedisServer, scene_at: SceneAt, changes: dict[str, Any], words: tuple[str, ...], says: str
) -> None:
    async with scene_at(shop_a.url(), allowed="rotate", **(USERS | changes)) as scene:
        with pytest.raises(BadInput, match=says.replace("[", r"\[")):
            await prepare(scene, words)


@pytest.mark.parametrize(
    ("before", "users", "says"),
    [
        (("ACL", "SETUSER", "shop_a", "off"), ("shop_a", "shop_b"), "who serves the applications"),
        (("REPLICAOF", "127.0.0.1", "1"), ("shop_a", "shop_b"), "It is a replica"),
        (("PING",), ("default", "shop_b"), "Pong itself changes this Redis as default"),
        (("ACL", "SETUSER", "default", "-acl|list"), ("shop_a", "shop_b"), "Its users cannot be read"),
    ],
)
async def test_what_would_end_badly_is_refused(
    shop_a: RedisServer, scene_at: SceneAt, before: tuple[str, ...], users: tuple[str, ...], says: str
) -> None:
    shop_a.command(*before)
    async with scene_at(shop_a.url(), allowed="rotate", **(USERS | {"users": users})) as scene:
        with pytest.raises(Refused, match=says):
            await prepare(scene, ("planned",))
