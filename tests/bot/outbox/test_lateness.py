"""Does what Slack took late say when it was written, and only that?"""

from bot.outbox.lateness import BLOCKS_MOST, dated

WRITTEN_MS = 1_767_229_800_000  # 01:10 UTC
BLOCK = {"type": "divider"}
PAYLOAD = {"text": "hello", "blocks": [BLOCK]}


def test_what_was_written_over_a_minute_ago_says_when() -> None:
    late = dated(PAYLOAD, written_ms=WRITTEN_MS, now_ms=WRITTEN_MS + 60_000)
    assert "Late: written <!date^1767229800^" in late["text"]
    assert "|01:10 UTC>, and Slack has taken it only now." in str(late["blocks"][-1])
    assert late["blocks"][0] == BLOCK


def test_what_goes_out_at_once_is_as_it_was_written() -> None:
    assert dated(PAYLOAD, written_ms=WRITTEN_MS, now_ms=WRITTEN_MS + 59_000) is PAYLOAD


def test_what_has_no_room_or_no_blocks_is_left_as_it_is() -> None:
    for payload in ({"text": "hello"}, {"text": "hello", "blocks": [BLOCK] * BLOCKS_MOST}):
        assert dated(payload, written_ms=WRITTEN_MS, now_ms=WRITTEN_MS + 600_000) is payload
