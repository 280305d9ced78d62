"""How does a plan stand, and how did it end? Pure.

Each is one paragraph that stands alone: it is edited into the card, and said in a message of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import dropwhile, takewhile
from typing import Any

from bot.approvals.approval import Approval, State, Vote
from bot.approvals.why import Why
from bot.diagnostics.units import count, in_bytes, percent, seconds
from bot.remediations.plan import Plan, Preview, RedisSweep, Wait
from bot.slack.render.blocks import date, mention
from bot.slack.render.plan_steps import so_far, ticked
from bot.slack.render.plan_words import LINE_MOST, code, people, rounded, where_to_look, with_missed_stop
from bot.text import outside
from bot.timeline import PONG

BAR_CELLS = 10


@dataclass(frozen=True, kw_only=True)
class PlanView:
    """What the card is drawn from. `phase` is "deciding", "ended" (then the approval's state says how) or
    how its execution stands: "running", "succeeded", "stopped", "failed", "unknown", "refused",
    "settled" (by a person's word: said_by, ran).

    `facts`, as far as the phase has them: deleted, keys_per_s, canary_p99_ms; freed_bytes, took_ms,
    is_resumed, stopped_because, stopped_by, stop_missed_by (who pressed Stop, when it ended otherwise),
    memory_after_percent; at_step, done (what each step that is done came to), sees (what the step that
    waits saw last); why.
    """

    approval: Approval
    plan: Plan
    preview: Preview
    why: Why = field(default_factory=Why)
    phase: str = "deciding"
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{outside(self.plan.title)} on {outside(self.plan.target)}"

    @property
    def is_sweep(self) -> bool:
        return any(isinstance(step, RedisSweep) for step in self.plan.steps)

    @property
    def at_step(self) -> int:
        return int(self.facts.get("at_step") or 0)

    @property
    def deleted(self) -> int:
        return int(self.facts.get("deleted") or 0)


def outcome_line(view: PlanView) -> str:
    """How it stands or how it ended, in one paragraph that stands alone."""
    if told := _OUTCOMES.get(view.phase):
        missed_by = view.facts.get("stop_missed_by")
        return with_missed_stop(told(view), missed_by, is_done=view.phase == "succeeded")
    return _DECIDED[view.approval.state](view)


def is_over(view: PlanView) -> bool:
    """Whether nobody can decide on it any more."""
    return view.phase in _OUTCOMES or not view.approval.is_open


def asks(view: PlanView) -> str:
    policy, approved = view.approval.policy, view.approval.approved_by
    if policy.is_own_confirm and policy.need == 1:
        return f"🟠 {view.name}: needs a responder's confirm"
    if glass := view.approval.glass:
        starts = date(int(view.facts.get("starts_ms") or view.approval.glass_counts_ms or 0))
        by = mention(glass.voter)
        return f"🚨 {view.name}: {by} breaks the glass, it starts at {starts} unless somebody stops it"
    missing = policy.need - len(set(approved))
    wanted = f"{missing} more" if approved else str(missing)
    so_far = f" (approved by {people(approved)})" if approved else ""
    return f"🟠 {view.name}: needs {wanted} approval{'s' if missing > 1 else ''}{so_far}"


def waits(view: PlanView) -> str:
    until = date(view.approval.execute_by_ms)
    return f"🟢 {view.name}: {_agreed(view)}, starts by {until} or not at all"


def _running(view: PlanView) -> str:
    if not view.is_sweep:
        return f"⏳ {view.name} is running\n{_ticked(view)}"
    total = max(view.preview.keys, view.deleted)
    parts = [f"{view.deleted:,} of about {rounded(total)} {'key' if total == 1 else 'keys'}"]
    if speed := view.facts.get("keys_per_s"):
        parts += [f"{rounded(round(speed))}/s", f"{seconds((total - view.deleted) / speed)} left"]
    if p99_ms := view.facts.get("canary_p99_ms"):
        parts.append(f"others' p99 {p99_ms:.1f} ms")
    full = min(BAR_CELLS, BAR_CELLS * view.deleted // max(1, total))
    bar = "█" * full + "░" * (BAR_CELLS - full)
    return f"⏳ {view.name} is running   {bar}  {' · '.join(parts)}"


def _succeeded(view: PlanView) -> str:
    after, goal = view.facts.get("memory_after_percent"), view.plan.goal_percent
    is_met = after is not None and (goal is None or after < goal)
    agreed = _agreed(view)
    by = f"{agreed[0].upper()}{agreed[1:]}."
    if not view.is_sweep:
        return _all_done(view, by)
    sign = "✅" if is_met else "🟠"
    line = f"{sign} {view.name} is done: {', '.join(_done(view))}. {_memory(view)} {by}"
    short = "\nNext: the goal is not reached, so triage again to see what else fills it."
    return line + (short if after is not None and not is_met else "")


def _stopped(view: PlanView) -> str:
    by = f" by {mention(view.facts['stopped_by'])}" if view.facts.get("stopped_by") else ""
    if not view.is_sweep:
        return f"⏹ {view.name} was stopped{by} before {_step(view)}.{_so_far(view)}"
    return f"⏹ {view.name} was stopped{by}: {', '.join(_done(view))}. {_memory(view)}\n{_GO_ON}"


def _failed(view: PlanView) -> str:
    why = _why(view) or "the reason is not known"
    if not view.is_sweep:
        return _fell_short(view, why) if _only_waits_are_left(view) else _broke(view, why)
    done = ", ".join(_done(view))
    return f"🔴 {view.name} broke off: {why}. {done} before that. {_memory(view)}\nNext: ping it. {_GO_ON}"


def _unknown(view: PlanView) -> str:
    why = f" ({_why(view)})" if view.facts.get("stopped_because") else ""
    return (
        f"🔴 Unknown outcome: {view.name} may or may not have done {_step(view)}{why}.{_so_far(view)}\n"
        "It will not be run again by itself. Next: look whether it happened, "
        f"{where_to_look(view.plan, view.at_step)}, then press It ran or It did not run under the plan."
    )


def _why(view: PlanView) -> str:
    """Why it broke off, as a clause; a sentence of ours gives up its point."""
    return outside(view.facts.get("stopped_because") or "").rstrip(".")


def _settled(view: PlanView) -> str:
    by, ran = mention(str(view.facts.get("said_by") or "")), bool(view.facts.get("ran"))
    told = "it ran" if ran else "it did not run"
    following = "" if ran else " Next: ask again if it is still needed."
    return f"✍ {view.name}: {by} looked and says that {told}; Pong did not see it.{following}"


def _refused(view: PlanView) -> str:
    # Our own sentence: it may mention people, and holds nothing from outside that is not escaped yet.
    return f"🟠 {view.name} did not run. {view.facts.get('why') or 'The reason is not known.'}"


def _denied(view: PlanView) -> str:
    why = f": “{outside(view.facts['why'], LINE_MOST)}”" if view.facts.get("why") else ""
    return f"⛔ {view.name} was denied by {_naysayer(view)}{why}. Nothing was run."


def _expired(view: PlanView) -> str:
    is_late = len(set(view.approval.approved_by)) >= view.approval.policy.need
    why = "it was approved and did not start in time" if is_late else "nobody approved it in time"
    why = "it was let run and did not start in time" if view.approval.alone else why
    return f"⌛ {view.name} expired: {why}. Nothing was run. Next: ask again if it is still needed."


def _cancelled(view: PlanView) -> str:
    if by := view.facts.get("cancelled_by"):
        return _called_off(view, str(by))
    why = f"taken back by {_naysayer(view)}" if _naysayer(view) else "taken back, as the incident ended"
    return f"⏹ {view.name} was {why}. Nothing was run."


def _called_off(view: PlanView, by: str) -> str:
    if by != PONG:
        return f"⏹ {view.name} was cancelled by {mention(by)} before it started. Nothing was run."
    why = outside(view.facts.get("why") or "the reason is not known", LINE_MOST)
    return f"⏹ {view.name} does not start: {why}. Nothing was run. Next: ask again if it is still needed."


# -- what is no deletion of keys ------------------------------------------------------------------------


def _ticked(view: PlanView) -> str:
    return ticked(view.plan, view.at_step, view.facts.get("sees"))


def _all_done(view: PlanView, by: str) -> str:
    took_ms, said = view.facts.get("took_ms"), "; ".join(_seen(view))
    after = f" after {seconds(took_ms / 1000)}" if took_ms is not None else ""
    memory = f" {_memory(view)}" if view.plan.goal_percent is not None else ""
    last = f": {outside(said, LINE_MOST)}" if said else ""
    return f"✅ {view.name} is done{after}{last}.{memory} {by}{_afterwards(view)}"


def _afterwards(view: PlanView) -> str:
    return f"\nNext: {outside(view.plan.afterwards, LINE_MOST)}." if view.plan.afterwards else ""


def _seen(view: PlanView) -> list[str]:
    """What the plan's last looks found, each once; without one, what the last step did."""
    done = [str(detail) for detail in view.facts.get("done") or []]
    pairs = reversed(list(zip(view.plan.steps, done, strict=False)))
    # That what was seen is kept over a restart says less than what was seen.
    from_look = dropwhile(lambda pair: not isinstance(pair[0], Wait), pairs)
    looks = [detail for _, detail in takewhile(lambda pair: isinstance(pair[0], Wait), from_look)]
    return list(dict.fromkeys(reversed(looks))) or done[-1:]


def _only_waits_are_left(view: PlanView) -> bool:
    left = view.plan.steps[view.at_step :]
    return bool(left) and all(isinstance(step, Wait) for step in left)


def _fell_short(view: PlanView, why: str) -> str:
    """It did what it was to do, and what it was for did not come about."""
    way = outside(view.plan.undo.removeprefix("Undo: "), LINE_MOST)
    undo = f"\n{way}." if way.startswith("Cannot") else f"\nTo undo it: {way}."
    told = f"🟠 {view.name} was carried out, and its goal is not reached: {why}.{undo}{_afterwards(view)}"
    return f"{told}\nNext: triage again."


def _broke(view: PlanView, why: str) -> str:
    return (
        f"🔴 {view.name} broke off at {_step(view)}: {why}.{_so_far(view)}\nNext: mend that, then ask again."
    )


def _so_far(view: PlanView) -> str:
    return so_far(view.plan, view.at_step)


def _step(view: PlanView) -> str:
    steps = view.plan.steps
    return code(steps[view.at_step].line()) if view.at_step < len(steps) else view.name


# -- what was decided, and the tables -------------------------------------------------------------------


def _agreed(view: PlanView) -> str:
    if alone := view.approval.alone:
        return f"by {mention(alone)} alone, who broke the glass"
    verb = "confirmed" if view.approval.policy.is_own_confirm else "approved"
    return f"{verb} by {people(view.approval.approved_by)}"


_GO_ON = "What was deleted cannot be brought back; the rest is untouched. Ask again to go on."
_OUTCOMES = {
    "running": _running,
    "succeeded": _succeeded,
    "stopped": _stopped,
    "failed": _failed,
    "unknown": _unknown,
    "refused": _refused,
    "settled": _settled,
}
_DECIDED = {
    State.PENDING: asks,
    State.APPROVED: waits,
    State.USED: _running,
    State.DENIED: _denied,
    State.EXPIRED: _expired,
    State.SUPERSEDED: lambda view: (
        f"🟠 {view.name} was replaced: more would be lost now than this said. Use the newer plan below."
    ),
    State.CANCELLED: _cancelled,
}


def _done(view: PlanView) -> list[str]:
    # After a crash, what was deleted between the last kept count and the crash was counted by nobody.
    at_least = "at least " if view.facts.get("is_resumed") else ""
    parts = [f"{at_least}{count(view.deleted, 'key', 'keys')}"]
    if (freed := view.facts.get("freed_bytes")) is not None:
        parts.append(in_bytes(freed))
    if (took_ms := view.facts.get("took_ms")) is not None:
        parts.append(seconds(took_ms / 1000))
    if p99_ms := view.facts.get("canary_p99_ms"):
        parts.append(f"others' p99 {p99_ms:.1f} ms")
    return parts


def _memory(view: PlanView) -> str:
    after, goal = view.facts.get("memory_after_percent"), view.plan.goal_percent
    if after is None:
        return "Memory was not measured afterwards."
    return f"Memory {percent(after / 100)}" + (f" (goal: under {goal:g} %)." if goal is not None else ".")


def _naysayer(view: PlanView) -> str:
    return people([ballot.voter for ballot in view.approval.ballots if ballot.vote is Vote.DENY])
