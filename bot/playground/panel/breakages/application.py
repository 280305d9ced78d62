"""How does the shop lose its Redis while Redis is well? Its pool holds connections that are dead."""

from bot.playground.panel.bench import LOST, Bench
from bot.playground.panel.breakages.breakage import Breakage, Way, lasts
from bot.playground.panel.server import ServerState


async def _lose(bench: Bench) -> None:
    bench.broken.add(LOST)


async def _restart(bench: Bench) -> None:
    await bench.restart_shop()


LOST_CONNECTION = Breakage(
    group="access",
    trouble="the shop lost it",
    breaks=Way(
        name="lose",
        label="Let the shop lose Redis",
        expect="No alert: Redis is well, the shop's pool is dead until it restarts.",
        does=_lose,
    ),
    mends=Way(
        name="restart-shop",
        label="Restart the shop",
        expect="It connects anew; leaked clients are gone too.",
        does=_restart,
    ),
    is_broken=lasts(LOST),
    can_when=frozenset(ServerState),
)
