"""Does no action outside Redis come about twice, wherever its engine is killed, and is it told how it ended?

As in test_kill_points.py: a process of its own that dies by SIGKILL.
"""

from pathlib import Path

import pytest

from tests.fixtures import mortal_worlds as worlds
from tests.fixtures.mortal import Action, killed_at_each_point
from tests.fixtures.mortal_worlds import ADDRESS, command

APP = {"digitalocean_app_id": "app-1"}
FLAG = {**APP, "digitalocean_fallback_env": "REDIS_FALLBACK"}
ZONE = {"cloudflare_zone_id": "zone-1"}
WORKFLOW = {"github_repository": "acme/shop", "fallback_workflow": "fallback.yml"}


def switched(n: int) -> str:
    return f"fallback {('on', 'off')[n % 2]}"


ACTIONS = (
    Action(
        name="restart the app by a command",
        types=lambda _: "restart app",
        effects=lambda there: there.runs(),
        application=lambda there: {"restart_command": command(there)},
    ),
    Action(
        name="restart the app at DigitalOcean",
        types=lambda _: "restart app",
        effects=lambda there: there.platform.restarts,
        application=lambda _: APP,
    ),
    Action(
        name="redeploy",
        types=lambda _: "redeploy app",
        effects=lambda there: there.platform.restarts,
        application=lambda _: APP,
    ),
    Action(
        name="another plan at Upstash",
        types=lambda _: "scale fixed_1gb",
        effects=lambda there: len(there.account.changes),
        target=lambda _: {"upstash_database_id": "db-1"},
    ),
    Action(
        name="another size at DigitalOcean",
        types=lambda _: "scale db-s-2vcpu-4gb",
        effects=lambda there: len(there.database.resizes),
        target=lambda _: {"digitalocean_database_id": "db-1"},
    ),
    Action(
        name="fallback by a command",
        types=switched,
        effects=lambda there: there.runs(),
        application=lambda there: {f"fallback_{word}_command": command(there) for word in ("on", "off")},
    ),
    Action(
        name="fallback by a workflow",
        types=switched,
        effects=lambda there: len(there.actions.modes),
        application=lambda _: WORKFLOW,
    ),
    Action(
        name="fallback by a variable",
        types=switched,
        effects=lambda there: there.platform.puts,
        repeatable=True,
        application=lambda _: FLAG,
        well=lambda there: not there.platform.lost,
    ),
    Action(
        name="security level",
        types=lambda _: "protect under_attack",
        effects=lambda there: len(there.zone.changes),
        repeatable=True,
        application=lambda _: ZONE,
        well=lambda there: there.zone.level == "under_attack",
    ),
    Action(
        name="block",
        types=lambda _: f"protect block {ADDRESS}",
        effects=lambda there: len(there.zone.changes),
        application=lambda _: ZONE,
    ),
    Action(
        name="unblock",
        types=lambda _: f"protect unblock {ADDRESS}",
        effects=lambda there: len(there.zone.changes),
        application=lambda _: ZONE,
        ready=worlds.blocked,
    ),
    Action(
        name="rate limit",
        types=lambda _: "protect limit 100 per 10s",
        effects=lambda there: len(there.zone.changes),
        application=lambda _: ZONE,
    ),
    Action(
        name="rate limit off",
        types=lambda _: "protect limit off",
        effects=lambda there: len(there.zone.changes),
        application=lambda _: ZONE,
        ready=worlds.limited,
    ),
    Action(
        name="reset the password at Upstash",
        types=lambda _: "rotate leaked",
        effects=lambda there: there.account.resets + there.runs(),
        repeatable=True,
        application=lambda there: {
            "health_url": worlds.shop(there).url,
            "credentials_command": worlds.tells(there),
        },
        target=lambda _: {"upstash_database_id": "db-1"},
        beside=worlds.a_shop_at_upstash,
        well=worlds.has_a_password_that_works,
    ),
    *(
        Action(
            name=f"rotate by a variable, {word}",
            types=lambda _, word=word: f"rotate {word}",
            effects=worlds.changes_of_access,
            repeatable=True,
            application=lambda there: {
                "health_url": worlds.shop(there).url,
                "digitalocean_app_id": "app-1",
                "digitalocean_redis_env": "REDIS_URL",
                "digitalocean_redis_url": there.server.url() + "/0",
            },
            target=lambda _: {"users": ["shop_a", "shop_b"]},
            beside=worlds.an_app,
            well=worlds.has_the_one_password_that_works,
        )
        for word in ("planned", "leaked")
    ),
)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("action", ACTIONS, ids=[action.name for action in ACTIONS])
async def test_it_comes_about_at_most_once_and_people_are_told(tmp_path: Path, action: Action) -> None:
    assert await killed_at_each_point(tmp_path, action) >= 12
