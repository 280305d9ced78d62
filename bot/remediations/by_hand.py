"""How does a person carry out a plan by hand, on the night when Slack or Pong is down? Pure.

The same deletions as Pong's own, byte for byte; `redis-cli --scan | xargs del` deletes other keys than it was
asked to. https://redis.io/docs/latest/develop/tools/cli/
"""

import json
import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

from bot.remediations.app_variable import AppVariable
from bot.remediations.compared import lost_words
from bot.remediations.plan import (
    ConfiguredCommand,
    HttpCall,
    Plan,
    Preview,
    RedisCommand,
    RedisKill,
    RedisSweep,
    Step,
    Wait,
)
from bot.remediations.secret import HIDDEN, NewSecret
from bot.targets.address import Address

BEARER = '-H "Authorization: Bearer ${}"'
# Where a service is, and what proves who asks, by the variables that hold it.
SERVICES = {
    "DigitalOcean": ("https://api.digitalocean.com", BEARER.format("DIGITALOCEAN_TOKEN")),
    "GitHub": ("https://api.github.com", BEARER.format("GITHUB_TOKEN")),
    "Cloudflare": ("https://api.cloudflare.com", BEARER.format("CLOUDFLARE_API_TOKEN")),
    "Upstash": ("https://api.upstash.com", '-u "$UPSTASH_EMAIL:$UPSTASH_API_KEY"'),
}

# They have a password of their own, or none.
OF_SENTINELS = 'env -u REDISCLI_AUTH ${sentinels:+REDISCLI_AUTH="$sentinels"} '
ASKS = "IFS= read -r REDISCLI_AUTH"
BY_HAND = "# From here on you do it, in this order, and each line only once the one above it is done:"
# With what a person looks at what a plan waits for.
LOOKS = {
    "user-in-use": ("CLIENT", "LIST"),
    "user-unused": ("CLIENT", "LIST"),
    "refusals-watched": ("ACL", "LOG", "10"),
    "replica-online": ("INFO", "replication"),
    "limit-is": ("CONFIG", "GET", "maxmemory"),
    "redis-is-new": ("INFO", "server"),
    "redis-answers": ("PING",),
    "commands-run": ("PING",),
}

# One SCAN and the deletion of what it found, 250 keys at a time: a few milliseconds of the server.
SWEEP = (
    "local found = redis.call('SCAN', ARGV[1], 'MATCH', ARGV[2] .. '*', 'COUNT', ARGV[3]) "
    "for _, key in ipairs(found[2]) do "
    "if string.sub(key, 1, #ARGV[2]) == ARGV[2] then redis.call('UNLINK', key) end end "
    "return found[1]"
)


def by_hand(plan: Plan, preview: Preview, address: Address | None) -> list[str]:
    """The plan as lines for a shell, to be pasted or run; every secret is one that the person types or
    exports. `address` is the Redis that takes changes, None where the plan changes none."""
    number = _running(plan.steps, address)
    steps = [list(_lines(step, address)) for step in plan.steps]
    left = [_commented(line) for lines in steps[number:] for line in lines]
    goal = f"# Goal: {plan.goal}."
    if address and plan.goal_percent is not None:
        goal += f" Look with: {shlex.join([*_cli(address), 'INFO', 'memory'])}"
    asks = _asks(address) if "redis-cli" in "\n".join([*chain.from_iterable(steps), goal]) else []
    return [
        f"# {plan.title} on {plan.target}. Lost: {lost_words(plan, preview)}. {_undo(plan)}.",
        *_block(asks, steps[:number]),
        *([BY_HAND] if left and not _only_looks(plan.steps[number:]) else []),
        *_made(left),
        *left,
        goal,
        *_how_it_ended(plan.steps, number),
    ]


def in_one_piece(lines: list[str]) -> list[str]:
    """In braces a shell reads all of it before it begins; otherwise the line that asks for a password would
    take the next one, pasted behind it, for the answer."""
    return ["{", *lines, "}"] if any(ASKS in line for line in lines) else lines


def _running(steps: Sequence[Step], address: Address | None) -> int:
    """How many steps run by themselves: what comes after one that only a person can do, or judge, would run
    too early. redis-cli ends with 0 after an error too, so nothing goes on behind it."""
    for number, step in enumerate(steps):
        if not _runs(step, address):
            return number
        if isinstance(step, RedisCommand):
            return number + 1
    return len(steps)


def _runs(step: Step, address: Address | None) -> bool:
    match step:
        case RedisCommand() | RedisSweep():
            return address is not None and HIDDEN not in step.line()
        case HttpCall():
            return step.service in SERVICES and HIDDEN not in step.line()
        case ConfiguredCommand():
            return step.secret is None
    # A person edits that one, who is asked for the value as it runs.
    return isinstance(step, AppVariable)


def _block(asks: list[str], steps: list[list[str]]) -> list[str]:
    """The first step that fails is the last."""
    chained = [[*lines[:-1], f"{lines[-1]} &&"] for lines in steps[:-1]] + steps[-1:]
    return [*asks, *chain.from_iterable(chained)]


