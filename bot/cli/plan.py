"""`pong plan`: what Pong would do, measured now, as commands to run by hand; it changes nothing itself."""

import argparse
import os
from pathlib import Path
from typing import Any

from bot.catalog import RUNBOOKS
from bot.clock import SystemClock
from bot.diagnostics.units import in_bytes
from bot.errors import BadInput
from bot.offer import CLEAR, cleared
from bot.remediations.by_hand import by_hand
from bot.remediations.plan import Plan, Preview
from bot.settings import load
from bot.targets.address import Address
from bot.targets.target import Target, Targets


def add_parser(commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser(
        "plan", help="a plan to run by hand; changes nothing"
    )
    inner = parser.add_subparsers(required=True, metavar="WHAT")
    clear = inner.add_parser("clear", help="delete a class of keys that the runbook names")
    clear.add_argument("class_name", metavar="CLASS", help="cache, sessions")
    clear.add_argument(
        "--target", default="", metavar="NAME", help="a target of pong.toml; default: the only one"
    )
    clear.add_argument("--config", type=Path, default=Path("pong.toml"), help="default: pong.toml")
    clear.set_defaults(run=run)


async def run(arguments: argparse.Namespace) -> int:
    """Measure, plan, print. Raises BadInput, SettingsError and ServiceUnavailable."""
    target = Targets.from_settings(load(arguments.config, os.environ)).get(arguments.target)
    address = _address(target)
    allowed = next(one.allowed[CLEAR] for one in RUNBOOKS.values() if CLEAR in one.allowed)
    plan, preview = await cleared(target, address, allowed, arguments.class_name, clock=SystemClock())
    print("\n".join([*_preview(plan, preview), *by_hand(plan, address)]))
    return 0


def _address(target: Target) -> Address:
    """Where it would run: as the user that may change things, or else as the one that looks."""
    if target.remediation:
        return target.remediation
    if isinstance(target.address, Address):
        return target.address
    raise BadInput(f"{target.name} is several servers: give REDIS_REMEDIATION_URL the one that takes writes.")


def _preview(plan: Plan, preview: Preview) -> list[str]:
    """As comments, so that the whole output can be run."""
    about = "about " if preview.keys_margin else ""
    freed = f", frees {in_bytes(preview.freed_bytes)}" if preview.freed_bytes is not None else ""
    untouched = f" Untouched: {', '.join(preview.untouched)}." if preview.untouched else ""
    return [
        "# Nothing was changed. Two people read this before one of them runs it.",
        f"# On {plan.address}: deletes {about}{preview.keys:,} keys{freed}.{untouched}",
    ]
