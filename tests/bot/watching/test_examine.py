"""Is each incident's thing found by its runbook, and examined as what it is?"""

from dataclasses import replace
from pathlib import Path

from bot.applications.health import Application
from bot.postgres.postgres import Postgres
from bot.targets.target import Target
from bot.watching.examine import examine, thing_of, verified
from bot.watching.look import look
from tests.bot.intake.test_opening import alert, the_incident
from tests.fixtures.alerts import alertmanager
from tests.fixtures.kinds import small_with_shop


async def test_an_incident_s_thing_is_of_its_runbook_s_kind(tmp_path: Path) -> None:
    async with small_with_shop(tmp_path) as (small, _):
        await alert(small, alertmanager())
        incident = await the_incident(small)
        things = {
            "redis-failure": ("redis-prod", Target),
            "api-server-down": ("shop", Application),
            "database-failure": ("orders", Postgres),
        }
        for runbook, (name, kind) in things.items():
            assert isinstance(thing_of(small.pong, replace(incident, runbook=runbook, target=name)), kind)
        assert thing_of(small.pong, replace(incident, runbook="database-failure", target="shop")) is None
        assert thing_of(small.pong, replace(incident, target=None)) is None


async def test_each_is_examined_and_verified_as_what_it_is(tmp_path: Path) -> None:
    async with small_with_shop(tmp_path) as (small, shop):
        shop.says({"status": "degraded", "checks": {"redis": "disconnected"}}, 503)
        targets = small.pong.targets
        said = {
            name: (await examine(small.pong, targets.find(name)[1])).outcome.says
            for name in ("redis-prod", "shop", "orders")
        }
        assert said == {
            "redis-prod": "refuses connections",
            "shop": "answers",
            "orders": "refuses connections",
        }
        verification, diagnosis = await verified(small.pong, targets.applications.get("shop"))
        assert verification.verdict == "not whole"
        assert [(one.name, one.state) for one in verification.checks] == [
            ("connectivity", "ok"),
            ("status", "failed"),
            ("parts", "failed"),
            ("answer time", "ok"),
        ]
        assert diagnosis.target == "shop"


async def test_a_look_tells_the_worst_of_it_and_what_the_application_says(tmp_path: Path) -> None:
    async with small_with_shop(tmp_path) as (small, shop):
        await alert(small, alertmanager("ApiDown", labels={"app": "shop"}))
        shop.says({"status": "unhealthy"}, 503)
        seen = await look(small.pong, await the_incident(small))
        assert seen is not None
        assert seen.outcome == "shop answers, and shop calls itself unhealthy (HTTP 503)"
        assert (seen.is_healthy, seen.platform) == (False, "Not operational (unhealthy)")
        shop.says({"status": "healthy"})
        seen = await look(small.pong, await the_incident(small))
        assert seen is not None
        assert (seen.outcome, seen.is_healthy, seen.platform) == ("shop answers", True, "Operational")
