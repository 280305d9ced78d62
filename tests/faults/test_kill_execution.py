"""Is a command that must not repeat run at most once, whenever Pong is killed, and are people told?"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.playground.local_slack import LocalSlack
from bot.playground.local_slack.person import Person
from bot.playground.serving import serving
from tests.faults.killing import rows
from tests.fixtures.alerts import alertmanager
from tests.fixtures.answering import answering
from tests.fixtures.real_pong import RealPong
from tests.fixtures.redis_server import RedisServer

WELL = json.dumps({"status": "healthy", "checks": {"redis": "connected"}})
# It leaves a line for each time that it ran, with its process id, and then takes its time.
SCRIPT = "import os, time; open({ran!r}, 'a').write(str(os.getpid()) + '\\n'); time.sleep({takes_s})"
POINTS = ("before the intent", "after the intent", "in mid-effect", "after the effect")
TIMES = 3


class Scene:
    """A Pong whose shop can be restarted by a command; it dies at one point of that."""

    def __init__(self, folder: Path, pong: RealPong, maria: Person) -> None:
        self.ran = folder / "ran"
        self.pong = pong
        self.maria = maria

    def pids(self) -> list[int]:
        return [int(line) for line in self.ran.read_text().split()] if self.ran.exists() else []

    async def runs(self) -> None:
        async with asyncio.timeout(30):
            while not self.pids():  # noqa: ASYNC110 - another process gives no sign
                await asyncio.sleep(0.01)

    async def reaches(self, point: str) -> None:
        points: dict[str, Callable[[], Awaitable[object]]] = {
            "before the intent": lambda: self.pong.happens("approval.approve"),
            "after the intent": lambda: self.pong.happens("execution.started"),
            "in mid-effect": self.runs,
            "after the effect": lambda: self.pong.happens("execution.step"),
        }
        await points[point]()


@pytest.mark.parametrize("attempt", range(TIMES))
@pytest.mark.parametrize("point", POINTS)
async def test_restart_of_the_application_runs_at_most_once(tmp_path: Path, point: str, attempt: int) -> None:
    slack = LocalSlack(SystemClock())
    script = SCRIPT.format(ran=str(tmp_path / "ran"), takes_s=60 if point == "in mid-effect" else 0.3)
    async with AsyncExitStack() as stack:
        server = stack.enter_context(RedisServer())
        health = stack.enter_context(answering(lambda: WELL))
        slack_url = await stack.enter_async_context(serving(slack.asgi()))
        command = json.dumps([sys.executable, "-c", script])
        more = f"[applications.shop]\nhealth_url = {json.dumps(health)}\nrestart_command = {command}"
        pong = RealPong(
            tmp_path, slack_url=slack_url, redis_url=server.url(), target='application = "shop"', more=more
        )
        stack.push_async_callback(pong.child.end)
        await pong.start()
        scene = Scene(tmp_path, pong, Person(slack_url, "U0MARIA"))
        stack.callback(_ends, scene)
        await pong.takes_alert(alertmanager("RedisDown"))
        await scene.maria.sees("INCIDENT: Redis Failure", 30)
        await scene.maria.commands("/redis restart app")
        card = await scene.maria.sees("needs a responder's confirm", 30)
        await scene.maria.presses(card, "Confirm")
        await scene.reaches(point)
        await pong.child.kill()
        await pong.start()
        told = await _told(scene)
    assert len(scene.pids()) <= 1, f"{point}: it ran {len(scene.pids())} times"
    [execution] = rows(pong, "SELECT state FROM executions")
    assert execution["state"] == told
    assert told == "unknown" or len(scene.pids()) == 1, "what did not run is no success"


async def _told(scene: Scene) -> str:
    """How people read that it ended."""
    ends = {"is done": "succeeded", "Unknown outcome": "unknown"}
    sees = [asyncio.ensure_future(scene.maria.sees(words, 60)) for words in ends]
    done, waiting = await asyncio.wait(sees, return_when=asyncio.FIRST_COMPLETED)
    for one in waiting:
        one.cancel()
        with suppress(asyncio.CancelledError):
            await one
    [first] = done
    return list(ends.values())[sees.index(first)]


def _ends(scene: Scene) -> None:
    """What the killed Pong left running: it leads a session of its own."""
    for pid in scene.pids():
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
