"""`pong plan`: what Pong would do, measured now, as commands to run by hand; it changes nothing itself."""

import argparse
import os
from pathlib import Path
from typing import Any

import httpx

from bot.approvals.prepare import Where, prepared_at
from bot.catalog import REMEDIATIONS, RUNBOOKS
from bot.clock import SystemClock
from bot.config.settings import load
from bot.diagnostics.units import in_bytes
from bot.errors import BadInput
from bot.remediations.by_hand import by_hand, in_one_piece
from bot.remediations.compared import is_rare, most_keys
from bot.remediations.plan import Plan, Preview
from bot.remediations.remediation import Remediation
from bot.runbooks.runbook import LooksAt
from bot.targets.primary import Changeable, servers_of
from bot.targets.rest import Rest
from bot.targets.target import Target, Targets


def add_parser(commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser(
        "plan", help="a plan to run by hand; changes nothing"
    )
    inner = parser.add_subparsers(required=True, metavar="WHAT")
    for remediation in REMEDIATIONS.values():
        one = inner.add_parser(remediation.name, help=f"{remediation.name} {remediation.takes}")
        number = "*" if remediation.words_least < remediation.words_most else remediation.words_most
        if remediation.words_most:
            one.add_argument("words", nargs=number, metavar="WORD", help=remediation.takes)
        one.add_argument(
            "--target", default="", metavar="NAME", help="a target of pong.toml; default: the only one"
        )
        for flag in sorted(remediation.flags):
            one.add_argument(flag, dest="flags", action="append_const", const=flag)
        one.add_argument("--config", type=Path, default=Path("pong.toml"), help="default: pong.toml")
        one.set_defaults(run=run, remediation=remediation)


async def run(arguments: argparse.Namespace) -> int:
    """Measure, plan, print. Raises BadInput, Refused, SettingsError and ServiceUnavailable."""
    remediation: Remediation = arguments.remediation
    target = Targets.from_settings(load(arguments.config, os.environ)).get(arguments.target)
    address = _address(target) if remediation.wants_redis(target) else target.remediation
    of_redis = [one.allowed for one in RUNBOOKS.values() if one.looks_at is LooksAt.REDIS]
    allowed = [one[remediation.name] for one in of_redis if remediation.name in one]
    if not allowed:
        raise BadInput(f"No runbook allows {remediation.name}.")
    words, clock = (
        (*getattr(arguments, "words", ()), *(getattr(arguments, "flags", None) or ())),
        SystemClock(),
    )
    async with httpx.AsyncClient(timeout=5) as http:
        where = Where(target=target, endpoint=address, allowed=allowed[0])
        plan, preview = await prepared_at(remediation, where, words, clock=clock, http=http)
        servers = await servers_of(address) if address else ()
    by_itself = [line for server in servers or (None,) for line in by_hand(plan, preview, server)]
    print("\n".join(in_one_piece([*_preview(plan, preview), *by_itself])))
    return 0


def _address(target: Target) -> Changeable:
    """Where it would run: as the user that may change things, or else as the one that looks."""
    if target.remediation:
        return target.remediation
    if not isinstance(target.address, Rest):
        return target.address
    raise BadInput(f"{target.name} is a REST API: give REDIS_REMEDIATION_URL its address as rediss://….")


def _preview(plan: Plan, preview: Preview) -> list[str]:
    """As comments, so that the whole output can be run."""
    lines = [
        "# Nothing was changed. Two people read this before one of them runs it.",
        f"# On {plan.address}{_deletes(preview)}",
    ]
    return lines + [f"# {line}." for line in preview.says]


def _deletes(preview: Preview) -> str:
    if not preview.classes:
        return "."
    about = "about " if preview.keys_margin else ""
    number = f"0 to {most_keys(preview):,}" if is_rare(preview) else f"{about}{preview.keys:,}"
    freed = f", frees {in_bytes(preview.freed_bytes)}" if preview.freed_bytes is not None else ""
    untouched = f" Untouched: {', '.join(preview.untouched)}." if preview.untouched else ""
    return f": deletes {number} {'key' if preview.keys == 1 else 'keys'}{freed}.{untouched}"
