"""Is what would be done now still what was approved, and could it lose more? Pure."""

from dataclasses import replace
from math import ceil

from bot.remediations.plan import Plan, Preview, Tier

UNSAVED_MARGIN = 1_000
BEHIND_MARGIN = 2**20  # in bytes: a replica says how far it is once a second only
LEAST_MARGIN, LEAST_MARGIN_KEYS = 0.02, 3


def lost_words(plan: Plan, preview: Preview) -> str:
    """What people lose, with the figures of `preview`: a plan itself holds none, for it has to stay the same
    while the application goes on writing."""
    about = "about " if preview.keys_margin else ""
    number = f"0 to {most_keys(preview):,}" if is_rare(preview) else f"{about}{preview.keys:,}"
    return plan.lost.replace("{keys}", number)


def is_rare(preview: Preview) -> bool:
    """Whether a sample met so few of these keys that there may be none, and as well some."""
    is_sampled = preview.sampled_keys < preview.database_keys
    return is_sampled and preview.keys <= preview.keys_margin


def most_keys(preview: Preview) -> int:
    """The upper end of that interval."""
    return preview.keys + preview.keys_margin


def margin_of(keys: int) -> int:
    """By how many keys a count may rise while people decide: the application goes on writing."""
    return max(LEAST_MARGIN_KEYS, ceil(keys * LEAST_MARGIN)) if keys else 0


def is_another(plan: Plan, approved: Plan) -> bool:
    """Whether `plan` is not what was approved. One that has become harmless meanwhile is the same."""
    if plan.tier is Tier.REVERSIBLE:
        plan = replace(plan, tier=approved.tier, lost=approved.lost)
    return plan != approved


def loses_more(preview: Preview, approved: Preview) -> bool:
    """Whether `preview` would lose more than was approved: over the upper end of that interval, or
    another class of key. Fewer keys never supersede an approval."""
    is_wider = not set(preview.classes) <= set(approved.classes)
    # The application goes on writing while people decide: twice as many, and some, is another decision.
    is_older = preview.unsaved_changes > 2 * approved.unsaved_changes + UNSAVED_MARGIN
    is_more = preview.keys > most_keys(approved)
    return is_wider or is_older or is_more or _is_further_behind(preview, approved)


def _is_further_behind(preview: Preview, approved: Preview) -> bool:
    if approved.behind_bytes is None:
        return False
    return preview.behind_bytes is None or preview.behind_bytes > 2 * approved.behind_bytes + BEHIND_MARGIN


def is_met_already(plan: Plan, preview: Preview, approved: Preview) -> bool:
    """Whether the memory that was over the plan's goal when it was approved is under it by now."""
    before, now, goal = (
        approved.memory_before_percent,
        preview.memory_before_percent,
        plan.memory_goal_percent,
    )
    return None not in (before, now, goal) and before >= goal > now  # type: ignore[operator]
