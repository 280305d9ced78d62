"""How does a plan read, from the question until its outcome? Pure.

One card, edited in place: https://docs.slack.dev/reference/methods/chat.update
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.approval import Approval, State, Vote
from bot.diagnostics.units import in_bytes, percent, seconds
from bot.remediations.plan import Plan, Preview, Tier, loses_more
from bot.slack.render.blocks import Block, Button, Confirm, Message, actions, context, date, mention, section
from bot.slack.render.plan_words import LINE_MOST, code, expiring, frees, keys, people, rounded, untouched
from bot.text import outside

BAR_CELLS = 10
STEPS_SHOWN = 40
STEPS_IN_A_SECTION = 8


@dataclass(frozen=True, kw_only=True)
class PlanView:
    """What the card is drawn from. `phase` is "deciding", "ended" (then the approval's state says how) or
    how its execution stands: "running", "succeeded", "stopped", "failed", "unknown", "refused".

    `facts`, as far as the phase has them: deleted, keys_per_s, canary_p99_ms; freed_bytes, took_ms,
    is_resumed, stopped_because, stopped_by, memory_after_percent; why.
    """

    approval: Approval
    plan: Plan
    preview: Preview
    phase: str = "deciding"
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{outside(self.plan.title)} on {outside(self.plan.target)}"

    @property
    def deleted(self) -> int:
        return int(self.facts.get("deleted") or 0)


def plan_message(view: PlanView) -> Message:
    """The card for the phase it is in."""
    if view.phase == "running":
        return _message([outcome_line(view)], buttons=[Button("stop", view.approval.ref, "Stop", "danger")])
    if view.phase in _OUTCOMES or not view.approval.is_open:
        return _message([outcome_line(view)], small=_what_it_was(view))
    if view.approval.state is State.APPROVED:
        return _message([_waits(view), *_runs(view), _means(view)], small=_measured(view))
    paragraphs = [_asks(view), *_runs(view), f"{_means(view)}\n{_who(view)}"]
    return _message(paragraphs, small=_asked(view), buttons=_choices(view))


def outcome_line(view: PlanView) -> str:
    """How it stands or how it ended, in one paragraph that stands alone."""
    if told := _OUTCOMES.get(view.phase):
        return told(view)
    return _DECIDED[view.approval.state](view)


def comparison(now: Preview, approved: Preview) -> str:
    """What was measured again, beside what the card shows, and what follows from it."""
    lines = [
        f"Measured again {date(now.measured_at_ms, '{time_secs}')}: {keys(now)}, {frees(now)}.",
        f"The card shows {keys(approved)}, {frees(approved)}.",
    ]
    if loses_more(now, approved):
        return "\n".join(
            [*lines, "🟠 That is more than the card says: a new plan takes its place, votes start anew."]
        )
    return "\n".join(
        [*lines, "No more would be lost than the card says: it stays as it is, and so do the votes."]
    )


def _message(paragraphs: Sequence[str], *, small: str = "", buttons: Sequence[Button] = ()) -> Message:
    """A section for each paragraph, so that a long one cuts no other short."""
    blocks: list[Block] = [section(paragraph) for paragraph in paragraphs]
    if small:
        blocks.append(context(small))
    if buttons:
        blocks.append(actions(buttons))
    said = [*paragraphs, small] if small else paragraphs
    return Message("\n".join(said).replace("`", ""), tuple(blocks))


# -- the question -------------------------------------------------------------------------------------


def _asks(view: PlanView) -> str:
    need, approved = view.approval.policy.need, view.approval.approved_by
    missing = need - len(set(approved))
    wanted = f"{missing} more" if approved else str(missing)
    so_far = f" (approved by {people(approved)})" if approved else ""
    return f"🟠 {view.name}: needs {wanted} approval{'s' if missing > 1 else ''}{so_far}"


def _waits(view: PlanView) -> str:
    until = date(view.approval.execute_by_ms)
    return f"🟢 {view.name}: approved by {people(view.approval.approved_by)}, starts by {until} or not at all"


def _runs(view: PlanView) -> list[str]:
    """Exactly the plan's steps, some in each section."""
    steps = view.plan.steps
    lines = [f"Runs: {code(step.line())}" for step in steps[:STEPS_SHOWN]]
    if len(steps) > STEPS_SHOWN:
        lines.append(f"and {len(steps) - STEPS_SHOWN} more steps")
    starts = range(0, len(lines), STEPS_IN_A_SECTION)
    return ["\n".join(lines[start : start + STEPS_IN_A_SECTION]) for start in starts]


def _means(view: PlanView) -> str:
    plan, preview = view.plan, view.preview
    deletes = f"Deletes {keys(preview)}, {frees(preview)}{expiring(preview)}" if preview.classes else ""
    lost = f"Lost: {outside(plan.lost, LINE_MOST)}.{untouched(preview)}"
    undo = f"{outside(plan.undo, LINE_MOST)}. Goal: {outside(plan.goal)}.{_falls_short(view)}"
    return "\n".join(line for line in (deletes, lost, undo) if line)


def _who(view: PlanView) -> str:
    if view.approval.policy.tier is Tier.REVERSIBLE:
        return "May approve: any responder, also the person who asked"
    approvers = people(view.approval.policy.approvers) or "nobody yet: people.approvers in pong.toml is empty"
    return f"May approve: {approvers}, not the person who asked"


def _asked(view: PlanView) -> str:
    asker = mention(view.approval.on_behalf_of or view.approval.requester)
    return f"Asked by {asker} · expires {date(view.approval.approve_by_ms)} · {_measured(view)}"


def _measured(view: PlanView) -> str:
    preview = view.preview
    sample = f"{preview.sampled_keys:,} of {preview.database_keys:,} keys looked at"
    return f"Measured {date(preview.measured_at_ms, '{time_secs}')}, {sample}"


def _choices(view: PlanView) -> list[Button]:
    ref, what = view.approval.ref, f"{view.plan.title} on {view.plan.target}"
    confirm = Confirm(title=f"{what}?", text=_confirmed(view), yes="Approve")
    return [
        Button("approve", ref, "Approve", "danger", confirm),
        Button("deny", ref, "Deny…"),
        Button("preview", ref, "Preview again"),
    ]


def _confirmed(view: PlanView) -> str:
    deletes = f"Deletes {keys(view.preview)}. " if view.preview.classes else ""
    return f"{deletes}{view.plan.undo}. Lost: {view.plan.lost}."


def _falls_short(view: PlanView) -> str:
    after, goal = view.preview.memory_after_percent, view.plan.goal_percent
    return " This alone does not reach it." if after and goal and after >= goal else ""


# -- how it stands, and how it ended --------------------------------------------------------------------


def _running(view: PlanView) -> str:
    total = max(view.preview.keys, view.deleted)
    parts = [f"{view.deleted:,} of about {rounded(total)} keys"]
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
    by = f"Approved by {people(view.approval.approved_by)}."
    sign = "✅" if is_met else "🟠"
    line = f"{sign} {view.name} is done: {', '.join(_done(view))}. {_memory(view)} {by}"
    short = "\nNext: the goal is not reached, so triage again to see what else fills it."
    return line + (short if after is not None and not is_met else "")


def _stopped(view: PlanView) -> str:
    by = f" by {mention(view.facts['stopped_by'])}" if view.facts.get("stopped_by") else ""
    return f"⏹ {view.name} was stopped{by}: {', '.join(_done(view))}. {_memory(view)}\n{_GO_ON}"


def _failed(view: PlanView) -> str:
    why = outside(view.facts.get("stopped_because") or "the reason is not known")
    done = ", ".join(_done(view))
    return f"🔴 {view.name} broke off: {why}. {done} before that. {_memory(view)}\nNext: ping it. {_GO_ON}"


def _unknown(view: PlanView) -> str:
    number = int(view.facts.get("at_step") or 0)
    step = view.plan.steps[number].line() if number < len(view.plan.steps) else view.plan.title
    return (
        f"🔴 Unknown outcome: Pong stopped in the middle of {view.name}, at {code(step)}.\n"
        f"It will not be run again by itself. Next: look at {outside(view.plan.target)}, then ask anew."
    )


def _refused(view: PlanView) -> str:
    # Our own sentence: it may mention people, and holds nothing from outside that is not escaped yet.
    return f"🟠 {view.name} did not run. {view.facts.get('why') or 'The reason is not known.'}"


def _denied(view: PlanView) -> str:
    why = f": “{outside(view.facts['why'], LINE_MOST)}”" if view.facts.get("why") else ""
    return f"⛔ {view.name} was denied by {_naysayer(view)}{why}. Nothing was run."


def _expired(view: PlanView) -> str:
    is_late = len(set(view.approval.approved_by)) >= view.approval.policy.need
    why = "it was approved and did not start in time" if is_late else "nobody approved it in time"
    return f"⌛ {view.name} expired: {why}. Nothing was run. Next: ask again if it is still needed."


def _cancelled(view: PlanView) -> str:
    why = f"taken back by {_naysayer(view)}" if _naysayer(view) else "taken back, as the incident ended"
    return f"⏹ {view.name} was {why}. Nothing was run."


_GO_ON = "What was deleted cannot be brought back; the rest is untouched. Ask again to go on."
_OUTCOMES = {
    "running": _running,
    "succeeded": _succeeded,
    "stopped": _stopped,
    "failed": _failed,
    "unknown": _unknown,
    "refused": _refused,
}
_DECIDED = {
    State.PENDING: _asks,
    State.APPROVED: _waits,
    State.USED: _running,
    State.DENIED: _denied,
    State.EXPIRED: _expired,
    State.SUPERSEDED: lambda view: (
        f"🟠 {view.name} was replaced: more would be lost now than this said. Use the newer plan below."
    ),
    State.CANCELLED: _cancelled,
}


def _what_it_was(view: PlanView) -> str:
    asker = mention(view.approval.on_behalf_of or view.approval.requester)
    steps = [code(step.line()) for step in view.plan.steps[:STEPS_IN_A_SECTION]]
    return " · ".join([f"Asked by {asker}", *steps])


def _done(view: PlanView) -> list[str]:
    # After a crash, what was deleted between the last kept count and the crash was counted by nobody.
    at_least = "at least " if view.facts.get("is_resumed") else ""
    parts = [f"{at_least}{view.deleted:,} keys"]
    if (freed := view.facts.get("freed_bytes")) is not None:
        parts.append(in_bytes(freed))
    if (took_ms := view.facts.get("took_ms")) is not None:
        parts.append(seconds(took_ms / 1000))
    return parts


def _memory(view: PlanView) -> str:
    after, goal = view.facts.get("memory_after_percent"), view.plan.goal_percent
    if after is None:
        return "Memory was not measured afterwards."
    return f"Memory {percent(after / 100)}" + (f" (goal: under {goal:g} %)." if goal is not None else ".")


def _naysayer(view: PlanView) -> str:
    return people([ballot.voter for ballot in view.approval.ballots if ballot.vote is Vote.DENY])
