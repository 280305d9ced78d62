"""How does a plan read, from the question until its outcome? Pure.

One card, edited in place: https://docs.slack.dev/reference/methods/chat.update
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.approvals.approval import State
from bot.diagnostics.units import count
from bot.people import is_person
from bot.remediations.compared import loses_more, lost_words
from bot.remediations.plan import Preview
from bot.slack.render.blocks import (
    SECTION_MOST,
    Block,
    Button,
    Confirm,
    Message,
    actions,
    context,
    date,
    mention,
    section,
)
from bot.slack.render.plan_outcome import PlanView, asks, is_over, outcome_line, waits
from bot.slack.render.plan_steps import together
from bot.slack.render.plan_words import LINE_MOST, code, expiring, frees, keys, people, untouched, whole
from bot.slack.render.summary import found_words
from bot.text import outside

STEPS_SHOWN = 40
STEPS_IN_SMALL = 8


def plan_message(view: PlanView) -> Message:
    """The card for the phase it is in."""
    if view.phase == "running":
        return _message([outcome_line(view)], buttons=[Button("stop", view.approval.ref, "Stop", "danger")])
    if view.phase == "unknown":
        return _message(
            [outcome_line(view)],
            small=_what_it_was(view),
            buttons=settles(view.approval.ref, view.plan.title),
        )
    if is_over(view):
        return _message([outcome_line(view)], small=_what_it_was(view))
    if view.approval.state is State.APPROVED:
        stop = Button("stop", view.approval.ref, "Stop", "danger")
        return _with_steps(view, waits(view), _means(view), small=_measured(view), buttons=[stop])
    rest = f"{_means(view)}\n{_who(view)}"
    return _with_steps(view, asks(view), rest, small=_asked(view), buttons=_choices(view))


def still_needed(view: PlanView) -> Message:
    """Somebody said yes, and another has to: an edit of the card calls nobody. Only own ids count then."""
    approval = view.approval
    over = {*approval.askers, *(ballot.voter for ballot in approval.ballots)}
    left = people([id for id in approval.policy.approvers if is_person(id) and id not in over])
    who = left or "nobody is left in people.approvers of pong.toml"
    by = date(approval.approve_by_ms)
    return _message([f"{asks(view)}\nNext, by {by}: {who}. The buttons are under the plan."])


def dry_run_message(view: PlanView) -> Message:
    """What would be asked for, with nothing to press."""
    told = f"🔎 {view.name}, a dry run: nobody was asked and nothing was changed."
    # No mention: a dry run must not call the people whom it says it did not ask.
    policy = view.approval.policy
    needs = f"It needs {policy.need} approval{'s' if policy.need > 1 else ''}"
    if policy.is_own_confirm and policy.need == 1:
        needs = "It needs a responder's confirm, also of the person who asks"
    following = f"{needs}. Next: the same command without --dry-run asks for it."
    return _with_steps(view, told, f"{_means(view)}\n{following}", small=_measured(view))


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


def _with_steps(
    view: PlanView, first: str, rest: str, *, small: str, buttons: Sequence[Button] = ()
) -> Message:
    """Each step whole in the blocks, where it is read and copied, and short in the text, where what follows
    has to be heard too."""
    steps = together(view.plan.steps)
    first = f"{first}\n{_because(view)}"
    drawn = _message([first, *_sections(_runs(map(whole, steps))), rest], small=small, buttons=buttons)
    spoken = _runs([code(step)] for step in steps)
    return replace(drawn, text=_message([first, *spoken, rest], small=small).text)


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


def _runs(steps: Iterable[Sequence[str]]) -> list[str]:
    """Exactly the plan's steps, each of which is one line or more."""
    listed = list(steps)
    shown, more = listed[:STEPS_SHOWN], len(listed) - STEPS_SHOWN
    lines = [part if number else f"Runs: {part}" for parts in shown for number, part in enumerate(parts)]
    return [*lines, f"and {count(more, 'more step', 'more steps')}"] if more > 0 else lines


def _sections(lines: Sequence[str]) -> list[str]:
    """As many lines in each as a section takes, for what it cuts off nobody would see."""
    found: list[str] = []
    for line in lines:
        if found and len(found[-1]) + len(line) < SECTION_MOST:
            found[-1] += f"\n{line}"
        else:
            found.append(line)
    return found


def _because(view: PlanView) -> str:
    """Whether it helps is for those who approve it to judge: what was said for it, and what was found."""
    said, found = view.why.said, view.why.found
    if not said:
        return f"Why: {found_words(found)}"
    return f"Why: “{outside(said)}” · found: {found_words(found)}"


