"""Stopped, killed, frozen: how does the server's process go away?"""

from bot.playground.panel.bench import Bench
from bot.playground.panel.breakages.breakage import ALIVE, Breakage, Way
from bot.playground.panel.server import ServerState


async def _start(bench: Bench) -> None:
    await bench.start()


async def _stop(bench: Bench) -> None:
    await bench.stop()


async def _kill(bench: Bench) -> None:
    await bench.kill()


async def _freeze(bench: Bench) -> None:
    await bench.server.freeze()


async def _thaw(bench: Bench) -> None:
    await bench.server.thaw()


STARTS = Way(name="start", label="Start Redis", expect="Comes back empty; resolves after 3 s.", does=_start)

STOP = Breakage(
    group="server",
    trouble="stopped",
    breaks=Way(
        name="stop", label="Stop Redis", expect="Refuses connections; RedisDown after 3 s.", does=_stop
    ),
    mends=STARTS,
    is_broken=lambda bench: bench.server.state is ServerState.STOPPED,
    can_when=ALIVE,
)
KILL = Breakage(
    group="server",
    trouble="killed",
    breaks=Way(
        name="kill", label="Kill Redis (SIGKILL)", expect="As if it crashed: its data is gone.", does=_kill
    ),
    mends=STARTS,
    is_broken=lambda bench: bench.server.state is ServerState.KILLED,
    can_when=ALIVE,
)
FREEZE = Breakage(
    group="server",
    trouble="frozen",
    breaks=Way(
        name="freeze",
        label="Freeze Redis",
        expect="Takes connections, answers nothing; RedisDown.",
        does=_freeze,
    ),
    mends=Way(name="thaw", label="Thaw Redis", expect="Goes on where it stopped.", does=_thaw),
    is_broken=lambda bench: bench.server.state is ServerState.FROZEN,
)
