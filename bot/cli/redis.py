"""`pong redis`: ping and triage in a terminal, without Slack; exits 0 healthy, 1 findings, 2 unreachable."""

import argparse
import json
import os
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.text import Text

from bot.clock import SystemClock
from bot.config.settings import load
from bot.diagnostics.diagnosis import Diagnosis, diagnosis_to_json, outcome_to_json
from bot.diagnostics.finding import NextStep, Severity
from bot.diagnostics.triage import triage
from bot.errors import BadInput
from bot.targets.endpoint import parse_endpoint
from bot.targets.outcome import Outcome, Stage
from bot.targets.ping import ping
from bot.targets.target import Target, Targets
from bot.text import plain

HEALTHY, FINDINGS, UNREACHABLE = 0, 1, 2

_STYLES = {
    Severity.CRITICAL: ("critical", "bold red"),
    Severity.WARNING: ("warning", "yellow"),
    Severity.NOTICE: ("notice", "cyan"),
    Severity.UNKNOWN: ("unknown", "dim"),
    Severity.OK: ("ok", "green"),
}


def add_parser(commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser("redis", help="ping or triage a Redis from here")
    parser.set_defaults(run=run)
    inner = parser.add_subparsers(required=True, metavar="WHAT", dest="what")
    for name, about in (
        ("ping", "does it answer, and if not, why"),
        ("triage", "what is wrong, and what helps"),
    ):
        what = inner.add_parser(name, help=about)
        what.add_argument(
            "--target", default="", metavar="NAME_OR_URL", help="a target of pong.toml, or redis://…"
        )
        what.add_argument("--config", type=Path, default=Path("pong.toml"), help="default: pong.toml")
        what.add_argument("--json", action="store_true", help="for machines")


async def run(arguments: argparse.Namespace) -> int:
    """Ask, print, and give back the exit code. Raises BadInput and SettingsError."""
    target = _target(arguments.target, arguments.config)
    if arguments.what == "ping":
        outcome = await ping(target, SystemClock())
        _print(outcome_to_json(outcome) if arguments.json else _ping_lines(outcome))
        return _code(outcome, has_findings=not outcome.is_healthy)
    async with httpx.AsyncClient() as http:
        diagnosis = await triage(target, SystemClock(), http)
    _print(diagnosis_to_json(diagnosis) if arguments.json else _triage_lines(diagnosis))
    return _code(diagnosis.outcome, has_findings=not diagnosis.is_healthy)


def _code(outcome: Outcome, *, has_findings: bool) -> int:
    if not outcome.is_reachable:
        return UNREACHABLE
    return FINDINGS if has_findings else HEALTHY


def _target(name_or_url: str, config: Path) -> Target:
    if "://" in name_or_url:
        address = parse_endpoint(name_or_url)
        return Target(name=str(address), address=address)
    if not name_or_url and not config.exists():
        raise BadInput(
            "Which Redis? Give --target redis://user:password@host:6379, or a name and --config pong.toml."
        )
    return Targets.from_settings(load(config, os.environ)).get(name_or_url)


def _print(what: dict[str, Any] | list[Text]) -> None:
    if isinstance(what, dict):
        print(json.dumps(what, ensure_ascii=False, indent=2))
        return
    console = Console(highlight=False)
    for line in what:
        console.print(line, soft_wrap=True)


def _ping_lines(outcome: Outcome, *, in_triage: bool = False) -> list[Text]:
    style = "bold green" if outcome.is_healthy else "bold red"
    lines = [Text(f"{plain(outcome.target)} {outcome.says} ({outcome.took_ms} ms)", style)]
    lines += [Text(outcome.meaning)] if outcome.meaning else []
    lines += [Text(f"Not sure which: {', '.join(outcome.could_be)}.")] if outcome.could_be else []
    lines += [Text(f"Seen: {plain(outcome.seen)}")] if outcome.seen else []
    signs = {"ok": "ok", "failed": "FAILED", "skipped": "-"}
    stages = [f"{stage.name} {signs[stage.state]}{_how(stage)}" for stage in outcome.stages]
    is_here_already = in_triage and outcome.next_step.verb == "triage"
    lines += [] if is_here_already else [Text(f"Next: {_step(outcome.next_step)}")]
    return [*lines, Text("   ".join(stages), "dim")]


def _how(stage: Stage) -> str:
    """How long it took, and what was noted of it."""
    if stage.state == "skipped":
        return ""
    note = f" ({plain(stage.note, 80)})" if stage.note and stage.state == "ok" else ""
    return f" {stage.ms:.1f} ms{note}"


def _step(step: NextStep) -> str:
    """A button's label alone says little in a terminal."""
    in_slack = {
        "triage": "`pong redis triage`",
        "ping": "ask again",
        "clear": "`/redis clear cache` in Slack",
    }
    return in_slack.get(step.verb or "", step.label)


def _triage_lines(diagnosis: Diagnosis) -> list[Text]:
    lines = _ping_lines(diagnosis.outcome, in_triage=True)
    if diagnosis.likeliest:
        lines.append(Text(f"Likeliest: {plain(diagnosis.likeliest, 300)}", "bold"))
    for finding in diagnosis.findings:
        word, style = _STYLES[finding.severity]
        threshold = f" ({finding.threshold})" if finding.threshold else ""
        lines.append(Text.assemble((f"{word:9}", style), f"{plain(finding.title, 300)}{threshold}"))
        if finding.meaning:
            lines.append(Text(f"         {plain(finding.meaning, 300)}", "dim"))
        if finding.next_step:
            lines.append(Text(f"         Next: {_step(finding.next_step)}", "dim"))
    return [*lines, *_not_checked(diagnosis), Text(f"{diagnosis.took_ms / 1000:.1f} s", "dim")]


def _not_checked(diagnosis: Diagnosis) -> list[Text]:
    """One line a reason: an unreachable server is one, however many checks it stops."""
    checks: dict[str, list[str]] = {}
    for one in diagnosis.not_checked:
        checks.setdefault(one.why, []).append(one.check)
    return [Text(f"not checked: {', '.join(names)} ({plain(why)})", "dim") for why, names in checks.items()]
