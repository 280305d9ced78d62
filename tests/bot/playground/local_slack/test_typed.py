"""Does typed text become what Slack would send?"""

import pytest

from bot.playground.local_slack.typed import as_sent
from bot.playground.local_slack.world import default_world


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("@pong ping", "<@U0PONG> ping"),
        ("@Pong, ping", "<@U0PONG>, ping"),
        ("thanks @maria.", "thanks <@U0MARIA>."),
        ("@sre-oncall look", "<!subteam^S0SRE> look"),
        ("@here", "<!here>"),
        ("@nobody", "@nobody"),
        ("maria@pong.example", "maria@pong.example"),
        ("a < b & c > d", "a &lt; b &amp; c &gt; d"),
        ("<!channel>", "&lt;!channel&gt;"),
    ],
)
def test_typed_text_is_escaped_and_names_become_mentions(typed: str, sent: str) -> None:
    assert as_sent(typed, default_world()) == sent
