"""Is whatever a Redis, an application or an alert says harmless in Slack, in a terminal and in the report?

Mentions, links, formats, 10 kB lines, bytes that are no UTF-8, and secrets, in error texts, keys and answers.
"""

import asyncio
import io
import json
import re
from contextlib import closing
from dataclasses import replace

import httpx
import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from rich.console import Console

from bot.applications.health import Application
from bot.applications.log_file import LogFile
from bot.cli.redis import _ping_lines, _triage_lines
from bot.clock import SystemClock
from bot.diagnostics.diagnosis import diagnosis_to_json
from bot.diagnostics.key_sample import take_keys
from bot.diagnostics.triage import triage
from bot.playground.local_slack.limits import UPDATED_TEXT_MOST, check_message
from bot.report.report import write
from bot.runbooks.redis_failure import REDIS_FAILURE
from bot.slack.render.blocks import Message
from bot.slack.render.details import details_blocks
from bot.slack.render.diagnosis import ping_message, triage_message
from bot.targets.address import parse
from bot.targets.outcome import Outcome
from bot.targets.ping import ping
from bot.targets.read_only import reading
from bot.targets.target import Target
from tests.bot.report.test_report import INCIDENT, kept
from tests.fixtures.listeners import speaks
from tests.fixtures.redis_server import RedisServer

SECRETS = (
    "password=hunter2hunter2",
    "redis://app:s3cretw0rd@10.0.0.1:6379",
    "session:5f2aa1c0ffee",
    "xoxb-123456789012-abcdefghijkl",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.sig",
    "maria@example.com",
)
HIDDEN = ("hunter2hunter2", "s3cretw0rd", "5f2aa1c0ffee", "xoxb-123456789012", "eyJhbGciOi", "maria@ex")
FRAGMENTS = (
    "<!channel>", "<!here|here>", "<@U0MARIA>", "<#C0X>", "@here", "@everyone", "`code`", "```", "*bold*",
    "<https://evil.example|click>", "https://evil.example", "[click](https://evil.example)", "<script>",
    "\x1b[2J\x1b[31m", "\u202e", "\x00", "|", "&", "#", "x" * 10_000, "\\", "'\"", "🦊",
)  # fmt: skip
hostile = st.lists(
    st.one_of(st.sampled_from((*FRAGMENTS, *SECRETS)), st.text(max_size=20)), min_size=1, max_size=8
).map(" ".join)
raw = st.one_of(hostile.map(lambda text: text.encode("utf-8", "replace")), st.binary(min_size=1, max_size=60))
CHECKED = settings(
    max_examples=20,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
)


def harmless(text: str) -> None:
    """Nothing in `text` that calls, links or hides; none of the secrets."""
    for secret in HIDDEN:
        assert secret not in text
    assert not re.search(r"[\x00-\x08\x0b-\x1f\u202a-\u202e]", text.replace("\n", ""))


def in_slack(message: Message) -> None:
    payload = message.payload()
    check_message(payload["text"], payload["blocks"], text_most=UPDATED_TEXT_MOST)
    written = json.dumps(payload["blocks"], ensure_ascii=False) + payload["text"]
    harmless(written.replace("\\n", ""))
    assert not re.search(r"<(?:[!@#]|https?:)", written), written


def in_terminal(lines: list[object]) -> None:
    out = io.StringIO()
    console = Console(file=out, force_terminal=False, width=200, highlight=False)
    for line in lines:
        console.print(line, soft_wrap=True)
    harmless(out.getvalue())


def in_report(facts: dict[str, object], kind: str) -> None:
    """As the store gives it back."""
    finding = {"at_ms": INCIDENT.opened_ms, "kind": kind, "facts": json.loads(json.dumps(facts)), "id": 1}
    written = write(kept(findings=[finding]), REDIS_FAILURE)
    harmless(written)
    assert not re.search(r"(?<!\\)<script|\]\(https?://evil|@everyone|@here", written)


