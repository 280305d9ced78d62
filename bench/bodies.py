"""Do 100,000 generated bodies bring a 5xx out of Pong, or does it lose one of them?

python bench/bodies.py [--count N] [--seed N]; exits with 1 where one did.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from pathlib import Path

from tests.fixtures.bodies import posted


async def main(count: int, seed: int) -> None:
    print(f"seed {seed}", flush=True)
    began_s = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="pong-bodies-") as folder:
        account = await posted(Path(folder), count, seed)
    took_s = time.monotonic() - began_s
    total = sum(account.answers.values())
    print(f"{total:,} bodies posted in {took_s:.0f} s, {len(account.distinct):,} of them different")
    for (path, status), number in sorted(account.answers.items()):
        print(f"{path} {status}: {number:,}")
    if account.faults:
        sys.exit("\n".join([f"{len(account.faults)} faults:", *account.faults[:20]]))
    kept = f"{len(account.accepted):,} different ones accepted: each kept once and worked"
    print(f"no 5xx; {kept}; Slack takes all {account.messages:,} messages that came of them")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    given = parser.parse_args()
    asyncio.run(main(given.count, given.seed))
