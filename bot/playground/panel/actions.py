"""Which buttons does the "Break it" panel have, what does each do, and what may one expect?"""

from dataclasses import dataclass

from bot.playground.panel.server import ServerState

ALIVE = frozenset({ServerState.RUNNING, ServerState.FROZEN})
RUNNING = frozenset({ServerState.RUNNING})
FROZEN = frozenset({ServerState.FROZEN})
DOWN = frozenset({ServerState.STOPPED, ServerState.KILLED})


@dataclass(frozen=True, kw_only=True)
class Action:
    """One button. `can_when` are the server's states in which it does something."""

    name: str
    label: str
    expect: str
    can_when: frozenset[ServerState]
    breaks: bool = False
    shown_when: frozenset[ServerState] = frozenset(ServerState)


ACTIONS: tuple[Action, ...] = (
    Action(
        name="stop",
        label="Stop Redis",
        expect="Refuses connections; alert after 3 s.",
        can_when=ALIVE,
        breaks=True,
    ),
    Action(
        name="kill",
        label="Kill Redis (SIGKILL)",
        expect="As if it crashed: its data is gone.",
        can_when=ALIVE,
        breaks=True,
    ),
    Action(
        name="start",
        label="Start Redis",
        expect="Comes back empty; resolves after 3 s.",
        can_when=DOWN,
    ),
    Action(
        name="fill",
        label="Fill the memory",
        expect="Until writes fail; alert after 5 s.",
        can_when=RUNNING,
        breaks=True,
    ),
    Action(
        name="empty",
        label="Empty it",
        expect="Deletes every key, sessions too.",
        can_when=RUNNING,
    ),
    Action(
        name="freeze",
        label="Freeze Redis",
        expect="Takes connections, answers nothing.",
        can_when=RUNNING,
        breaks=True,
        shown_when=RUNNING | DOWN,
    ),
    Action(
        name="thaw",
        label="Thaw Redis",
        expect="Goes on where it stopped.",
        can_when=FROZEN,
        shown_when=FROZEN,
    ),
)
