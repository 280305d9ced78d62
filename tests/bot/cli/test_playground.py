import asyncio
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from bot.playground.local_slack.person import Person, shown_text
from bot.playground.ports import free_port
from bot.playground.serving import local_client
from bot.playground.whole import CODE
from tests.fixtures.playground import playground

Starts = Callable[..., Awaitable[tuple[Process, str]]]

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")


async def _started(directory: Path, port: object, *options: str) -> Process:
    words = [sys.executable, "-m", "bot", "playground", "--port", str(port), "--directory", str(directory)]
    words += options
    return await asyncio.create_subprocess_exec(*words, cwd=CODE, stdout=PIPE, stderr=PIPE)


@pytest.fixture
async def starts(tmp_path: Path) -> AsyncIterator[Starts]:
    """Starts a playground and gives its process and its address."""
    began: list[Process] = []

    async def start(*options: str) -> tuple[Process, str]:
        process = await _started(tmp_path, free_port(), *options)
        began.append(process)
        assert process.stdout
        async with asyncio.timeout(60):
            line = (await process.stdout.readline()).decode()
        return process, next(word for word in line.split() if word.startswith("http"))

    yield start
    for process in began:
        with suppress(ProcessLookupError):
            process.kill()
        await process.communicate()


def _children(parent: int) -> dict[int, str]:
    found = {}
    for entry in Path("/proc").iterdir():
        with suppress(OSError, ValueError):
            if int((entry / "stat").read_text("utf-8").rpartition(")")[2].split()[1]) == parent:
                found[int(entry.name)] = (entry / "cmdline").read_text("utf-8").replace("\0", " ")
    return found


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


async def _until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 - processes of another process tell nobody
            await asyncio.sleep(0.05)


async def test_a_busy_port_gets_one_clear_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = await _started(tmp_path, port)
        out, err = await process.communicate()
    assert process.returncode == 1
    assert out == b""
    assert err.decode() == f"Port {port} is taken. Choose another: make playground PORT={port + 1}\n"


@on_linux
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
async def test_no_process_is_left(starts: Starts, how: signal.Signals) -> None:
    process, _ = await starts()
    await _until(lambda: len(_children(process.pid)) >= 2)
    children = _children(process.pid)
    assert any(" run " in line for line in children.values())
    process.send_signal(how)
    async with asyncio.timeout(20):
        assert await process.wait() == (-signal.SIGKILL if how is signal.SIGKILL else 0)
    await _until(lambda: not any(_is_alive(pid) for pid in children))


@on_linux
async def test_pong_comes_back_when_it_dies_and_the_panel_says_so(starts: Starts) -> None:
    process, address = await starts()

    def pong() -> int | None:
        return next((pid for pid, line in _children(process.pid).items() if " run " in line), None)

    await _until(pong)
    first = pong()
    assert first
    os.kill(first, signal.SIGKILL)
    await _until(lambda: pong() not in (None, first))
    async with local_client(address) as http:
        notes = (await http.get("/panel/state")).json()["notes"]
    assert "Pong ended and was started again (once). Why: pong.log." in notes


async def _ends(process: Process) -> None:
    process.send_signal(signal.SIGINT)
    async with asyncio.timeout(20):
        assert await process.wait() == 0


async def test_a_fresh_start_begins_anew(starts: Starts, tmp_path: Path) -> None:
    for name in ("pong.db", "slack.db", "rehearsal.json"):
        (tmp_path / name).write_text("an earlier rehearsal")
    (tmp_path / "notes.txt").write_text("mine")
    _, address = await starts("--fresh")
    assert b"an earlier" not in (tmp_path / "slack.db").read_bytes()
    assert (tmp_path / "notes.txt").read_text() == "mine"
    async with local_client(address) as http:
        boot = (await http.get("/client/boot?user=U0MARIA")).json()
        assert (await http.get("/")).status_code == 200
    assert {"U0MARIA", "U0DEV", "U0SAM", "U0VERA"} <= {user["id"] for user in boot["users"]}
    assert {command["command"] for command in boot["commands"]} == {"/redis", "/incident"}