def everywhere(outcome: Outcome) -> None:
    in_slack(ping_message(outcome))
    in_terminal(list(_ping_lines(outcome)))


def pinged(port: int) -> Outcome:
    target = Target(name="redis-prod", address=parse(f"redis://127.0.0.1:{port}"))
    return asyncio.run(ping(target, SystemClock()))


@CHECKED
@given(answer=raw)
def test_an_error_of_whatever_text_is_harmless(answer: bytes) -> None:
    line = b"-ERR " + answer.replace(b"\r", b" ").replace(b"\n", b" ") + b"\r\n"
    with speaks(answer=line) as port:
        everywhere(pinged(port))


@CHECKED
@example(greeting=b"<https://evil.example|click> eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.sig")
@given(greeting=raw)
def test_a_port_that_says_whatever_is_harmless(greeting: bytes) -> None:
    with speaks(first=greeting, hangs_up=True) as port:
        everywhere(pinged(port))


@pytest.fixture(scope="module")
def server():
    with RedisServer("--slowlog-log-slower-than", "0") as running:
        yield running


@CHECKED
@given(status=hostile, name=hostile, key=raw)
def test_keys_names_answers_and_log_lines_of_an_application_are_harmless(
    server: RedisServer, status: str, name: str, key: bytes
) -> None:
    with closing(server.client()) as client:
        client.flushall()
        for number in range(30):
            client.set(key + b":%d" % number, "x")
        client.client_setname(re.sub(r"[^!-~]", "", name)[:100] or "x")
        body = json.dumps(
            {"status": status, "checks": {"redis": status}, "redis": {"connectionErrors": status}}
        )
        answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body.encode()), body.encode())
        with speaks(answer=answer, hangs_up=True) as port:
            url = f"http://127.0.0.1:{port}/"
            log = server.folder / "shop.log"
            log.write_bytes(b"redis ECONNREFUSED " + key + b" " + status.encode("utf-8", "replace"))
            shop = Application(name="shop", health_url=url, metrics_url=url, logs=(LogFile(log),))
            target = Target(name="redis-prod", address=parse(server.url()), application=shop)
            diagnosis = asyncio.run(examined(target))
    facts = diagnosis_to_json(diagnosis)
    # One line, counted once: as what it names first, which may be what the key spells.
    assert sum(figure for name, figure in diagnosis.figures.items() if name.startswith("log_")) == 1
    in_slack(triage_message(diagnosis, ref="triage-1"))
    in_slack(Message("details", tuple(details_blocks(json.loads(json.dumps(facts)), at_ms=0))))
    in_terminal(list(_triage_lines(diagnosis)))
    in_report(facts, "triage")
    harmless(json.dumps(facts, ensure_ascii=False))


async def examined(target: Target):
    async with httpx.AsyncClient() as http:
        return await triage(target, SystemClock(), http)


@CHECKED
@given(keys=st.lists(raw, min_size=1, max_size=5))
def test_no_key_leaves_the_sample(server: RedisServer, keys: list[bytes]) -> None:
    with closing(server.client()) as client:
        client.flushall()
        for number in range(40):
            for key in keys:
                client.set(b"%s:%d" % (key, number), "x")

    async def sample():
        async with reading(parse(server.url())) as redis:
            return await take_keys(redis, SystemClock())

    for key_class in asyncio.run(sample()).by_class():
        assert re.fullmatch(r"[a-z][a-z0-9_.-]{0,30}", key_class)


@CHECKED
@given(text=hostile)
def test_what_people_and_alerts_wrote_is_harmless_in_the_report(text: str) -> None:
    incident = replace(INCIDENT, title="Redis Failure", root_cause=text, fix=text, alert_name=text[:60])
    written = write(kept(incident=incident), REDIS_FAILURE)
    assert not re.search(r"(?<!\\)<script|\]\(https?://evil|@everyone|@here", written)
