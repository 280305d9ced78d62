"""Is every question asked from the list, and the server sampled once for all of them?"""

import asyncio
from pathlib import Path

import httpx

import bot.diagnostics
from bot.catalog import DIAGNOSTICS
from bot.clock import SystemClock
from bot.diagnostics.question import Subject
from bot.targets.address import parse
from bot.targets.meanings import outcome
from bot.targets.outcome import Kind
from bot.targets.probe import Probed, probe
from bot.targets.read_only import reading
from tests.fixtures.recorded import TARGET
from tests.fixtures.redis_fixtures import StartServer


def test_every_file_that_asks_a_question_is_listed() -> None:
    folder = Path(bot.diagnostics.__path__[0])
    asking = {path.stem for path in folder.glob("*.py") if "\nCHECK = " in path.read_text("utf-8")}
    assert asking == {question.read.__module__.rpartition(".")[2] for question in DIAGNOSTICS}
    assert all(question.judge.__module__ == question.read.__module__ for question in DIAGNOSTICS)


def test_every_check_has_its_own_name() -> None:
    assert len({question.check for question in DIAGNOSTICS}) == len(DIAGNOSTICS)


async def test_all_who_ask_share_two_samples(start_server: StartServer) -> None:
    server = start_server()
    probing: asyncio.Future[Probed] = asyncio.get_running_loop().create_future()
    probing.set_result(Probed(outcome(Kind.HEALTHY, "redis-prod")))
    async with reading(parse(server.url())) as redis, httpx.AsyncClient() as http:
        subject = Subject(TARGET, redis, http, SystemClock(), probing)
        first, second = await asyncio.gather(subject.samples(), subject.samples())
        await subject.close()
    assert first is second
    assert server.command("INFO", "commandstats")["cmdstat_info"]["calls"] == 2


async def test_the_pings_own_info_is_not_asked_for_again(start_server: StartServer) -> None:
    server = start_server()
    address, clock = parse(server.url()), SystemClock()
    probing = asyncio.ensure_future(probe("redis-prod", address, clock))
    async with reading(address) as redis, httpx.AsyncClient() as http:
        subject = Subject(TARGET, redis, http, clock, probing)
        assert (await subject.info())["run_id"] == (await subject.samples()).second["run_id"]
        await subject.close()
    assert server.command("INFO", "commandstats")["cmdstat_info"]["calls"] == 2
