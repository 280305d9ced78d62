"""How much of a core does a whole playground use while nobody breaks anything? Linux only.

python bench/idle.py [SECONDS]
"""

import asyncio
import os
import sys
import tempfile
from pathlib import Path

from tests.fixtures.browser import browser_page
from tests.fixtures.playground import playground

SETTLES_S = 15
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


def used_s(parent: int) -> float:
    """Processor seconds of the processes under `parent`, browsers left out."""
    total, tree = 0.0, {parent}
    for entry in sorted(
        (one for one in Path("/proc").iterdir() if one.name.isdigit()), key=lambda one: int(one.name)
    ):
        try:
            name, _, rest = (entry / "stat").read_text("utf-8").partition("(")[2].rpartition(")")
        except OSError:
            continue
        fields = rest.split()
        if int(fields[1]) in tree and not any(word in name for word in ("chrom", "node", "playwright")):
            tree.add(int(entry.name))
            total += (int(fields[11]) + int(fields[12])) / TICKS_A_SECOND
    return total


async def percent(seconds: float) -> float:
    before = used_s(os.getpid())
    await asyncio.sleep(seconds)
    return 100 * (used_s(os.getpid()) - before) / seconds


async def main(seconds: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with playground(Path(folder) / "play") as address:
            await asyncio.sleep(SETTLES_S)
            print(f"nobody looks: {await percent(seconds):.2f} % of a core over {seconds:.0f} s")
            async with browser_page() as page:
                await page.goto(address)
                await asyncio.sleep(SETTLES_S)
                print(f"one page open: {await percent(seconds):.2f} % of a core over {seconds:.0f} s")


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1]) if len(sys.argv) > 1 else 60))
