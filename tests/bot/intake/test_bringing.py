"""Are what an alert brings along, its links, picture and labels, shown only as they may be?"""

from pathlib import Path

import pytest

from bot.playground.local_slack.limits import check_message
from tests.bot.intake.test_opening import START_MS, alert, the_incident
from tests.fixtures.alerts import alertmanager, grafana
from tests.fixtures.small_pong import SmallPong, small_pong


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


HERE, THERE = {"target": "x", "instance": "redis-x:6379"}, {"target": "y", "instance": "redis-y:6379"}


async def test_where_no_target_is_known_people_read_which_server_each_alert_is_about(small: SmallPong):
    await alert(small, alertmanager(labels=HERE))
    await alert(small, alertmanager(labels=THERE))
    [called] = await small.posted("Please acknowledge")
    assert "RedisDown on an unknown target (instance redis-x:6379, target x)" in called["text"]
    [also] = await small.posted("Also firing: RedisDown (instance redis-y:6379, target y)")
    assert also["id"].startswith("incident:1/")
    parent = str(await small.parent())
    assert "Told of: instance redis-x:6379, target x; instance redis-y:6379, target y." in parent
    await alert(small, alertmanager(labels=HERE, state="resolved", ends_ms=START_MS + 60_000))
    [ended] = await small.posted("has ended")
    assert ended["text"].startswith("RedisDown (instance redis-x:6379, target x) has ended")
    assert ended["text"].endswith("Still firing: RedisDown (instance redis-y:6379, target y).")


async def test_where_the_target_is_known_its_name_is_enough(small: SmallPong):
    await alert(small, alertmanager(labels={"instance": "exporter-1:9121"}))
    await alert(small, alertmanager("RedisMemoryHigh", labels={"instance": "exporter-1:9121"}))
    assert "exporter-1" not in str(await small.posted()) + str(await small.parent())


async def test_a_hostile_label_is_plain_text_and_no_secret_of_it_is_shown(small: SmallPong):
    evil = "<!channel> *x* <https://evil.example|ok> redis://pong:hunter2222@h"
    await alert(small, alertmanager(labels={"target": evil, "instance": evil}))
    await alert(small, alertmanager(labels={"target": evil, "instance": f"other {evil}"}))
    shown = str(await small.posted()) + str(await small.parent())
    assert "Also firing: RedisDown (" in shown
    assert not [one for one in ("<!channel>", "<https://evil", "hunter2222") if one in shown]
    parent = await small.parent()
    check_message(parent["text"], parent["blocks"])


async def test_of_a_storm_on_unknown_servers_the_incident_names_the_first(small: SmallPong):
    for number in range(30):
        await alert(small, alertmanager(labels={"target": "none", "instance": f"redis-{number}:6379"}))
    about = (await the_incident(small)).alert_about
    assert about.startswith("instance redis-0:6379, target none; instance redis-1:6379")
    assert len(about) < 300
