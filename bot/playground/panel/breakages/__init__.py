"""What can be broken here? A new one is a file and a line in this list."""

from bot.playground.panel.breakages.access import CHANGED_PASSWORD, LEAKED_CLIENTS, SHOPS_PASSWORD
from bot.playground.panel.breakages.application import LOST_CONNECTION
from bot.playground.panel.breakages.breakage import Breakage, Way
from bot.playground.panel.breakages.busy import ENDLESS_SCRIPT
from bot.playground.panel.breakages.disk import NO_SNAPSHOTS
from bot.playground.panel.breakages.filling import CACHE, HASH, NO_TTL
from bot.playground.panel.breakages.flood import FLOOD
from bot.playground.panel.breakages.network import SLOW_NETWORK
from bot.playground.panel.breakages.process import FREEZE, KILL, STOP
from bot.playground.panel.breakages.replica import READ_ONLY

BREAKAGES: tuple[Breakage, ...] = (
    STOP,
    KILL,
    FREEZE,
    CACHE,
    NO_TTL,
    HASH,
    SLOW_NETWORK,
    CHANGED_PASSWORD,
    SHOPS_PASSWORD,
    LEAKED_CLIENTS,
    LOST_CONNECTION,
    ENDLESS_SCRIPT,
    FLOOD,
    NO_SNAPSHOTS,
    READ_ONLY,
)

__all__ = ["BREAKAGES", "Breakage", "Way"]
