"""`pong incidents`: what happened, read from the store; changes nothing and needs no Slack."""

import argparse
import os
from pathlib import Path
from typing import Any

from bot.catalog import RUNBOOKS
from bot.clock import iso
from bot.config.settings import load
from bot.errors import BadInput
from bot.report.report import report
from bot.store.sqlite_connection import looking_at


def add_parser(commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser("incidents", help="list incidents, print a report")
    about = "default: pong.toml"
    parser.add_argument("--config", type=Path, default=Path("pong.toml"), help=about)
    inner = parser.add_subparsers(required=True, metavar="WHAT")
    listing = inner.add_parser("list", help="the newest incidents")
    listing.set_defaults(run=list_newest)
    printing = inner.add_parser("report", help="one incident's report, as Markdown")
    printing.add_argument("id", type=int)
    printing.set_defaults(run=print_report)
    for one in (listing, printing):
        # After the word too; without a default, which would take the place of what stood before it.
        one.add_argument("--config", type=Path, default=argparse.SUPPRESS, help=about)


async def list_newest(arguments: argparse.Namespace) -> int:
    async with looking_at(load(arguments.config, os.environ).database_url) as read:
        for incident in read(lambda records: records.incidents.newest(50)):
            print(
                f"#{incident.id}  {iso(incident.opened_ms)}  {incident.status:<12}  {incident.target or '-'}"
            )
    return 0


async def print_report(arguments: argparse.Namespace) -> int:
    async with looking_at(load(arguments.config, os.environ).database_url) as read:
        incident = read(lambda records: records.incidents.get(arguments.id))
        if incident is None:
            raise BadInput(
                f"There is no incident #{arguments.id}; `pong incidents list` shows those there are."
            )
        print(read(lambda records: report(records, incident, RUNBOOKS[incident.runbook])))
    return 0
