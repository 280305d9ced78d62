"""`pong playground`: a Slack, a shop and a Redis to break, and Pong working in it, at one address."""

import argparse
import asyncio
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.playground.directory import alone_in
from bot.playground.local_slack.world import Command, World, default_world
from bot.playground.ports import is_free
from bot.playground.whole import Playground, Wishes
from commands import VERBS

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
ROOT = Path(".playground")
NO_PORT = "PORT must be a number from 1 to 65535, not {}: make playground PORT=8900"

# What each person may do stands in the picker of the page; pong.toml of the playground says the same.
TITLES = {
    "U0MARIA": "On call: responds and approves",
    "U0DEV": "Senior engineer: responds and approves",
    "U0SAM": "Backend engineer: responds, approves nothing",
    "U0VERA": "Support: only looks",
    "U0GUEST": "Guest: refused",
    "U0ELSE": "Another company: refused",
}


def add_parser(commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser("playground", help="try Pong without any account")
    parser.add_argument("--port", default="8900", help="default: 8900")
    parser.add_argument("--directory", type=Path, help="where it is kept; default: .playground/PORT")
    parser.add_argument("--fresh", action="store_true", help="forget the last rehearsal in this directory")
    parser.add_argument(
        "--real-alerts", action="store_true", help="with the prometheus and alertmanager on PATH"
    )
    parser.set_defaults(run=run)


async def run(arguments: argparse.Namespace) -> int:
    """Run the playground until Ctrl-C or SIGTERM; 1 when its port is taken or none."""
    port = _port(arguments.port)
    if port is None:
        print(NO_PORT.format(repr(arguments.port)), file=sys.stderr)
        return 1
    if not is_free(port):
        another = port + 1 if port < 65535 else 8900
        print(f"Port {port} is taken. Choose another: make playground PORT={another}", file=sys.stderr)
        return 1
    ends = asyncio.Event()
    for number in ENDING:
        asyncio.get_running_loop().add_signal_handler(number, ends.set)
    wishes = Wishes(port=port, world=_world(), environment=os.environ, has_real_alerts=arguments.real_alerts)
    with alone_in(arguments.directory or ROOT / str(port), is_fresh=arguments.fresh) as directory:
        async with Playground(directory, wishes).running() as address:
            print(f"Pong playground: {address}   (Ctrl-C ends it all)", flush=True)
            await ends.wait()
    return 0


def _port(word: str) -> int | None:
    return int(word) if word.isdecimal() and 1 <= int(word) <= 65535 else None


def _world() -> World:
    """The rehearsal's people, with what they may do as their titles, and all that can be typed after a /."""
    world = default_world()
    present = (user for user in world.users if not user.is_deleted)
    users = tuple(replace(user, title=TITLES.get(user.id, user.title)) for user in present)
    typed = tuple(
        Command(
            command=verb.command,
            description=verb.explains,
            usage_hint=verb.usage.removeprefix(verb.command).strip(),
            escapes=verb.command == "/incident",  # as the manifest has it
        )
        for verb in VERBS.values()
        if verb.command
    )
    return replace(world, users=users, commands=typed)
