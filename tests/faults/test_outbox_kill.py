"""Is a message lost or doubled when the process that sends it is killed in the middle?"""

import asyncio
import random
import sys
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.playground.local_slack import LocalSlack
from bot.playground.serving import serving

ROOT = Path(__file__).parents[2]
KILLS = 15
THREADS, EACH = 6, 10


@pytest.mark.timeout(240)
@pytest.mark.parametrize("seed", [random.SystemRandom().randrange(10**6)], ids=["random"])
async def test_fifteen_kills_lose_and_double_no_message(tmp_path: Path, seed: int) -> None:
    print(f"seed {seed}")
    dice = random.Random(seed)
    slack = LocalSlack(SystemClock(), rates_strict=False, seed=seed)
    for kind, share in (
        ("rate_limited", 0.06),
        ("server_error", 0.06),
        ("lost_answer", 0.14),
        ("timeout", 0.02),
    ):
        slack.fail("*", kind, share=share)
    async with serving(slack.asgi()) as slack_url:
        kills = 0
        while kills < KILLS and await _lives(tmp_path, slack_url, seconds=dice.uniform(0.05, 0.9)):
            kills += 1
        print(f"{kills} kills, {len(slack.calls)} calls")
        assert not await _lives(tmp_path, slack_url, seconds=120), "the outbox should have become empty"
    assert kills >= KILLS * 2 // 3
    _said_once_and_in_order(slack)


async def _lives(folder: Path, slack_url: str, *, seconds: float) -> bool:
    """Let a sender work for so long, then kill it; whether it had something left to send."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.faults.outbox_child",
        str(folder / "pong.db"),
        slack_url,
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert child.stdout is not None
    try:
        assert await child.stdout.readline() == b"ready\n"
        async with asyncio.timeout(seconds):
            assert await child.stdout.readline() == b"empty\n"
            return False
    except TimeoutError:
        return True
    finally:
        if child.returncode is None:
            child.kill()
        await child.wait()


def _said_once_and_in_order(slack: LocalSlack) -> None:
    for thread in range(THREADS):
        messages = slack.workspace.channels["C0GENERAL" if thread % 2 else "C0INCIDENTS"].messages
        said = [messages[ts].text for ts in sorted(messages) if messages[ts].text.startswith(f"{thread}:")]
        assert said == [f"{thread}:{number}" for number in range(EACH)]
