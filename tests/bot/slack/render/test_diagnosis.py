"""Do ping and triage read as the standard says, with nothing from outside let through raw?"""

import json
from dataclasses import replace

import pytest

from bot.diagnostics.diagnosis import Diagnosis, NotChecked
from bot.diagnostics.finding import Finding, NextStep, Severity
from bot.slack.render.blocks import BLOCKS_MOST, SECTION_MOST, Message
from bot.slack.render.diagnosis import ping_message, triage_message
from bot.targets.meanings import outcome
from bot.targets.outcome import Kind, Stage

CLEAR = NextStep(label="Clear cache…", verb="clear", ref="redis-prod")
MEMORY = Finding(
    check="memory",
    severity=Severity.CRITICAL,
    title="Memory 97 % of 256 MB",
    threshold="critical over 90 %",
    next_step=CLEAR,
)
EVICTED = Finding(
    check="evictions",
    severity=Severity.WARNING,
    title="1,204 keys evicted in 10 s",
    threshold="any is too many",
)
FINE = Finding(check="persistence", severity=Severity.OK, title="Snapshots are fine")
DEGRADED = Finding(check="application", severity=Severity.OK, title="shop is degraded", figure="degraded")

FULL = Diagnosis(
    target="redis-prod",
    outcome=replace(outcome(Kind.FULL, "redis-prod"), took_ms=4),
    findings=(
        MEMORY,
        replace(MEMORY, check="writes", title="412 OOM errors in 10 s"),
        EVICTED,
        FINE,
        DEGRADED,
    ),
    likeliest="cache keys fill the memory (they hold 71 %)",
    not_checked=(
        NotChecked(check="pool", why="no metrics here"),
        NotChecked(check="keys", why="no metrics here"),
    ),
    took_ms=1300,
    measured_at_ms=1,
    figures={},
)


def shown(message: Message) -> str:
    """All mrkdwn of the blocks, line by line."""
    lines = []
    for block in message.blocks:
        lines += [block["text"]["text"]] if block["type"] == "section" else []
        lines += [element["text"] for element in block["elements"]] if block["type"] == "context" else []
    return "\n".join(lines)


def buttons(message: Message) -> list[tuple[str, str, str]]:
    """Action id, value and label of every button."""
    found = [block["accessory"] for block in message.blocks if "accessory" in block]
    found += [
        element for block in message.blocks if block["type"] == "actions" for element in block["elements"]
    ]
    return [(button["action_id"], button["value"], button["text"]["text"]) for button in found]


def test_a_refused_ping_reads_verdict_meaning_next_stages() -> None:
    stages = (
        Stage(name="DNS", state="ok", ms=2),
        Stage(name="TCP", state="failed", ms=2, note="refused"),
        Stage(name="TLS", state="skipped"),
    )
    message = ping_message(replace(outcome(Kind.REFUSED, "redis-prod"), stages=stages, took_ms=4))
    verdict, meaning, *_, last = shown(message).splitlines()
    assert verdict == "🔴 *redis-prod* refuses connections (4 ms)"
    assert meaning.startswith("The server process or its port is down")
    assert "Next: Is the provider healthy (step 4)?" in shown(message)
    assert last == "DNS 2 ms ✓   TCP 2 ms ✗ refused   TLS –"


@pytest.mark.parametrize("kind", list(Kind))
def test_the_text_of_every_ping_says_what_the_blocks_say(kind: Kind) -> None:
    result = outcome(kind, "redis-prod")
    message = ping_message(result)
    for words in (result.says, result.meaning, *result.could_be):
        assert words in message.text
        assert words in shown(message)
    assert result.next_step.label in message.text


def test_a_healthy_ping_is_green_and_offers_triage() -> None:
    message = ping_message(outcome(Kind.HEALTHY, "redis-prod"))
    assert message.text.startswith("🟢 redis-prod answers")
    assert buttons(message) == [("pong:triage", "redis-prod", "Triage")]


def test_triage_puts_the_verdict_then_the_likeliest_cause_then_the_findings() -> None:
    lines = shown(triage_message(FULL)).splitlines()
    assert lines[0] == "🔴 *redis-prod* is full: writes fail"
    assert lines[1] == "Likeliest: cache keys fill the memory (they hold 71 %)"
    assert "🔴 *Memory 97 % of 256 MB* (critical over 90 %)" in lines
    assert "🟠 *1,204 keys evicted in 10 s* (any is too many)" in lines
    assert "✓ persistence · application (degraded, as expected)" in lines
    assert lines[-1] == "1.3 s · not checked: pool, keys (no metrics here)"


def test_clearing_is_offered_once() -> None:
    offered = buttons(triage_message(FULL))
    assert offered == [
        ("pong:clear", "redis-prod", "Clear cache…"),
        ("pong:triage", "redis-prod", "Triage again"),
    ]


def test_the_text_says_the_same_as_the_blocks() -> None:
    text = triage_message(FULL).text
    for words in (
        "is full: writes fail",
        "71 %",
        "Memory 97 % of 256 MB (critical over 90 %)",
        "1,204",
        "not checked",
    ):
        assert words in text


def test_an_unreachable_server_is_never_called_fine() -> None:
    reasons = tuple(NotChecked(check=check, why="Redis cannot be reached") for check in ("memory", "keys"))
    dead = replace(
        FULL, outcome=outcome(Kind.REFUSED, "redis-prod"), findings=(), likeliest=None, not_checked=reasons
    )
    text = shown(triage_message(dead))
    assert "✓" not in text
    assert "not checked: memory, keys (Redis cannot be reached)" in text


def test_a_healthy_server_with_a_warning_is_not_green() -> None:
    warned = replace(FULL, outcome=outcome(Kind.HEALTHY, "redis-prod"), findings=(EVICTED,), likeliest=None)
    assert shown(triage_message(warned)).startswith("🟠 *redis-prod* answers, with 1 warning finding")


def test_a_healthy_server_is_said_to_have_nothing_wrong() -> None:
    healthy = replace(FULL, outcome=outcome(Kind.HEALTHY, "redis-prod"), findings=(FINE,), likeliest=None)
    assert shown(triage_message(healthy)).startswith("🟢 *redis-prod* answers, nothing wrong was found")


def test_what_comes_from_outside_makes_no_mention_link_or_leak() -> None:
    evil = "<!channel> <http://evil|x> *b* password=hunter22 session:4f2a9"
    sick = replace(outcome(Kind.ERROR, evil), seen=evil)
    finding = replace(EVICTED, title=f"{evil} is unhealthy", meaning=evil)
    told = replace(
        FULL,
        target=evil,
        outcome=sick,
        findings=(finding,),
        likeliest=evil,
        not_checked=(NotChecked(check=evil, why=evil),),
    )
    for message in (ping_message(sick), triage_message(told)):
        everything = json.dumps([message.text, shown(message)], ensure_ascii=False)
        for raw in ("<!channel>", "<http", "hunter22", "4f2a9"):
            assert raw not in everything


def test_many_findings_stay_within_slacks_limits() -> None:
    many = tuple(replace(EVICTED, title="x" * 5000, meaning="y" * 5000) for _ in range(200))
    message = triage_message(replace(FULL, findings=many))
    assert len(message.blocks) <= BLOCKS_MOST
    assert all(
        len(block["text"]["text"]) <= SECTION_MOST for block in message.blocks if block["type"] == "section"
    )
