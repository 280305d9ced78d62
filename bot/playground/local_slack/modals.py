"""Which modals are open, for whom, and which triggers may open one?

https://docs.slack.dev/surfaces/modals
"""

from dataclasses import dataclass
from itertools import count

from bot.clock import Clock
from bot.playground.local_slack.messages import with_ids
from bot.playground.local_slack.refusal import Json, SlackRefusal

TRIGGER_LIVES_MS = 3_000
STACK_MOST = 3


@dataclass(kw_only=True)
class View:
    id: str
    user: str
    root_id: str
    previous_id: str | None
    definition: Json
    hash: str


@dataclass
class Trigger:
    user: str
    since_ms: int
    view_id: str | None = None
    is_used: bool = False


class Modals:
    """Each person has one stack of at most three."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._numbers = count(1)
        self._triggers: dict[str, Trigger] = {}
        self._stacks: dict[str, list[View]] = {}

    def trigger(self, user: str, *, view_id: str | None = None) -> str:
        now_ms = self._clock.now_ms()
        trigger_id = f"{next(self._numbers)}.{now_ms}.{user.lower()}"
        self._triggers[trigger_id] = Trigger(user, now_ms, view_id)
        return trigger_id

    def exchange(self, trigger_id: object) -> Trigger:
        """The trigger, now used up. Raises SlackRefusal invalid_, expired_ or exchanged_trigger_id."""
        trigger = self._triggers.get(str(trigger_id))
        if trigger is None:
            raise SlackRefusal("invalid_trigger_id" if trigger_id else "invalid_arguments")
        if trigger.is_used:
            raise SlackRefusal("exchanged_trigger_id")
        if self._clock.now_ms() - trigger.since_ms > TRIGGER_LIVES_MS:
            raise SlackRefusal("expired_trigger_id")
        trigger.is_used = True
        return trigger

    def open(self, user: str, definition: Json) -> View:
        """A new stack: whatever was open before is gone."""
        self._refuse_known(definition)
        self._stacks[user] = []
        return self._add(user, definition)

    def push(self, user: str, definition: Json) -> View:
        self._refuse_known(definition)
        if not self._stacks.get(user):
            raise SlackRefusal("not_found")
        if len(self._stacks[user]) >= STACK_MOST:
            raise SlackRefusal("push_limit_reached")
        return self._add(user, definition)

    def update(self, view: View, definition: Json) -> View:
        view.definition = _kept(definition)
        view.hash = self._hash()
        return view

    def home(self, user: str, definition: Json, *, before: View | None) -> View:
        """An app's Home tab: it lies on no stack, and keeps its id when it changes."""
        if before:
            return self.update(before, definition)
        view_id = f"V{next(self._numbers):07d}"
        return View(
            id=view_id,
            user=user,
            root_id=view_id,
            previous_id=None,
            definition=_kept(definition),
            hash=self._hash(),
        )

    def find(self, *, view_id: object = None, external_id: object = None) -> View:
        """Raises SlackRefusal not_found."""
        for view in self._all():
            if view.id == view_id or (external_id and view.definition.get("external_id") == external_id):
                return view
        raise SlackRefusal("not_found")

    def stack(self, user: str) -> list[View]:
        """Bottom first."""
        return list(self._stacks.get(user, ()))

    def close(self, view: View) -> None:
        self._stacks[view.user] = [known for known in self._stacks[view.user] if known is not view]

    def clear(self, user: str) -> list[View]:
        """Close all; returns what was open, top first."""
        return list(reversed(self._stacks.pop(user, [])))

    def _all(self) -> list[View]:
        return [view for stack in self._stacks.values() for view in stack]

    def _add(self, user: str, definition: Json) -> View:
        stack = self._stacks[user]
        view_id = f"V{next(self._numbers):07d}"
        view = View(
            id=view_id,
            user=user,
            root_id=stack[0].id if stack else view_id,
            previous_id=stack[-1].id if stack else None,
            definition=_kept(definition),
            hash=self._hash(),
        )
        stack.append(view)
        return view

    def _hash(self) -> str:
        return f"{self._clock.now_ms() // 1000}.{next(self._numbers)}"

    def _refuse_known(self, definition: Json) -> None:
        wished = definition.get("external_id")
        if wished and any(view.definition.get("external_id") == wished for view in self._all()):
            raise SlackRefusal("duplicate_external_id")


def _kept(definition: Json) -> Json:
    return definition | {"blocks": with_ids(definition["blocks"])}