def _asks(address: Address | None) -> list[str]:
    """Unseen, also by a shell whose `read` cannot hide it."""
    if address is None or not address.password:
        return []
    return [
        "printf 'Password of Redis: ' >&2; stty -echo 2>/dev/null; " + ASKS,
        "stty echo 2>/dev/null; echo >&2; export REDISCLI_AUTH",
    ]


def _undo(plan: Plan) -> str:
    """Slack may be down: what is a command there is one here too."""
    at = re.escape(plan.target)
    return re.sub(rf"/redis (\S.*) {at}$", rf"pong plan \1 --target {plan.target}", plan.undo)


def _only_looks(steps: Sequence[Step]) -> bool:
    return all(isinstance(step, Wait) for step in steps)


def _how_it_ended(steps: Sequence[Step], number: int) -> list[str]:
    """Its last line fails where something is left to do; in a shell of theirs "exit" would close it."""
    if not _only_looks(steps[number:]):
        return ["{ echo 'Not finished: the lines behind # are left to you.' >&2; false; }"]
    is_swept = any(isinstance(step, RedisSweep) for step in steps)
    return ['[ -z "${broke_off-}" ]  # 1 when a part of it broke off'] if is_swept else []


def _commented(line: str) -> str:
    return line if line.startswith("#") else f"# {line}"


def _lines(step: Step, address: Address | None) -> Iterator[str]:
    if isinstance(step, AppVariable):
        yield from _edited(step)
    elif HIDDEN in step.line():
        yield from _with_secret(step, address)
    elif isinstance(step, HttpCall) and step.service in SERVICES:
        yield from _curl(step)
    elif isinstance(step, ConfiguredCommand):
        yield step.line()
    elif isinstance(step, Wait):
        yield f"# {step.line()}, and look by yourself{_look(step, address)}"
    else:
        yield from (address and _in_redis(step, address)) or [f"# {step.line()}"]


def _in_redis(step: Step, address: Address) -> list[str]:
    match step:
        case RedisSweep():
            return list(_sweep(step, address))
        case RedisCommand():
            return [shlex.join([*_cli(_at(step, address)), *(str(argument) for argument in step.arguments)])]
        case RedisKill(by="user"):
            return [f"# {shlex.join([*_cli(_at(step, address)), 'CLIENT', 'KILL', 'USER', step.given])}"]
        case RedisKill(by="replica"):
            kill = ("CLIENT", "KILL", "TYPE", "replica", "USER", step.given)
            return [f"# {shlex.join([*_cli(address), *kill])}"]
    return []


def _look(step: Wait, address: Address | None) -> str:
    command = LOOKS.get(step.condition)
    return f": {shlex.join([*_cli(_at(step, address)), *command])}" if command and address else ""


def _with_secret(step: Step, address: Address | None) -> Iterator[str]:
    """The new password goes by standard input, for whoever lists the processes reads each argument."""
    match step:
        case RedisCommand(arguments=(*said, NewSecret() as secret)) if address:
            # -x: the last argument is what comes by standard input.
            words = shlex.join([*_cli(_at(step, address)), "-x", *(str(word) for word in said)])
            yield f"{_printed(secret)} | {OF_SENTINELS if said[0] == 'SENTINEL' else ''}{words}"
        case ConfiguredCommand(secret=NewSecret() as secret):
            yield f"{_printed(secret)} | {shlex.join(step.arguments)}"
        case _:
            yield f"# {step.line()}   where {HIDDEN} is the new password: the provider's console has it"


def _made(left: list[str]) -> list[str]:
    # In hexadecimal, which is the same in an address.
    lines = "\n".join(left)
    made = ["# new=$(openssl rand -hex 32)"] if '"$new"' in lines else []
    own = (
        ["# sentinels=   (the Sentinels' own password, where they have one)"] if OF_SENTINELS in lines else []
    )
    return [*made, *own]


def _printed(secret: NewSecret) -> str:
    form = "%s".join(_escaped(part) for part in (secret.before, secret.after))
    return f'printf {shlex.quote(form)} "$new"'


def _escaped(part: str) -> str:
    return part.replace("\\", r"\\").replace("%", "%%").replace("\n", r"\n")


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


def _at(step: RedisCommand | RedisKill | Wait, address: Address) -> Address:
    """A replica is spoken to as its primary is; a Sentinel has users of its own."""
    if not step.at:
        return address
    host, _, port = step.at.rpartition(":")
    there = replace(address, host=host.strip("[]"), port=int(port))
    is_sentinel = isinstance(step, RedisCommand) and step.arguments[0] == "SENTINEL"
    return replace(there, user=None, db=0) if is_sentinel else there


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
    yield "{"
    yield f"script={shlex.quote(SWEEP)}"
    yield "cursor=0"
    yield "while :; do"
    yield f"  cursor=$({call}) || break"
    yield "  case $cursor in ''|*[!0-9]*) echo \"$cursor\" >&2; break;; esac"
    yield from pause
    yield '  [ "$cursor" = 0 ] && break'
    yield "done"
    yield '[ "$cursor" = 0 ] || { broke_off=yes; false; }'
    yield "}"


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
