"""Do the printed commands do by hand exactly what Pong would do?"""

import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from bot.remediations.app_variable import AppVariable
from bot.remediations.by_hand import by_hand
from bot.remediations.links import Links
from bot.remediations.nodes import Node
from bot.remediations.plan import (
    ConfiguredCommand,
    HttpCall,
    Plan,
    Preview,
    RedisCommand,
    RedisSweep,
    Repeat,
    Tier,
    Wait,
)
from bot.remediations.secret import NewSecret
from bot.targets.address import parse
from tests.fixtures.redis_fixtures import StartServer, binary, start_server

__all__ = ["binary", "start_server"]

PREVIEW = Preview(measured_at_ms=0)
PLAN = Plan(
    remediation="clear",
    title="Clear cache",
    target="redis-prod",
    address="127.0.0.1:6379",
    tier=Tier.DATA_LOSING,
    steps=(RedisSweep(prefix="cache:", undo="Cannot be undone."),),
    lost="cached answers",
    undo="Cannot be undone",
    preconditions=(),
    goal="memory under 70 %",
)
SPARED = [b"session:1", b"session:2", b"cach:1", b"xcache:1", b"CACHE:1"]
GONE = [b"cache:evil session:1", b"cache:x\nsession:2", b"cache:'\"`$(x)", b"cache:\xff\xfe", b"cache:"]


