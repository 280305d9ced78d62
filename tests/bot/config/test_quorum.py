"""Is it found at the start that too few people could approve, or that one alone could do what never is?"""

import re
from typing import Any

import pytest

from bot.catalog import REMEDIATIONS
from bot.config.quorum import faults
from bot.config.settings import Settings

SLACK = {"team": "T0PONG", "incidents_channel": "C0INC"}

# A database whose password can be reset there; only some applications can be told the new one.
AT_UPSTASH = {"upstash_database_id": "db-1", "consumers": ["silent"]}


def found(people: dict[str, Any], approval: dict[str, Any] | None = None, **target: Any) -> list[str]:
    table = {"slack": SLACK, "people": people, "approval": approval or {}, "targets": {"one": target}}
    table["applications"] = {"told": {"credentials_command": ["tell"]}, "silent": {}}
    return faults(Settings.model_validate(table), REMEDIATIONS)


def escalating(ladder: dict[str, Any], **provider: Any) -> list[str]:
    table = {"slack": SLACK, "escalation": ladder, "providers": {"upstash": provider}}
    table["targets"] = {"one": {"provider": "upstash"}, "two": {}}
    return faults(Settings.model_validate(table), REMEDIATIONS)


@pytest.mark.parametrize(
    ("approvers", "need", "target", "said"),
    [
        (["U0DEV", "S0SRE"], {}, {}, ""),
        (["U0DEV", "U0BOSS"], {"flush": 2}, {}, "flush needs 2 people .* there are 2"),
        (["U0DEV", "U0BOSS", "U0SAM"], {"flush": 2}, {}, ""),
        (["U0DEV", "U0BOSS", "S0SRE"], {}, {"flushall": True}, "there are 2"),
        (["U0DEV"], {}, {"users": ["a", "b"]}, "rotate needs 2 people .* there are 1"),
        (["U0DEV", "U0BOSS"], {}, AT_UPSTASH | {"consumers": ["told"]}, "rotate needs 2 .* there are 2"),
        (["U0DEV", "U0BOSS"], {}, AT_UPSTASH, ""),
    ],
)
def test_more_approvals_than_people_could_give_are_refused(
    approvers: list[str], need: dict[str, int], target: dict[str, Any], said: str
) -> None:
    lines = found({"approvers": approvers}, {"need": need}, **target)
    assert len(lines) == (1 if said else 0)
    assert all(re.search(said, line) for line in lines)


@pytest.mark.parametrize("setting", [{"need": {"flsh": 2}}, {"break_glass": ["flsh"]}])
def test_an_action_that_is_none_of_ours_is_named_with_those_that_are(setting: dict[str, Any]) -> None:
    people = {"approvers": ["U0A", "U0B", "U0C"], "break_glass": ["U0A"] if "break_glass" in setting else []}
    [line] = found(people, setting)
    assert "there is no action “flsh”: write one of clear, failover" in line


@pytest.mark.parametrize("name", ["flush", "rotate"])
def test_what_two_have_to_agree_to_is_never_for_one_alone(name: str) -> None:
    people = {"approvers": ["U0DEV", "U0SAM", "U0VERA"], "break_glass": ["U0DEV"]}
    assert (
        f"approval.break_glass: {name} is never for one person alone"
        in found(people, {"break_glass": [name]})[0]
    )


def test_half_a_break_glass_is_named() -> None:
    assert found({"approvers": ["U0A"], "break_glass": ["U0B"]}) == [
        "approval.break_glass: people.break_glass is set, and means nothing without it"
    ]
    assert found({"approvers": ["U0A"]}, {"break_glass": ["clear"]}) == [
        "people.break_glass: approval.break_glass is set, and means nothing without it"
    ]


def test_somebody_else_has_to_be_there_to_sign_it_off() -> None:
    [line] = found({"approvers": ["U0A"], "break_glass": ["U0A"]}, {"break_glass": ["clear"]})
    assert "somebody has to sign off what U0A does alone" in line
    assert not found({"approvers": ["U0A", "S0SRE"], "break_glass": ["U0A"]}, {"break_glass": ["clear"]})


@pytest.mark.parametrize(
    ("rung", "said"),
    [
        ({}, 'the one after 45 minutes calls nobody: give it people = ["U0123ABCD"] or provider_support'),
        ({"provider_support": True}, "calls nobody: no target's provider has a support_email"),
        ({"people": ["S0SRE"]}, ""),
        ({"people": ["U0DEV"], "provider_support": True}, ""),
    ],
)
def test_a_rung_that_calls_nobody_is_refused(rung: dict[str, Any], said: str) -> None:
    lines = escalating({"senior": ["U0BOSS"], "rungs": [{"after_min": 45, **rung}]})
    assert len(lines) == (1 if said else 0)
    assert all(said in line for line in lines)


def test_a_mail_to_the_provider_of_a_target_is_a_call() -> None:
    ladder = {"senior": ["U0BOSS"], "rungs": [{"after_min": 45, "provider_support": True}]}
    assert not escalating(ladder, support_email="support@example.com")


def test_a_ladder_without_its_first_rung_is_refused() -> None:
    [line] = escalating({"rungs": [{"after_min": 45, "people": ["U0DEV"]}]})
    assert line.startswith("escalation.senior: nobody")
    assert not escalating({})