def _means(view: PlanView) -> str:
    plan, preview = view.plan, view.preview
    deletes = f"Deletes {keys(preview)}, {frees(preview)}{expiring(preview)}" if preview.classes else ""
    told = "\n".join(f"{outside(line, LINE_MOST)}." for line in preview.says)
    lost = f"Lost: {outside(lost_words(plan, preview), LINE_MOST)}.{untouched(preview)}"
    undo = f"{outside(plan.undo, LINE_MOST)}. Goal: {outside(plan.goal)}.{_falls_short(view)}"
    return "\n".join(line for line in (deletes, told, lost, undo) if line)


def _who(view: PlanView) -> str:
    if view.approval.policy.is_own_confirm:
        return "May approve: any responder, also the person who asked"
    others = [id for id in view.approval.policy.approvers if id not in view.approval.askers]
    approvers = people(others) or "nobody yet: nobody else is in people.approvers of pong.toml"
    return f"May approve: {approvers}, not the person who asked"


def _asked(view: PlanView) -> str:
    asker = mention(view.approval.on_behalf_of or view.approval.requester)
    expires = "" if view.approval.glass else f" · expires {date(view.approval.approve_by_ms)}"
    return f"Asked by {asker}{expires} · {_measured(view)}"


def _measured(view: PlanView) -> str:
    preview = view.preview
    where = f"{outside(view.plan.target)} is {outside(view.plan.address)}"
    if not preview.database_keys:
        return f"Measured {date(preview.measured_at_ms, '{time_secs}')} · {where}"
    sample = f"{preview.sampled_keys:,} of {count(preview.database_keys, 'key', 'keys')} looked at"
    return f"Measured {date(preview.measured_at_ms, '{time_secs}')}, {sample} · {where}"


def _choices(view: PlanView) -> list[Button]:
    ref, what = view.approval.ref, f"{view.plan.title} on {view.plan.target}"
    is_own = view.approval.policy.is_own_confirm
    yes = "Confirm" if is_own else "Approve"
    confirm = Confirm(title=f"{what}?", text=_confirmed(view), yes=yes)
    if view.plan.must_type:
        return [Button("approve_typed", ref, "Approve…", "danger"), *_other_choices(view)]
    return [
        Button("approve", ref, yes, "primary" if is_own else "danger", confirm),
        *_other_choices(view),
    ]


def _other_choices(view: PlanView) -> list[Button]:
    ref = view.approval.ref
    buttons = [Button("deny", ref, "Deny…"), Button("preview", ref, "Preview again")]
    if view.approval.glass:
        return [*buttons, Button("cancel", ref, "Cancel it", "danger")]
    return [*buttons, *ways_on(view)]


def ways_on(view: PlanView) -> list[Button]:
    """What is left to somebody who may not approve it: another is woken, or the glass is broken."""
    ref, policy = view.approval.ref, view.approval.policy
    if policy.is_own_confirm or view.approval.glass:
        return []
    wake = [Button("wake", ref, "Wake an approver")] if view.facts.get("can_wake") else []
    return wake + ([Button("break_glass", ref, "Break glass…")] if policy.may_break_glass else [])


def settles(ref: str, title: str) -> list[Button]:
    """The buttons by which a person says what Pong does not know."""
    final = "It is kept as your word, and cannot be taken back"
    words = {
        "ran": ("It ran", f"You looked, and it was done. {final}."),
        "did_not_run": ("It did not run", f"You looked, and it was not done. {final}: then ask again."),
    }
    return [
        Button(verb, ref, label, confirm=Confirm(title=f"{label}: {title}?", text=text, yes=label))
        for verb, (label, text) in words.items()
    ]


def _confirmed(view: PlanView) -> str:
    deletes = f"Deletes {keys(view.preview)}. " if view.preview.classes else ""
    if unsaved := view.preview.unsaved_changes:
        deletes += f"Up to {unsaved:,} changes are not saved. "
    return f"{deletes}{view.plan.undo}. Lost: {lost_words(view.plan, view.preview)}."


def _falls_short(view: PlanView) -> str:
    after, goal = view.preview.memory_after_percent, view.plan.goal_percent
    return " This alone does not reach it." if after and goal and after >= goal else ""


def _what_it_was(view: PlanView) -> str:
    asker = mention(view.approval.on_behalf_of or view.approval.requester)
    steps = [code(step.line()) for step in view.plan.steps[:STEPS_IN_SMALL]]
    return " · ".join([f"Asked by {asker}", *steps])