def bash(script: str, *, typed: str = "", shell: str = "bash") -> "subprocess.CompletedProcess[str]":
    words = [shell, "-c", script]
    return subprocess.run(words, input=typed, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.skipif(shutil.which("redis-cli") is None, reason="there is no redis-cli on this machine")
@pytest.mark.parametrize("gentle", [False, True])
def test_they_delete_every_key_of_the_class_and_no_other(start_server: StartServer, gentle: bool) -> None:
    server = start_server("--requirepass", "sesame")
    with server.client(password="sesame") as client:
        for key in (*SPARED, *GONE, *(b"cache:%d" % number for number in range(3_000))):
            client.set(key, "x")
        steps = (replace(PLAN.steps[0], gentle=gentle),)
        lines = by_hand(replace(PLAN, steps=steps), PREVIEW, parse(server.url(password="sesame")))
        script = "\n".join(lines)
        assert "sesame" not in script
        done = subprocess.run(
            ["bash", "-c", script], input="sesame\n", capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        assert sorted(client.keys("*")) == sorted(SPARED)


@pytest.mark.skipif(shutil.which("redis-cli") is None, reason="there is no redis-cli on this machine")
def test_a_server_that_refuses_ends_the_loop(start_server: StartServer) -> None:
    server = start_server()
    server.command("ACL", "SETUSER", "default", "-eval")
    script = "\n".join(by_hand(PLAN, PREVIEW, parse(server.url())))
    done = bash(script)
    assert "NOPERM" in done.stderr + done.stdout
    assert done.returncode == 1


@pytest.mark.parametrize(
    ("step", "line"),
    [
        (
            RedisCommand(arguments=("CONFIG", "SET", "maxmemory", "1000"), undo="", repeat=Repeat.HARMLESS),
            "redis-cli -h h -p 1 --tls --cacert /ca.crt --user u -n 3 CONFIG SET maxmemory 1000",
        ),
        (
            HttpCall(service="digitalocean", method="POST", path="/v2/x", undo="", repeat=Repeat.NEVER),
            "# POST /v2/x on digitalocean",
        ),
        (
            HttpCall(
                service="Upstash",
                method="POST",
                path="/v2/x",
                undo="",
                repeat=Repeat.CHECK,
                fields=(("plan", "fixed_1gb"), ("nodes", 2)),
            ),
            'curl -fsS -X POST -u "$UPSTASH_EMAIL:$UPSTASH_API_KEY" '
            """--json '{"plan": "fixed_1gb", "nodes": 2}' https://api.upstash.com/v2/x""",
        ),
        (
            ConfiguredCommand(arguments=("systemctl", "restart", "a b"), undo="", repeat=Repeat.NEVER),
            "systemctl restart 'a b'",
        ),
        (
            Wait(at_most_s=5, until="it answers", condition="redis-answers"),
            "# wait at most 5 s until it answers, and look by yourself: "
            "redis-cli -h h -p 1 --tls --cacert /ca.crt --user u -n 3 PING",
        ),
    ],
)
def test_each_kind_of_step_is_a_line(step: object, line: str) -> None:
    address = parse("rediss://u:pw@h:1/3?ssl_ca_certs=/ca.crt")
    lines = by_hand(replace(PLAN, steps=(step,)), PREVIEW, address)  # type: ignore[arg-type]
    assert line in lines
    assert "pw" not in "\n".join(lines).replace("REDISCLI", "")


SNAPSHOT = ConfiguredCommand(arguments=("false",), undo="", repeat=Repeat.HARMLESS)
SNAPPED = ConfiguredCommand(arguments=("true",), undo="", repeat=Repeat.HARMLESS)
SAID = ConfiguredCommand(arguments=("echo", "it ran"), undo="", repeat=Repeat.NEVER)
LOOKED = Wait(at_most_s=5, until="it answers", condition="redis-answers")
TOLD = replace(SAID, secret=NewSecret("password"))


@pytest.mark.parametrize("shell", ["bash", "sh"])
@pytest.mark.parametrize(
    ("steps", "ran", "ended"),
    [
        ((SNAPPED, SAID), "it ran\n", 0),
        ((SNAPSHOT, SAID), "", 1),
        ((LOOKED, SAID), "", 1),
        ((TOLD, SAID), "", 1),
        ((SAID, LOOKED), "it ran\n", 0),
    ],
)
def test_nothing_runs_after_what_failed_or_what_only_a_person_can_do(
    steps: tuple[object, ...], ran: str, ended: int, shell: str
) -> None:
    script = "\n".join(by_hand(replace(PLAN, steps=steps), PREVIEW, None))  # type: ignore[arg-type]
    done = bash(script, shell=shell)
    assert (done.stdout, done.returncode) == (ran, ended)
    assert ("Not finished" in done.stderr) is (steps[0] in (LOOKED, TOLD))


def test_a_password_is_asked_and_a_look_at_memory_named_only_where_that_is_needed() -> None:
    address = parse("redis://u:pw@h:1")
    restart = replace(PLAN, steps=(SAID,), goal="it serves", goal_percent=None)
    assert by_hand(restart, PREVIEW, address)[1:] == ["echo 'it ran'", "# Goal: it serves."]
    clear = "\n".join(by_hand(replace(PLAN, goal_percent=70), PREVIEW, address))
    assert "read -r REDISCLI_AUTH" in clear
    assert "# Goal: memory under 70 %. Look with: redis-cli -h h -p 1 --user u INFO memory\n" in clear


def test_an_undo_is_named_as_it_is_done_without_slack() -> None:
    plan = replace(PLAN, undo="Undo: /redis fallback off redis-prod")
    assert "Undo: pong plan fallback off --target redis-prod." in by_hand(plan, PREVIEW, None)[0]


def test_a_number_and_a_yes_are_sent_as_such_and_not_as_words() -> None:
    call = HttpCall(
        service="Cloudflare",
        method="POST",
        path="/client/v4/zones/z/rulesets",
        undo="",
        repeat=Repeat.CHECK,
        fields=(
            ("enabled", True),
            ("rules.0.ratelimit.period", 10),
            ("rules.0.characteristics", ("ip.src",)),
        ),
    )
    script = "\n".join(by_hand(replace(PLAN, steps=(call,)), PREVIEW, None))
    sent = '{"enabled": true, "rules": [{"ratelimit": {"period": 10}, "characteristics": ["ip.src"]}]}'
    assert sent in script


DOCTL = """#!/bin/sh
echo "$*" >> called
case "$*" in
  "apps spec get app-1") cat kept.yaml;;
  "apps update app-1 --spec spec-of-app-1.yaml --wait") cp spec-of-app-1.yaml kept.yaml;;
  *) exit 64;;
esac
"""
SPEC = "services:\n- envs:\n  - key: REDIS_URL\n    value: EV[1:a:b]\n  - key: OTHER\n    value: EV[1:c:d]\n"
IN_APP = AppVariable(
    app_id="app-1",
    name="REDIS_URL",
    value=NewSecret("password", before="rediss://shop_b:", after="@h:1/0", is_quoted=True),
    undo="",
)


@pytest.fixture
def with_doctl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a spec, and a doctl that takes what the real one takes."""
    (tmp_path / "doctl").write_text(DOCTL)
    (tmp_path / "doctl").chmod(0o755)
    (tmp_path / "kept.yaml").write_text(SPEC)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    return tmp_path


def test_a_variable_of_an_app_is_edited_by_the_person_and_its_spec_sent_back(
    with_doctl: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = by_hand(replace(PLAN, steps=(IN_APP,)), PREVIEW, None)
    said = "\n".join(script)
    assert "wherever it has key: REDIS_URL: write value: rediss://shop_b:••••@h:1/0, and under it" in said
    assert "(•••• is the new password, percent-encoded)" in said
    monkeypatch.setenv("EDITOR", "sed -i s/EV.1:a:b./rediss:new/")
    done = bash(said)
    assert (done.returncode, done.stderr) == (0, "")
    assert (with_doctl / "kept.yaml").read_text() == SPEC.replace("EV[1:a:b]", "rediss:new")
    assert not (with_doctl / "spec-of-app-1.yaml").exists()


def test_a_spec_that_was_not_told_is_not_sent_back_empty(with_doctl: Path) -> None:
    (with_doctl / "kept.yaml").unlink()
    flag = replace(IN_APP, name="REDIS_FALLBACK", value="true")
    said = "\n".join(by_hand(replace(PLAN, steps=(flag,)), PREVIEW, None))
    assert "REDIS_FALLBACK: write value: true.\n" in said
    assert bash(said).returncode != 0
    assert (with_doctl / "called").read_text() == "apps spec get app-1\n"


def test_servers_are_given_new_credentials_by_standard_input_and_connected_anew() -> None:
    replica = Node(place="10.0.0.2:6379", follows="", masteruser="shop_a", rewrites=("CONFIG", "REWRITE"))
    links = Links(nodes=(replica,), sentinels=("10.0.0.5:26379",), service="shop")
    steps = (*links.given("shop_b", "shop_a", "password of shop_b"), *links.moved("shop_a"))
    told = "\n".join(by_hand(replace(PLAN, steps=steps), PREVIEW, parse("redis://10.0.0.1:6379")))
    assert "redis-cli -h 10.0.0.2 -p 6379 CONFIG SET masteruser shop_b" in told
    assert """# printf %s "$new" | redis-cli -h 10.0.0.2 -p 6379 -x CONFIG SET masterauth""" in told
    assert "# redis-cli -h 10.0.0.1 -p 6379 CLIENT KILL TYPE replica USER shop_a" in told
    assert "look by yourself: redis-cli -h 10.0.0.1 -p 6379 INFO replication" in told
    own = """env -u REDISCLI_AUTH ${sentinels:+REDISCLI_AUTH="$sentinels"} redis-cli -h 10.0.0.5 -p 26379"""
    assert f"""# printf %s "$new" | {own} -x SENTINEL SET shop auth-user shop_b auth-pass""" in told
    assert "# sentinels=   (the Sentinels' own password, where they have one)" in told