async def test_it_goes_on_where_it_was(starts: Starts) -> None:
    process, address = await starts()
    maria = Person(address, "U0MARIA")
    async with local_client(address) as http:
        await http.post("/panel/press", json={"what": "stop"})
    parent = await maria.sees("DRILL: Redis Failure", 30)
    await maria.says("I look into it.", parent["ts"])
    await _ends(process)

    process, address = await starts()
    maria = Person(address, "U0MARIA")
    said = [shown_text(message) for message in await maria.messages()]
    assert sum("DRILL: Redis Failure" in text for text in said) == 1
    assert "I look into it." in said
    async with local_client(address) as http:
        state = (await http.get("/panel/state")).json()
        assert (state["server"]["state"], state["alerts"]) == ("stopped", ["RedisDown"])
        assert not state["guide"][0]["is_done"]  # it has people fill the memory
        await http.post("/panel/press", json={"what": "start"})
    asks = await maria.sees("Say what it was to close it", 30)
    assert asks["thread_ts"] == parent["ts"]


async def test_redis_has_its_data_again(starts: Starts) -> None:
    process, address = await starts()
    async with local_client(address) as http:
        await http.post("/panel/press", json={"what": "fill"})

        async def is_full() -> bool:
            seen = (await http.get("/panel/state")).json()["server"]
            return bool(seen["used_bytes"] and seen["used_bytes"] > 0.95 * seen["max_bytes"])

        async with asyncio.timeout(30):
            while not await is_full():  # noqa: ASYNC110 - a server's memory tells nobody
                await asyncio.sleep(0.1)
    await _ends(process)
    _, address = await starts()
    async with local_client(address) as http:
        server = (await http.get("/panel/state")).json()["server"]
    assert server["used_bytes"] > 0.9 * server["max_bytes"]


@pytest.mark.parametrize("port", ["0", "65536", "eighty", "-1", "8900.5"])
async def test_what_is_no_port_gets_one_clear_sentence(tmp_path: Path, port: str) -> None:
    process = await _started(tmp_path, f"{port}")
    out, err = await process.communicate()
    assert (process.returncode, out) == (1, b"")
    said = f"PORT must be a number from 1 to 65535, not {port!r}: make playground PORT=8900\n"
    assert err.decode() == said


@pytest.mark.parametrize("name", ["slack.db", "shop.db", "rehearsal.json", "alerts.json"])
async def test_what_cannot_be_read_gets_one_clear_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("an earlier rehearsal, but broken in the middle of a word" * 20)
    process = await _started(tmp_path, free_port())
    _, err = await process.communicate()
    assert process.returncode == 2
    assert err.decode() == f"{tmp_path / name} cannot be read: start anew with FRESH=1.\n"


async def test_two_playgrounds_do_not_share_a_directory(starts: Starts, tmp_path: Path) -> None:
    await starts()
    second = await _started(tmp_path, free_port())
    _, err = await second.communicate()
    assert second.returncode == 2
    assert err.decode() == f"A playground already works in {tmp_path}: end it first.\n"


async def test_two_at_once_on_two_ports_do_not_meet(tmp_path: Path) -> None:
    async with playground(tmp_path / "one") as one, playground(tmp_path / "two") as two:
        async with local_client(one) as http:
            await http.post("/panel/press", json={"what": "stop"})
        await Person(one, "U0MARIA").sees("DRILL: Redis Failure", 30)
        async with local_client(two) as http:
            state = (await http.get("/panel/state")).json()
        assert (state["server"]["state"], state["alerts"]) == ("running", [])
        assert await Person(two, "U0MARIA").messages() == []


async def test_a_strange_host_name_reaches_nothing(starts: Starts) -> None:
    _, address = await starts()
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = await http.get(f"{address}/panel/state", headers={"host": "evil.example"})
    assert answer.status_code == 400
