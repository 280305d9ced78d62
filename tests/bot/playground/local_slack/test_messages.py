"""Does every message, block and element get an id of its own?"""

from bot.clock import DrivenClock
from bot.playground.local_slack.messages import Stamps, find_element, with_ids


def test_stamps_rise_though_the_clock_stands(clock: DrivenClock) -> None:
    stamps = Stamps(clock)
    made = [stamps.next() for _ in range(3)]
    assert made == ["1767229860.000000", "1767229860.000001", "1767229860.000002"]
    clock.advance(1)
    assert stamps.next() == "1767229861.000000"


def test_missing_ids_are_given_and_given_ones_kept() -> None:
    blocks = with_ids(
        [{"type": "divider", "block_id": "b1"}, {"type": "actions", "elements": [{"type": "button"}]}]
    )
    assert [block["block_id"] for block in blocks] == ["b1", "b1x"]
    assert find_element(blocks, block_id="b1x", action_id="b1x-0") == {"type": "button", "action_id": "b1x-0"}


def test_what_was_sent_is_not_touched() -> None:
    sent = [{"type": "divider"}]
    with_ids(sent)
    assert sent == [{"type": "divider"}]
