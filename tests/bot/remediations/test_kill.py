"""Is it said which connections or which script would end, and is nothing else asked for?"""

import pytest
from redis import Redis

from bot.errors import BadInput, ServiceUnavailable
from bot.playground.ports import free_port
from bot.remediations.clients import Client, parse_list
from bot.remediations.kill import measured, prepare
from bot.remediations.plan import RedisCommand, RedisKill, Repeat, Tier
from tests.bot.remediations.conftest import SceneAt
from tests.fixtures.busy import busy_with_a_script
from tests.fixtures.redis_server import RedisServer


@pytest.mark.parametrize(
    "word", ["", "idle", "idle:", "idle:ten", "idle:-5", "name:", "name:a b", "addr:1.2.3.4", "*", "all"]
)
async def test_what_names_no_clients_says_how_to_name_them(word: str, scene_at: SceneAt) -> None:
    async with scene_at("redis://127.0.0.1:1", allowed="kill") as scene:
        with pytest.raises(BadInput, match="idle:SECONDS"):
            await prepare(scene, (word,))


async def test_clients_at_work_are_not_called_idle(scene_at: SceneAt) -> None:
    async with scene_at("redis://127.0.0.1:1", allowed="kill") as scene:
        with pytest.raises(BadInput, match="under 60 s is at work"):
            await prepare(scene, ("idle:59",))


async def test_clients_by_name_are_counted_and_nobody_s_address_is_shown(
    server: RedisServer, scene_at: SceneAt
) -> None:
    leaking = [Redis(port=server.port, client_name="leak") for _ in range(3)]
    for client in leaking:
        client.ping()
    async with scene_at(server.url(), allowed="kill") as scene:
        plan, preview = await prepare(scene, ("name:leak",))
    assert preview.says[0].startswith("Closes 3 of ")
    assert "127.0.0.1" not in preview.says[0]
    assert plan.steps == (RedisKill(by="name", given="leak"),)
    assert plan.tier is Tier.REVERSIBLE
    for client in leaking:
        client.close()


def test_one_host_is_not_many() -> None:
    def client(host: str, number: int) -> Client:
        line = f"id={number} addr={host}:{5000 + number} name=leak user=app flags=N idle=0 sub=0 psub=0\n"
        return parse_list(line.encode())[0]

    one, two = client("10.0.0.1", 1), client("10.0.0.2", 2)
    assert measured([one], [one], at_ms=0).says == ("Closes 1 of 1 connection (1 host)",)
    again = client("10.0.0.1", 3)
    told = "Closes 3 of 3 connections (2 hosts; 2 from one host)"
    assert measured([one, two, again], [one, two, again], at_ms=0).says == (told,)
    with pytest.raises(BadInput, match="none of its 1 client:"):
        measured([one], [], at_ms=0)


async def test_when_nobody_is_meant_there_is_no_plan(server: RedisServer, scene_at: SceneAt) -> None:
    async with scene_at(server.url(), allowed="kill") as scene:
        with pytest.raises(BadInput, match="means none of its"):
            await prepare(scene, ("name:nobody",))


async def test_dead_server_says_to_ping_it(scene_at: SceneAt) -> None:
    async with scene_at(f"redis://127.0.0.1:{free_port()}", allowed="kill") as scene:
        for word in ("script", "idle:600"):
            with pytest.raises(ServiceUnavailable, match="Next: /redis triage says more"):
                await prepare(scene, (word,))


async def test_script_is_ended_only_when_one_runs(server: RedisServer, scene_at: SceneAt) -> None:
    async with scene_at(server.url(), allowed="kill") as scene:
        with pytest.raises(BadInput, match="No script keeps redis-prod busy"):
            await prepare(scene, ("script",))
        with busy_with_a_script(server):
            plan, _ = await prepare(scene, ("script",))
    first = plan.steps[0]
    assert isinstance(first, RedisCommand)
    assert (first.arguments, first.repeat) == (("SCRIPT", "KILL"), Repeat.NEVER)
