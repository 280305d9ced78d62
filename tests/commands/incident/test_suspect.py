"""Does a suspicion bring the runbook's steps, and stand in the report with what is known?"""

import json
from pathlib import Path

from bot.report.report import report
from bot.thread import runbook_of
from tests.bot.intake.test_opening import alert, the_incident
from tests.fixtures.alerts import alertmanager
from tests.fixtures.asking import asked
from tests.fixtures.carrying_out import carried_out, confirmed, in_real_time
from tests.fixtures.redis_server import RedisServer
from tests.fixtures.small_pong import DEV, MARIA, VERA, SmallPong, asks, small_pong

ZONE = {
    "secrets": {"REDIS_URL": "redis://127.0.0.1:1/0", "CLOUDFLARE_API_TOKEN": "token-of-a-test"},
    "targets": {"redis-prod": {"labels": {"target": "redis-prod"}, "application": "shop"}},
    "applications": {"shop": {"cloudflare_zone_id": "zone-1"}},
}


async def text_of(small: SmallPong) -> str:
    incident = await the_incident(small)
    runbook = runbook_of(small.pong, incident)
    return await small.pong.store.read(lambda records: report(records, incident, runbook))


async def test_an_attack_has_three_steps_and_the_plan_behind_the_first(tmp_path: Path) -> None:
    async with small_pong(tmp_path, tables=ZONE) as small:
        await alert(small, alertmanager())
        await asked(small, asks("suspect", words=("ddos",)))
        [message] = await small.posted("suspects an attack on")
        told = json.dumps(message["blocks"], ensure_ascii=False)
        assert told.count("☐") == 3
        assert '"action_id": "pong:protect", "value": "under_attack redis-prod"' in told
        assert "| ddos |" in await text_of(small)


async def test_without_cloudflare_it_says_what_to_set(open_one: SmallPong) -> None:
    await asked(open_one, asks("suspect", words=("ddos", "#1")))
    [message] = await open_one.posted("suspects an attack on")
    told = json.dumps(message["blocks"], ensure_ascii=False)
    assert "set cloudflare_zone_id" in told
    assert "pong:protect" not in told


async def test_lost_data_has_a_notice_to_copy_and_a_record_with_what_pong_deleted(tmp_path: Path) -> None:
    with RedisServer("--maxmemory", "24mb") as server:
        server.command("SET", "cache:1", "x")
        secrets = {"REDIS_URL": server.url(), "REDIS_REMEDIATION_URL": server.url()}
        async with small_pong(tmp_path, tables={"secrets": secrets}) as driven:
            await alert(driven, alertmanager())
            small = in_real_time(driven)
            await asked(small, asks("clear", words=("cache",)))
            await confirmed(small, [DEV])
            await carried_out(small)
            await asked(small, asks("suspect", words=("data-loss",)))
            [message] = await small.posted("suspects that data of #1 is lost")
            text = await text_of(small)
    told = json.dumps(message["blocks"], ensure_ascii=False)
    assert "sign in again" in told
    assert 'Clear cache, 1 key"' in told
    record = text.partition("## Record for compliance")[2]
    assert "| Whose data | not known to Pong: to be filled in |" in record
    assert "| Clear cache | 1 key |" in record


async def test_where_nothing_is_suspected_the_report_has_no_such_section(open_one: SmallPong) -> None:
    text = await text_of(open_one)
    assert "Suspected" not in text
    assert "compliance" not in text


async def test_who_may_not_or_says_nothing_is_told(open_one: SmallPong) -> None:
    assert "/incident suspect ddos | data-loss" in await asked(open_one, asks("suspect", by=MARIA))
    await asked(open_one, asks("suspect", by=VERA, words=("ddos",)))
    assert not await open_one.posted("suspects an attack")
