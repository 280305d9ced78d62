"""Does a plan show its steps and hold no secret, and when would it lose more than was approved?"""

from dataclasses import fields, replace

import pytest

from bot.approvals.approval import Policy
from bot.remediations.compared import is_met_already, loses_more
from bot.remediations.plan import (
    ConfiguredCommand,
    HttpCall,
    Plan,
    Preview,
    RedisCommand,
    RedisSweep,
    Repeat,
    Tier,
    Wait,
)
from bot.remediations.secret import NewSecret, ReadSecret, SecretRef

SWEEP = RedisSweep(prefix="cache:", undo="Cannot be undone.")
PLAN = Plan(
    remediation="clear",
    title="Clear cache",
    target="redis-prod",
    address="10.0.0.5:6379",
    tier=Tier.DATA_LOSING,
    steps=(
        SWEEP,
        RedisCommand(
            arguments=("ACL", "SETUSER", "app", NewSecret("app password")),
            undo="remove it",
            repeat=Repeat.HARMLESS,
        ),
        HttpCall(
            service="digitalocean",
            method="POST",
            path="/v2/apps/1",
            undo="deploy the one before",
            repeat=Repeat.CHECK,
            fields=(("force_build", True), ("tries", 1), ("token", SecretRef("DIGITALOCEAN_TOKEN"))),
        ),
        ConfiguredCommand(arguments=("restart", "now"), undo="none", repeat=Repeat.NEVER),
        Wait(at_most_s=90.5, until="the deployment is active", condition="redis-answers"),
    ),
    lost="cached answers only",
    undo="Cannot be undone",
    preconditions=("the server is a primary",),
    goal="memory under 70 %",
    goal_percent=70,
)
PREVIEW = Preview(
    measured_at_ms=1_767_229_860_123,
    classes=("cache",),
    keys=812_000,
    keys_margin=7_000,
    sampled_keys=10_004,
    database_keys=1_200_000,
    freed_bytes=181_000_000,
    ttl_share=0.48,
    memory_before_percent=97.1,
    memory_after_percent=27,
    untouched=("rate limits", "sessions"),
)
POLICY = Policy(tier=Tier.DATA_LOSING)


def test_a_secret_is_a_name_and_never_a_value() -> None:
    command = PLAN.steps[1]
    assert command.line() == "ACL SETUSER app ••••"
    assert [field.name for field in fields(SecretRef)] == ["name", "kind"]
    for kind in (NewSecret, ReadSecret):
        assert [field.name for field in fields(kind)] == ["name", "before", "after", "is_quoted", "kind"]


def test_each_step_says_itself_in_one_line() -> None:
    assert [step.line() for step in PLAN.steps] == [
        "SCAN MATCH cache:* COUNT 500, then UNLINK of each batch, paced",
        "ACL SETUSER app ••••",
        "POST /v2/apps/1 on digitalocean with force_build True, tries 1, token ••••",
        "restart now",
        "wait at most 90.5 s until the deployment is active",
    ]
    assert replace(SWEEP, gentle=True).line().endswith("paced gently")


@pytest.mark.parametrize(
    ("changes", "is_more"),
    [
        ({"keys": 819_000}, False),
        ({"keys": 819_001}, True),
        ({"keys": 1}, False),
        ({"keys": 1, "keys_margin": 900_000}, False),
        ({"classes": ("cache", "sessions")}, True),
        ({"classes": ("sessions",)}, True),
        ({"freed_bytes": 999_000_000}, False),
    ],
)
def test_only_more_keys_or_another_class_supersedes(changes: dict[str, object], is_more: bool) -> None:
    assert loses_more(replace(PREVIEW, **changes), PREVIEW) is is_more  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("approved", "now", "is_met"),
    [
        (101, 2, True),
        (101, 69.9, True),
        (101, 70, False),
        (60, 2, False),
        (101, None, False),
        (None, 2, False),
    ],
)
@pytest.mark.parametrize(
    "for_memory",
    [PLAN, replace(PLAN, goal_percent=None, needed_over_percent=70)],
    ids=["that is to fall", "whose limit is raised"],
)
def test_a_plan_for_memory_over_its_goal_is_met_once_it_fell_under_it(
    for_memory: Plan, approved: float | None, now: float | None, is_met: bool
) -> None:
    then, measured = (replace(PREVIEW, memory_before_percent=one) for one in (approved, now))
    assert is_met_already(for_memory, measured, then) is is_met
    assert not is_met_already(
        replace(for_memory, goal_percent=None, needed_over_percent=None), measured, then
    )


@pytest.mark.parametrize(
    ("approved", "now", "is_more"),
    [
        (0, 2**20, False),
        (0, 2**20 + 1, True),
        (5_000_000, 11_000_000, False),
        (5_000_000, 12_000_000, True),
        (100, None, True),
        (None, 10**9, False),
        (None, None, False),
    ],
)
def test_a_replica_that_fell_further_behind_is_more_to_lose(
    approved: int | None, now: int | None, is_more: bool
) -> None:
    was, is_now = (Preview(measured_at_ms=1, behind_bytes=one) for one in (approved, now))
    assert loses_more(is_now, was) is is_more
