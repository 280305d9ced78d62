"""How does the network to Redis become slow?"""

from bot.playground.panel.bench import Bench
from bot.playground.panel.breakages.breakage import Breakage, Way
from bot.playground.panel.server import ServerState

DELAY_S = 0.12  # each way: a PING takes a quarter of a second, and the shop gives up


async def _slow(bench: Bench) -> None:
    bench.proxy.delay_s = DELAY_S


async def _quick(bench: Bench) -> None:
    bench.proxy.delay_s = 0.0


SLOW_NETWORK = Breakage(
    group="network",
    trouble="slow network",
    breaks=Way(
        name="slow",
        label="Slow the network",
        expect="No alert: Redis is well, its answers are late. Triage shows it.",
        does=_slow,
    ),
    mends=Way(name="quick", label="Give the network back", expect="Answers come at once again.", does=_quick),
    is_broken=lambda bench: bench.proxy.delay_s > 0,
    can_when=frozenset(ServerState),
)
