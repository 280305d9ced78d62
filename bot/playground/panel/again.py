"""What was broken when the playground ended, or in fallback mode, and how does it become so again?"""

from collections.abc import Iterable

from bot.playground.panel.bench import FALLBACK, Bench
from bot.playground.panel.breakages import BREAKAGES
from bot.playground.panel.breakages.process import FREEZE, KILL, STOP

LAST = (STOP, KILL, FREEZE)  # nothing else can be done to a server after these


def broken_names(bench: Bench) -> list[str]:
    """In the order in which they can be broken again."""
    broken = [one for one in BREAKAGES if one.is_broken(bench)]
    names = [one.breaks.name for one in sorted(broken, key=LAST.__contains__)]
    # Nothing that is mended here: Pong switched it on, and says that it stands until it is switched off.
    return [FALLBACK, *names] if FALLBACK in bench.broken else names


async def break_again(bench: Bench, names: Iterable[str]) -> None:
    """Break what `names` says; a name that is no longer known is passed over."""
    ways = {one.breaks.name: one.breaks for one in BREAKAGES}
    for name in names:
        if name == FALLBACK:
            bench.broken.add(FALLBACK)
        if way := ways.get(name):
            await way.does(bench)
