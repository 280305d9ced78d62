"""How does it read that somebody does alone what needs another person, and that it is still to be looked at?

Pure. It is loud on purpose: the delay is there so that others can stop it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.approvals.approval import State
from bot.slack.render.blocks import Button, Message, actions, date, mention, section, with_buttons
from bot.slack.render.plan_outcome import PlanView
from bot.slack.render.plan_words import LINE_MOST, people
from bot.text import outside

REVIEWS_SHOWN = 4


@dataclass(frozen=True, kw_only=True)
class Review:
    """What somebody did alone: `ref` is the plan's, `at_ms` when it was let run."""

    ref: str
    title: str
    by: str
    reason: str
    at_ms: int


REVIEWS_SHOWN = 4


def announced(view: PlanView, *, reason: str) -> Message:
    """Calls everybody who could stop it, and says by when."""
    approval = view.approval
    by = mention(approval.glass.voter) if approval.glass else "Somebody"
    starts = date(int(view.facts.get("starts_ms") or approval.glass_counts_ms or 0))
    others = people([id for id in approval.policy.approvers if mention(id) != by])
    text = (
        f"🚨 <!here> {by} breaks the glass: {view.name} starts at {starts}, "
        "and no other person has approved it.\n"
        f"Why: “{outside(reason, LINE_MOST)}”\n"
        f"{others or 'Anybody'}: approve or deny it on its card, or cancel it here until then."
    )
    buttons = [Button("cancel", approval.ref, "Cancel it", "danger")]
    return Message(text, (section(text), actions(buttons)))


def settled(view: PlanView) -> Message:
    """The same post once it is decided: nothing is left to press."""
    by = mention(view.approval.glass.voter) if view.approval.glass else "Somebody"
    if view.phase == "refused":
        became = "was let run, and did not run"
    elif view.approval.state in (State.APPROVED, State.USED):
        became = "was let run" if view.approval.alone else "was approved by somebody else meanwhile"
    else:
        became = "does not start"
    text = f"🚨 {by} broke the glass for {view.name}: it {became}. Its card says more."
    return Message(text, (section(text),))


def with_reviews(message: Message, reviews: Sequence[Review]) -> Message:
    """The incident's own message, with what is still to be looked at under it."""
    lines = [review_line(review) for review in reviews]
    blocks = [
        section(line, Button("sign_off", review.ref, "Sign off…"))
        for line, review in zip(lines, reviews, strict=True)
    ]
    return replace(message, text="\n".join([message.text, *lines]), blocks=(*message.blocks, *blocks))


def review_line(review: Review) -> str:
    return (
        f"🔎 Review open: {mention(review.by)} broke the glass for {outside(review.title)} at "
        f"{date(review.at_ms)} (“{outside(review.reason, LINE_MOST)}”). Somebody else has to sign it off."
    )


def reminder(reviews: Sequence[Review]) -> Message:
    """The oldest few in full: the rest stand on their incidents."""
    lines = [review_line(review) for review in reviews[:REVIEWS_SHOWN]]
    if len(reviews) > REVIEWS_SHOWN:
        lines.append(f"{len(reviews) - REVIEWS_SHOWN} more stand on their incidents.")
    shown = reviews[:REVIEWS_SHOWN]
    buttons = [Button("sign_off", review.ref, f"Sign off {review.title}…") for review in shown]
    return with_buttons(Message("\n".join(lines), tuple(section(line) for line in lines)), buttons)


def signed_off(review: Review, *, by: str, says: str) -> str:
    return (
        f"✅ {mention(by)} signed off what {mention(review.by)} did alone ({outside(review.title)}): "
        f"“{outside(says, LINE_MOST)}”"
    )
