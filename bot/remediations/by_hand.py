"""How does a person carry out a plan by hand, on the night when Slack or Pong is down? Pure.

The same deletions as Pong's own, byte for byte; `redis-cli --scan | xargs del` deletes other keys than it was
asked to. https://redis.io/docs/latest/develop/tools/cli/
"""

import shlex
from collections.abc import Iterator, Sequence

from bot.remediations.plan import ConfiguredCommand, HttpCall, Plan, RedisCommand, RedisSweep, Step
from bot.targets.address import Address

# One SCAN and the deletion of what it found, 250 keys at a time: a few milliseconds of the server.
SWEEP = (
    "local found = redis.call('SCAN', ARGV[1], 'MATCH', ARGV[2] .. '*', 'COUNT', ARGV[3]) "
    "for _, key in ipairs(found[2]) do "
    "if string.sub(key, 1, #ARGV[2]) == ARGV[2] then redis.call('UNLINK', key) end end "
    "return found[1]"
)


def by_hand(plan: Plan, address: Address) -> list[str]:
    """The plan as lines for bash; every secret is one that the person types or exports."""
    lines = [f"# {plan.title} on {plan.target}. Lost: {plan.lost}. {plan.undo}."]
    if address.password:
        lines.append("read -rs -p 'Password: ' REDISCLI_AUTH && export REDISCLI_AUTH")
    for step in plan.steps:
        lines += _lines(step, address)
    return [*lines, f"# Goal: {plan.goal}. Look with: {' '.join(_cli(address))} INFO memory"]


def _lines(step: Step, address: Address) -> Iterator[str]:
    if isinstance(step, RedisSweep):
        yield from _sweep(step, address)
    elif isinstance(step, RedisCommand):
        yield shlex.join([*_cli(address), *(str(argument) for argument in step.arguments)])
    elif isinstance(step, HttpCall | ConfiguredCommand):
        yield f"# {step.line()}"
    else:
        yield f"# {step.line()}, and look by yourself"


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
