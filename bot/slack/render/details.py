"""How does all of a triage read, in a window? Each check with its figures, and what was not checked. Pure.

https://docs.slack.dev/surfaces/modals
"""

from collections.abc import Iterable, Iterator
from typing import Any

from bot.clock import iso
from bot.slack.render.blocks import Block, context, section
from bot.slack.render.modals import View
from bot.text import clip, outside

Facts = dict[str, Any]
SIGNS = {"critical": "🔴", "warning": "🟠", "notice": "🟡", "unknown": "⚪", "ok": "✓"}
SECTION_MOST = 2_800
LINES_MOST = 60


def details_view(facts: Facts, *, at_ms: int) -> View:
    """`facts` are a diagnosis as diagnosis_to_json keeps it."""
    return {
        "type": "modal",
        "callback_id": "pong:details",
        "title": {"type": "plain_text", "text": "Details"},
        "close": {"type": "plain_text", "text": "Close"},
        "blocks": details_blocks(facts, at_ms=at_ms),
    }


def details_blocks(facts: Facts, *, at_ms: int) -> list[Block]:
    """The same as blocks, for a message where no window can be opened."""
    outcome = facts["outcome"]
    head = f"*{outside(facts['target'])}* {outside(outcome['says'])}"
    blocks = [section(head), *_sections(_stages(outcome)), *_sections(_findings(facts))]
    if missing := list(_not_checked(facts)):
        blocks += _sections(["*Not checked*", *missing])
    blocks.append(context(f"measured {iso(at_ms)}, in {facts['took_ms'] / 1000:.1f} s"))
    return blocks


def _stages(outcome: Facts) -> Iterator[str]:
    for stage in outcome.get("stages", []):
        note = f" {outside(stage['note'], 80)}" if stage.get("note") else ""
        took = "" if stage["state"] == "skipped" else f" {stage['ms']:.1f} ms"
        yield f"{outside(stage['name'], 20)}: {outside(stage['state'], 20)}{took}{note}"


def _findings(facts: Facts) -> Iterator[str]:
    for finding in facts.get("findings", [])[:LINES_MOST]:
        threshold = f" ({outside(finding['threshold'], 120)})" if finding.get("threshold") else ""
        sign = SIGNS.get(finding["severity"], "")
        yield f"{sign} *{outside(finding['check'], 40)}* {outside(finding['title'], 300)}{threshold}"


def _not_checked(facts: Facts) -> Iterator[str]:
    for one in facts.get("not_checked", [])[:LINES_MOST]:
        yield f"⚪ *{outside(one['check'], 40)}* {outside(one['why'], 200)}"


def _sections(lines: Iterable[str]) -> list[Block]:
    """As few sections as hold the lines."""
    texts = [""]
    for line in lines:
        if len(texts[-1]) + len(line) + 1 > SECTION_MOST:
            texts.append("")
        texts[-1] += f"{line}\n"
    return [section(clip(text.rstrip("\n"), 3_000)) for text in texts if text]
