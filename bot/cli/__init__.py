"""What can be asked of Pong in a terminal?"""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.cli import incidents, plan, playground, redis, run
from bot.errors import PongError

CONFIG = Path("pong.toml")


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; its exit code. What a person has to mend comes as one sentence, without a stack."""
    arguments = _parser().parse_args(words)
    try:
        code: int = asyncio.run(arguments.run(arguments))
    except PongError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="pong", description="Carries a Redis failure from alert to report.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for module in (run, playground, redis, plan, incidents):
        module.add_parser(commands)
    return parser
