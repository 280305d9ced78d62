"""Does a plan name the variable that gets another value, and hold no secret?"""

from dataclasses import replace

from bot.remediations.app_variable import AppVariable
from bot.remediations.digest import from_json, to_json
from bot.remediations.plan import Plan, Repeat
from bot.remediations.secret import NewSecret, ReadSecret
from tests.bot.remediations.test_plan import PLAN

NEW = NewSecret(
    "password of shop_b", before="rediss://shop_b:", after="@redis.example.com:6379/0", is_quoted=True
)
STEP = AppVariable(app_id="app-1", name="REDIS_URL", value=NEW, undo="Back.")
FLAG = AppVariable(app_id="app-1", name="REDIS_FALLBACK", value="true", undo="Back.")


def test_a_secret_is_shown_as_its_variable_alone() -> None:
    assert STEP.line() == (
        "PUT /v2/apps/app-1 on DigitalOcean with REDIS_URL ••••, and all else of its spec as it is"
    )
    assert "with REDIS_FALLBACK true, and" in FLAG.line()


def test_it_is_kept_and_read_back_as_it_was() -> None:
    steps = (STEP, FLAG, replace(STEP, value=ReadSecret("password of default", is_quoted=True)))
    plan = replace(PLAN, steps=steps)
    assert from_json(Plan, to_json(plan)) == plan


def test_a_new_secret_that_was_lost_has_to_reach_the_app_again() -> None:
    plan = replace(PLAN, steps=(STEP, FLAG, replace(STEP, value=ReadSecret("password of default"))))
    assert [plan.new_secrets(number) for number in range(3)] == [{"password of shop_b"}, set(), set()]
    assert STEP.repeat is Repeat.HARMLESS
