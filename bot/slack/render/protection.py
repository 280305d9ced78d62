"""How does the protection that Pong put on read, and how is it offered for taking back? Pure."""

from collections.abc import Sequence

from bot.remediations.change import Standing
from bot.slack.render.blocks import Button, Message, actions, section
from bot.text import first_few, outside

SHOWN_MOST = 5
WORDS_MOST = 1_000  # a button carries 2,000 characters


def on_now(standing: Sequence[Standing]) -> str:
    """Such as `security level high, 203.0.113.7 blocked`; empty when nothing is on."""
    return outside(first_few([one.says for one in standing], most=SHOWN_MOST))


def ways_back(standing: Sequence[Standing], target: str) -> list[str]:
    """A line for each, with the command that takes it back."""
    lines = [outside(f"{one.says}: {_way_back(one, target)}") for one in standing[:SHOWN_MOST]]
    more = len(standing) - SHOWN_MOST
    return [*lines, f"and {more} more"] if more > 0 else lines


def still_on(standing: Sequence[Standing], target: str) -> Message:
    """Asked when it looks as if the incident were over: each with a button that asks for its plan."""
    text = f"🛡 Still on at Cloudflare, by Pong: {on_now(standing)}. Take back what is not needed any more."
    buttons = [
        Button("protect", f"{' '.join(one.undo)} {target}", f"Take back: {one.says}")
        for one in standing[:SHOWN_MOST]
        if one.undo and len(" ".join(one.undo)) <= WORDS_MOST
    ]
    return Message(text, (section(text), *([actions(buttons)] if buttons else [])))


def _way_back(one: Standing, target: str) -> str:
    if not one.undo:
        return f"set it to {one.before} at Cloudflare"
    return f"/redis protect {' '.join(one.undo)} {target}"
