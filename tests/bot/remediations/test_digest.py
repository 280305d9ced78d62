"""Does a plan keep all its facts, and change its digest when any of them changes?"""

import random
from dataclasses import fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import seed as fixed_seed
from hypothesis import strategies as st

from bot.errors import BadInput
from bot.remediations.digest import canonical, digest, from_json, to_json
from bot.remediations.plan import (
    Plan,
    Preview,
    Tier,
)
from tests.bot.remediations.test_plan import PLAN, POLICY, PREVIEW, SWEEP


def bound(plan: Plan = PLAN, preview: Preview = PREVIEW, **changes: object) -> str:
    facts = {"incident_id": 4, "runbook_hash": "abc", "policy": POLICY, **changes}
    return digest(plan, preview, **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [PLAN, PREVIEW, POLICY], ids=lambda value: type(value).__name__)
def test_json_keeps_everything_and_digests_the_same(value: object) -> None:
    text = to_json(value)
    back = from_json(type(value), text)
    assert back == value
    assert to_json(back) == text


def test_kept_json_that_is_not_whole_is_refused() -> None:
    with pytest.raises(BadInput, match="not a whole Plan"):
        from_json(Plan, to_json(PREVIEW))


def test_canonical_form_does_not_depend_on_order_or_on_a_figure_s_kind() -> None:
    assert canonical({"b": 1, "a": 2.0}) == canonical({"a": 2, "b": 1.0}) == b'{"a":2,"b":1}'


def test_canonical_form_refuses_what_is_no_number() -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        canonical(replace(PREVIEW, ttl_share=float("nan")))


@pytest.mark.parametrize("field", [field.name for field in fields(Plan)])
def test_digest_binds_every_fact_of_the_plan(field: str) -> None:
    other = {
        "tier": Tier.REVERSIBLE,
        "steps": (SWEEP,),
        "preconditions": (),
        "goal_percent": 71,
        "needed_over_percent": 71,
        "least_approvals": 2,
        "must_type": True,
        "by_approvers": True,
        "for_silent": True,
        "goes_on_from": 2,
    }.get(field, "something else")
    assert bound(replace(PLAN, **{field: other})) != bound()


@pytest.mark.parametrize("field", [field.name for field in fields(Preview)])
def test_digest_binds_every_fact_of_the_preview(field: str) -> None:
    other = ("x",) if field in ("classes", "untouched", "says") else 3
    assert bound(preview=replace(PREVIEW, **{field: other})) != bound()


def test_digest_binds_incident_runbook_and_policy() -> None:
    others = {
        bound(),
        bound(incident_id=5),
        bound(runbook_hash="abd"),
        bound(policy=replace(POLICY, need=2)),
        bound(policy=replace(POLICY, approvers=("U0DEV",))),
    }
    assert len(others) == 5


def test_digest_survives_the_store() -> None:
    kept = from_json(Plan, to_json(PLAN)), from_json(Preview, to_json(PREVIEW))
    assert bound(*kept) == bound()
    assert len(bound()) == 64


def test_any_preview_comes_back_from_json() -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    whole = st.integers(0, 2**53)
    share = st.none() | st.floats(0, 1e6)
    words = st.lists(st.text(st.characters(exclude_categories=["Cs"]))).map(tuple)

    @fixed_seed(seed)
    @settings(max_examples=100, deadline=None, database=None)
    @given(
        st.builds(
            Preview,
            measured_at_ms=whole,
            classes=words,
            keys=whole,
            keys_margin=whole,
            sampled_keys=whole,
            database_keys=whole,
            freed_bytes=st.none() | whole,
            ttl_share=share,
            memory_before_percent=share,
            memory_after_percent=share,
            untouched=words,
        )
    )
    def comes_back(preview: Preview) -> None:
        assert from_json(Preview, to_json(preview)) == preview

    comes_back()
