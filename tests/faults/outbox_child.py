"""A process to be killed: it says what it is told to, and sends until the outbox is empty.

python -m tests.faults.outbox_child STORE SLACK_URL
"""

import asyncio
import os
import random
import sys

from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import SystemClock
from bot.outbox.pacing import Pacing
from bot.outbox.sender import Sender
from bot.outbox.settling import SetAside
from bot.store.records import Records
from bot.store.sqlite import open_sqlite
from bot.text import redact

THREADS, EACH = 6, 10
LANES = ("C0INCIDENTS", "C0GENERAL")
PACING = Pacing(
    lane_ms=250,
    look_up_after_ms=1_000,
    look_again_ms=50,
    first_wait_ms=20,
    longest_wait_ms=200,
    retry_after_most_ms=60,
    method_ms=5,
    dice=random.Random(),
)


async def say_all(records: Records) -> None:
    """The same names in every life: what was said before is not said again."""
    for thread in range(THREADS):
        for number in range(EACH):
            await records.outbox.post(
                f"{thread}:{number}",
                {"text": f"{thread}:{number}"},
                lane=LANES[thread % 2],
                parent_id=f"{thread}:0" if number else None,
                at_ms=SystemClock().now_ms(),
            )


async def is_empty(records: Records) -> bool:
    counts = await records.outbox.counts()
    return not counts.get("pending") and not counts.get("sending")


async def on_failed(records: Records, aside: SetAside) -> None:
    print(f"failed {aside.letter.message_id} {aside.reason}", flush=True)


async def main(path: str, slack_url: str) -> None:
    store = open_sqlite(f"sqlite:///{path}", redact=redact, mirror=lambda event: None)
    await store.write(say_all)
    client = AsyncWebClient(
        "xoxb-local-pong",
        base_url=f"{slack_url}/api/",
        timeout=0.7,  # type: ignore[arg-type]
        retry_handlers=[],
    )
    sender = Sender(store, client, SystemClock(), owner=str(os.getpid()), on_failed=on_failed, pacing=PACING)
    sends = asyncio.create_task(sender.run())
    print("ready", flush=True)
    changes = store.changes()
    while not await store.read(is_empty):
        await changes.wait(0.2)
    print("empty", flush=True)
    sends.cancel()
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
