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
        expect="Connections are refused; RedisDown fires after 3 s.",
        can_when=ALIVE,
        breaks=True,
    ),
    Action(
        name="kill",
        label="Kill Redis (SIGKILL)",
        expect="As if it crashed: gone at once, and its data with it.",
        can_when=ALIVE,
        breaks=True,
    ),
    Action(
        name="start",
        label="Start Redis",
        expect="It comes back empty; the alert resolves after 3 s.",
        can_when=DOWN,
    ),
    Action(
        name="fill",
        label="Fill the memory",
        expect="cache:* keys until writes fail; RedisMemoryHigh fires after 5 s.",
        can_when=RUNNING,
        breaks=True,
    ),
    Action(
        name="empty",
        label="Empty it",
        expect="Deletes everything: cache, sessions, rate limits.",
        can_when=RUNNING,
    ),
    Action(
        name="freeze",
        label="Freeze Redis",
        expect="Takes connections and answers nothing (SIGSTOP).",
        can_when=RUNNING,
        breaks=True,
        shown_when=RUNNING | DOWN,
    ),
    Action(
        name="thaw",
        label="Thaw Redis",
        expect="It goes on where it stopped.",
        can_when=FROZEN,
        shown_when=FROZEN,
    ),
)
