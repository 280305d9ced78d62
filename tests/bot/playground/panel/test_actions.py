from bot.playground.panel.actions import ACTIONS
from bot.playground.panel.server import ServerState


def test_every_button_says_what_to_expect_in_one_line() -> None:
    assert all(0 < len(action.expect) <= 40 and action.expect.endswith(".") for action in ACTIONS)


def test_in_every_state_something_can_be_pressed() -> None:
    for state in ServerState:
        assert any(state in action.can_when and state in action.shown_when for action in ACTIONS)
