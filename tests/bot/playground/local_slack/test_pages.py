"""Does a cursor lead through a list once?"""

import pytest

from bot.playground.local_slack.pages import page
from bot.playground.local_slack.refusal import SlackRefusal


def test_cursor_leads_to_the_next_page_and_ends() -> None:
    first, cursor = page(["a", "b", "c"], {"limit": "2"}, usual=100, most=1000)
    rest, end = page(["a", "b", "c"], {"limit": 2, "cursor": cursor}, usual=100, most=1000)
    assert (first, rest, end) == (["a", "b"], ["c"], "")


@pytest.mark.parametrize("cursor", ["!", "bmV4dDp4", "cHJldjox"])
def test_made_up_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(SlackRefusal, match="invalid_cursor"):
        page(["a"], {"cursor": cursor}, usual=100, most=1000)
