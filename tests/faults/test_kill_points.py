"""Does no action on Redis come about twice, wherever its engine is killed, and are people told how it ended?

The engine is a process of its own that dies by SIGKILL; test_kill_redis.py and its neighbours kill all of
Pong, with Slack beside it.
"""

from pathlib import Path

import pytest

from tests.fixtures import mortal_worlds as worlds
from tests.fixtures.mortal import Action, killed_at_each_point
from tests.fixtures.mortal_worlds import command, keys

ACTIONS = (
    Action(
        name="clear a class",
        types=lambda _: "clear cache",
        effects=lambda there: there.calls("unlink"),
        repeatable=True,
        ready=keys,
        well=lambda there: there.server.command("DBSIZE") == 40,
    ),
    Action(
        name="FLUSHDB", types=lambda _: "flush db", effects=lambda there: there.calls("flushdb"), ready=keys
    ),
    Action(
        name="FLUSHALL",
        types=lambda _: "flush all redis-prod",
        effects=lambda there: there.calls("flushall"),
        target=lambda _: {"flushall": True},
        ready=keys,
    ),
    Action(
        name="restart Redis",
        types=lambda _: "restart redis",
        effects=lambda there: there.runs(),
        target=lambda there: {
            "restart_command": command(there, first=f"kill -9 $(cat {worlds.pid_file(there)}); ")
        },
        ready=worlds.kept_alive,
        well=lambda there: there.server.command("PING") is True,
    ),
    Action(
        name="failover",
        types=lambda _: "failover",
        effects=worlds.failovers,
        beside=worlds.sentinels,
        ready=worlds.settled,
    ),
    Action(
        name="CONFIG SET maxmemory",
        types=lambda n: f"scale {100 + n}mb",
        effects=lambda there: there.calls("config|set") + there.calls("config|rewrite"),
        repeatable=True,
        has_file=True,
    ),
    Action(
        name="SCRIPT KILL",
        types=lambda _: "kill script",
        effects=lambda there: there.calls("script|kill"),
        ready=worlds.a_script,
    ),
    Action(
        name="CLIENT KILL",
        types=lambda _: "kill name:leak",
        effects=lambda there: there.calls("client|kill"),
        repeatable=True,
        ready=worlds.leaking_clients,
        well=worlds.has_no_leak,
    ),
    *(
        Action(
            name=f"rotate, {word}",
            types=lambda _, word=word: f"rotate {word}",
            effects=worlds.changes_of_access,
            repeatable=True,
            application=lambda there: {
                "health_url": worlds.shop(there).url,
                "credentials_command": worlds.tells(there),
            },
            target=lambda _: {"users": ["shop_a", "shop_b"]},
            beside=worlds.a_shop,
            well=worlds.has_the_one_password_that_works,
        )
        for word in ("planned", "leaked")
    ),
)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("action", ACTIONS, ids=[action.name for action in ACTIONS])
async def test_it_comes_about_at_most_once_and_people_are_told(tmp_path: Path, action: Action) -> None:
    assert await killed_at_each_point(tmp_path, action) >= 12
