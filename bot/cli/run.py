"""`pong run`: the bot itself, until it is told to stop."""

import argparse
import asyncio
import logging
import os
import signal
from pathlib import Path
from typing import Any

from bot.config.settings import load
from bot.text import Redactor
from bot.wiring import assembled, set_up_logging
from commands import VERBS

log = logging.getLogger(__name__)


def add_parser(commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser("run", help="work in a Slack workspace")
    parser.add_argument("--config", type=Path, default=Path("pong.toml"), help="default: pong.toml")
    parser.set_defaults(run=run)


async def run(arguments: argparse.Namespace) -> int:
    """Work until SIGINT or SIGTERM. Raises SettingsError naming everything that is missing at once."""
    settings = load(arguments.config, os.environ)
    set_up_logging(Redactor(settings.secret_values()))
    async with assembled(settings, VERBS) as assembly:
        working = asyncio.create_task(assembly.run())
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, working.cancel)
        log.info("Pong works in channel %s, and listens on port %s", assembly.pong.lane, settings.web.port)
        if settings.alerts.drills_only:
            log.warning("[alerts] drills_only: whatever is opened here is a drill, which calls nobody")
        try:
            await working
        except asyncio.CancelledError:
            log.info("Pong stops")
    return 0
