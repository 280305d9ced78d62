"""How does a person carry out a plan by hand, on the night when Slack or Pong is down? Pure.

The same deletions as Pong's own, byte for byte; `redis-cli --scan | xargs del` deletes other keys than it was
asked to. https://redis.io/docs/latest/develop/tools/cli/
"""

import json
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from bot.remediations.app_variable import AppVariable
from bot.remediations.plan import (
    ConfiguredCommand,
    HttpCall,
    Plan,
    Preview,
    RedisCommand,
    RedisSweep,
    Step,
    Wait,
    lost_words,
)
from bot.remediations.secret import HIDDEN, ReadSecret
from bot.targets.address import Address

BEARER = '-H "Authorization: Bearer ${}"'
# Where a service is, and what proves who asks, by the variables that hold it.
SERVICES = {
    "DigitalOcean": ("https://api.digitalocean.com", BEARER.format("DIGITALOCEAN_TOKEN")),
    "GitHub": ("https://api.github.com", BEARER.format("GITHUB_TOKEN")),
    "Cloudflare": ("https://api.cloudflare.com", BEARER.format("CLOUDFLARE_API_TOKEN")),
    "Upstash": ("https://api.upstash.com", '-u "$UPSTASH_EMAIL:$UPSTASH_API_KEY"'),
}

# One SCAN and the deletion of what it found, 250 keys at a time: a few milliseconds of the server.
SWEEP = (
    "local found = redis.call('SCAN', ARGV[1], 'MATCH', ARGV[2] .. '*', 'COUNT', ARGV[3]) "
    "for _, key in ipairs(found[2]) do "
    "if string.sub(key, 1, #ARGV[2]) == ARGV[2] then redis.call('UNLINK', key) end end "
    "return found[1]"
)


def by_hand(plan: Plan, preview: Preview, address: Address | None) -> list[str]:
    """The plan as lines for bash; every secret is one that the person types or exports. `address` is the
    Redis that takes changes, None where the plan changes none."""
    lines = [f"# {plan.title} on {plan.target}. Lost: {lost_words(plan, preview)}. {plan.undo}."]
    if address and address.password:
        lines.append("read -rs -p 'Password: ' REDISCLI_AUTH && export REDISCLI_AUTH")
    for step in plan.steps:
        lines += _lines(step, address)
    look = f" Look with: {' '.join(_cli(address))} INFO memory" if address else ""
    lines.append(f"# Goal: {plan.goal}.{look}")
    is_swept = any(isinstance(step, RedisSweep) for step in plan.steps)
    # In a shell of theirs "exit" would close it.
    return [*lines, '[ -z "${broke_off-}" ]  # 1 when a part of it broke off'] if is_swept else lines


def _lines(step: Step, address: Address | None) -> Iterator[str]:
    if isinstance(step, AppVariable):
        yield from _edited(step)
    elif HIDDEN in step.line():
        yield f"# {step.line()}   where {HIDDEN} is {_from_where(step)}"
    elif isinstance(step, RedisSweep) and address:
        yield from _sweep(step, address)
    elif isinstance(step, RedisCommand) and address:
        at = _elsewhere(step, address) if step.at else address
        yield shlex.join([*_cli(at), *(str(argument) for argument in step.arguments)])
    elif isinstance(step, HttpCall) and step.service in SERVICES:
        yield from _curl(step)
    elif isinstance(step, ConfiguredCommand):
        yield step.line()
    elif isinstance(step, Wait):
        yield f"# {step.line()}, and look by yourself"
    else:
        yield f"# {step.line()}"


def _from_where(step: Step) -> str:
    if isinstance(step, ConfiguredCommand) and isinstance(step.secret, ReadSecret):
        return "the new password: the provider's console has it"
    return "a new password: openssl rand -base64 32"


def _edited(step: AppVariable) -> Iterator[str]:
    """The person's editor takes the place of Pong's: doctl changes no single variable either."""
    file, value = shlex.quote(f"spec-of-{step.app_id}.yaml"), str(step.value)
    app_id = shlex.quote(step.app_id)
    kind = ", and under it type: SECRET" if step.secret else ""
    which = f" ({HIDDEN} is the new password, percent-encoded)" if step.secret else ""
    yield f"# {step.line()}"
    yield f"# In the editor, wherever it has key: {step.name}: write value: {value}{kind}{which}."
    yield "# Leave each EV[…] and all else as it is."
    yield f"(umask 077; doctl apps spec get {app_id} > {file}) &&"
    yield f"  ${{EDITOR:-vi}} {file} &&"
    yield f"  doctl apps update {app_id} --spec {file} --wait && rm {file}"


def _elsewhere(step: RedisCommand, address: Address) -> Address:
    """A replica is spoken to as its primary is; a Sentinel has users of its own."""
    host, _, port = step.at.rpartition(":")
    there = replace(address, host=host.strip("[]"), port=int(port))
    return replace(there, user=None, db=0) if step.arguments[0] == "SENTINEL" else there


def _curl(step: HttpCall) -> Iterator[str]:
    url, authorization = SERVICES[step.service]
    body = step.body(_as_sent)
    sent = ["--json", json.dumps(body)] if body else []
    yield f"curl -fsS -X {step.method} {authorization} {shlex.join([*sent, url + step.path])}"


def _as_sent(value: Any) -> Any:
    """A number as a number: an API that wants one refuses "2"."""
    if isinstance(value, tuple):
        return list(value)
    return value if isinstance(value, int) else str(value)


def _sweep(step: RedisSweep, address: Address) -> Iterator[str]:
    pause = ["  sleep 0.01"] if step.gentle else []
    arguments = f'"$script" 0 "$cursor" {shlex.quote(step.prefix)} {step.count}'
    call = f"{shlex.join(_cli(address))} EVAL {arguments}"
    yield f"script={shlex.quote(SWEEP)}"
    yield "cursor=0"
    yield "while :; do"
    yield f"  cursor=$({call}) || break"
    yield "  case $cursor in ''|*[!0-9]*) echo \"$cursor\" >&2; break;; esac"
    yield from pause
    yield '  [ "$cursor" = 0 ] && break'
    yield "done"
    yield '[ "$cursor" = 0 ] || broke_off=yes'


def _cli(address: Address) -> Sequence[str]:
    """redis-cli to `address`; the password comes from REDISCLI_AUTH, never from the command line."""
    words = ["redis-cli"]
    if address.scheme == "unix":
        words += ["-s", address.path]
    else:
        words += ["-h", address.host, "-p", str(address.port)]
    if address.tls:
        tls = address.tls
        files = {"--cacert": tls.ca_file, "--cert": tls.certificate_file, "--key": tls.key_file}
        words += ["--tls", *(word for option, file in files.items() if file for word in (option, file))]
    words += ["--user", address.user] if address.user else []
    return [*words, "-n", str(address.db)] if address.db else words
