"""Are an alert's links and its picture shown only where they may be?"""

from pathlib import Path

import pytest

from bot.playground.local_slack.limits import check_message
from tests.bot.intake.test_opening import alert
from tests.fixtures.alerts import grafana
from tests.fixtures.small_pong import small_pong


async def test_links_and_the_picture_of_grafana_are_shown_only_for_allowed_hosts(tmp_path: Path):
    body = grafana(imageURL="https://images.example/a.png?x=1&y=2", silenceURL="https://evil.example/silence")
    async with small_pong(tmp_path / "none") as small:
        await alert(small, body, "grafana")
        assert ".example" not in str(await small.parent()) + str(await small.posted())
    async with small_pong(
        tmp_path / "some", tables={"links": ["grafana.example", "images.example"]}
    ) as small:
        await alert(small, body, "grafana")
        parent = str(await small.parent())
        assert "<https://grafana.example/d/redis?orgId=1|dashboard>" in parent
        assert "evil.example" not in parent
        [shown] = await small.posted("How RedisDown looked")
        assert shown["blocks"][-1] == {
            "type": "image",
            "image_url": "https://images.example/a.png?x=1&y=2",
            "alt_text": "How RedisDown looked when it was sent",
        }


@pytest.mark.parametrize(
    "url",
    [
        "https://images.example.evil.example/a.png",
        "https://images.example@evil.example/a.png",
        "javascript:alert(1)",
        "https://images.example/a|b",
        "https://images.example/<!channel>",
        "https://images.example/ a",
        "https://[images.example/a",
        "https://images.example/" + "x" * 4_000,
        "//images.example/a",
        "",
    ],
)
async def test_an_address_that_is_no_clean_one_of_an_allowed_host_shows_nowhere(tmp_path: Path, url: str):
    body = grafana(imageURL=url, panelURL=url, dashboardURL=url, silenceURL=url)
    async with small_pong(tmp_path, tables={"links": ["images.example"]}) as small:
        await alert(small, body, "grafana")
        assert len(await small.posted("looked when it was sent")) == 0
        assert "panel" not in str(await small.parent())


async def test_a_hostile_name_in_a_picture_s_description_is_plain_text(tmp_path: Path):
    tables = {"links": ["images.example"], "alerts": {"unmatched": "open"}}
    evil = "<!channel> *x* <https://evil.example|ok> redis://pong:hunter2222@h"
    async with small_pong(tmp_path, tables=tables) as small:
        await alert(small, grafana(evil, imageURL="https://images.example/a.png"), "grafana")
        [shown] = await small.posted("looked when it was sent")
        assert "<!channel>" not in shown["text"]
        check_message(shown["text"], shown["blocks"])
        assert "hunter2222" not in str(shown)
