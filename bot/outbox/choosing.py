"""Which letter of a lane goes next, what is the next thing to do for it, and when? Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from bot.outbox.pacing import JOIN, UPLOAD, Budgets, Pacing, look_up_method
from bot.store.sending import UPDATE, Lane, Letter


class Step(Enum):
    SET_ASIDE = "set aside"
    JOIN = "join"
    LOOK_UP = "look up"
    UPLOAD = "upload"
    POST = "post"
    UPDATE = "update"


@dataclass(frozen=True)
class Next:
    """What to do, and from when on."""

    letter: Letter
    step: Step
    at_ms: int


@dataclass(frozen=True, kw_only=True)
class Situation:
    """What a choice depends on besides the letters. `held_ms` says until when a method is not tried,
    since Slack took no token for it."""

    lane: Lane
    budgets: Budgets
    held_ms: Mapping[str, int]
    is_joined: bool
    pacing: Pacing


def method_of(step: Step, letter: Letter) -> str:
    """The method whose budget a step spends."""
    match step:
        case Step.JOIN:
            return JOIN
        case Step.LOOK_UP:
            return look_up_method(letter)
        case Step.UPLOAD:
            return UPLOAD
        case _:
            return letter.method


def choose(letters: Iterable[Letter], situation: Situation, *, now_ms: int) -> Next | None:
    """The first that is due, in the order of sending; else the one that will be due soonest, if any."""
    soonest: Next | None = None
    for letter in _unblocked(list(letters)):
        step = _step(letter, situation)
        at_ms = _not_absurd(_due_ms(letter, step, situation), now_ms, situation.pacing)
        if at_ms <= now_ms:
            return Next(letter, step, at_ms)
        if soonest is None or at_ms < soonest.at_ms:
            soonest = Next(letter, step, at_ms)
    return soonest


def _unblocked(letters: list[Letter]) -> Iterator[Letter]:
    """Those that wait for no other letter: replies keep their order within a thread and class, updates within
    their message, whatever their class."""
    earlier_posts: set[tuple[str, int]] = set()
    first_update = _first(letter for letter in letters if letter.method == UPDATE)
    for letter in letters:
        if letter.method == UPDATE:
            if letter.parent_failed or (letter.ts and first_update[letter.message_id] == letter.id):
                yield letter
            continue
        place = (letter.thread, letter.klass)
        if not letter.parent_id or (
            place not in earlier_posts and (letter.thread_ts or letter.parent_failed)
        ):
            yield letter
        if letter.parent_id:  # a thread's first message waits for none of its replies
            earlier_posts.add(place)


def _first(updates: Iterable[Letter]) -> dict[str, int]:
    first: dict[str, int] = {}
    for letter in updates:
        first[letter.message_id] = min(letter.id, first.get(letter.message_id, letter.id))
    return first


def _step(letter: Letter, situation: Situation) -> Step:
    if letter.parent_failed:
        return Step.SET_ASIDE
    if letter.method == UPDATE:
        return Step.UPDATE
    if not situation.is_joined:
        return Step.JOIN
    if letter.state == "sending":
        return Step.LOOK_UP
    return Step.UPLOAD if letter.payload.get("file") and not letter.file_link else Step.POST


def _due_ms(letter: Letter, step: Step, situation: Situation) -> int:
    if step is Step.SET_ASIDE:
        return 0
    method = method_of(step, letter)
    due_ms = max(letter.next_ms, situation.held_ms.get(method, 0), situation.budgets.ready_ms(method))
    if step is Step.POST:
        due_ms = max(due_ms, situation.lane.next_ms)
    if step is Step.LOOK_UP:
        due_ms = max(due_ms, (letter.tried_ms or 0) + situation.pacing.look_up_after_ms)
    return due_ms


def _not_absurd(at_ms: int, now_ms: int, pacing: Pacing) -> int:
    """A time that no wait of ours can reach was noted before the machine's clock was set back: it is now."""
    return at_ms if at_ms <= now_ms + pacing.longest_ms else now_ms
