"""What had an engine that died come to, by the steps that it kept? Pure."""

import json
from collections.abc import Mapping
from typing import Any

from bot.remediations.plan import Plan, RedisSweep, Repeat
from bot.store.protocol import Row

Kept = Mapping[int, Row]


def is_left(row: Row | None) -> bool:
    return row is None or row["state"] != "done"


def facts_of(plan: Plan, kept: Kept) -> dict[str, Any]:
    """As the card and the outcome have them."""
    done = [row["detail"] for _, row in sorted(kept.items()) if row["state"] == "done"]
    return _counted(plan, kept) | {"done": done}


def begun_step(plan: Plan, kept: Kept) -> int | None:
    """The step that was begun and not ended, if there is one."""
    return next((n for n in range(len(plan.steps)) if n in kept and is_left(kept[n])), None)


def may_have_happened(plan: Plan, kept: Kept) -> bool:
    """Whether what was begun is a step of which nobody can say that to repeat it would harm nothing."""
    number = begun_step(plan, kept)
    return number is not None and plan.steps[number].repeat is not Repeat.HARMLESS


def _counted(plan: Plan, kept: Kept) -> dict[str, Any]:
    """How many keys it had counted, of a deletion that it did not end: at least so many are gone."""
    begun = [row for n, row in kept.items() if isinstance(plan.steps[n], RedisSweep) and is_left(row)]
    each = [json.loads(row["cursor"])["deleted"] for row in begun if row["cursor"]]
    return {"deleted": sum(each), "is_resumed": True} if begun else {}
