"""How does one command keep everybody else waiting?

https://redis.io/docs/latest/develop/programmability/eval-intro/#script-execution
"""

from redis.exceptions import RedisError

from bot.playground.panel.bench import Bench
from bot.playground.panel.breakages.breakage import Breakage, Way

NAME = "script"
FOREVER = "while true do end"


async def _run(bench: Bench) -> None:
    bench.go_on(NAME, lambda: _script(bench), ended="")


async def _script(bench: Bench) -> None:
    async with bench.redis() as redis:
        redis.connection_pool.connection_kwargs["socket_timeout"] = None  # it never answers
        await redis.eval(FOREVER, 0)


async def _kill(bench: Bench) -> None:
    async with bench.redis() as redis:
        try:
            await redis.script_kill()
        except RedisError as error:
            if "NOTBUSY" not in str(error):
                raise
    await bench.end(NAME)


ENDLESS_SCRIPT = Breakage(
    group="load",
    trouble="endless script",
    breaks=Way(
        name="script",
        label="Run a script that never ends",
        expect="BUSY for everybody else; RedisDown.",
        does=_run,
    ),
    mends=Way(
        name="script-kill", label="Kill the script", expect="SCRIPT KILL; nothing was written.", does=_kill
    ),
    is_broken=lambda bench: bench.goes_on(NAME),
)
