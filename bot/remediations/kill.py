"""What would it mean to end a script that does not end, or to close the connections of some clients?

https://redis.io/docs/latest/commands/script-kill/
"""

import re
from collections import Counter

from redis.exceptions import RedisError, ResponseError

from bot.diagnostics.units import count
from bot.errors import BadInput
from bot.remediations.clients import Client, chosen, parse_list
from bot.remediations.plan import Plan, Preview, RedisCommand, RedisKill, Repeat, Tier, Wait
from bot.remediations.remediation import Prepared, Remediation, Scene, Words
from bot.remediations.trouble import unmeasured
from bot.text import plain

TAKES = "script | idle:SECONDS | name:NAME | addr:HOST:PORT"
LEAST_IDLE_S = 60
USERS_NAMED = 3


async def prepare(scene: Scene, words: Words) -> Prepared:
    word = words[0] if words else ""
    if word.lower() == "script":
        return await _script(scene)
    by, given = _meant(word)
    try:
        raw = await scene.redis.execute_command("CLIENT", "LIST")  # type: ignore[no-untyped-call]
    except (RedisError, OSError) as error:
        raise unmeasured("Its clients cannot be listed", error) from None
    clients = parse_list(raw)
    step = RedisKill(by=by, given=given)  # type: ignore[arg-type]
    preview = measured(clients, chosen(clients, by, given), at_ms=scene.clock.now_ms())
    return plan_of_clients(scene, step, preview), preview


def measured(clients: list[Client], meant: list[Client], *, at_ms: int) -> Preview:
    """How many would be closed, and whose they are. Raises BadInput when there are none."""
    if not meant:
        few = count(len(clients), "client", "clients")
        raise BadInput(f"That means none of its {few}: /redis triage says what they do.")
    hosts = Counter(client.address.rpartition(":")[0] for client in meant)
    from_hosts = count(len(hosts), "host", "hosts")
    if len(hosts) > 1:
        from_hosts += f"; {hosts.most_common(1)[0][1]:,} from one host"
    among = count(len(clients), "connection", "connections")
    says = f"Closes {len(meant):,} of {among} ({from_hosts})"
    return Preview(measured_at_ms=at_ms, says=(says,))


def plan_of_clients(scene: Scene, step: RedisKill, preview: Preview) -> Plan:
    which = {
        "name": f"clients called {plain(step.given, 40)}",
        "address": f"the client at {plain(step.given, 60)}",
        "idle": f"clients idle over {step.given} s",
    }[step.by]
    return Plan(
        remediation="kill",
        title=f"Disconnect {which}",
        target=scene.target.name,
        address=scene.address,
        tier=Tier.REVERSIBLE,
        steps=(step,),
        lost="what these clients were in the middle of; a healthy one connects again at once",
        undo="They connect again by themselves",
        preconditions=("such clients are connected",),
        goal="these connections are closed",
    )


def _meant(word: str) -> tuple[str, str]:
    kind, _, given = word.partition(":")
    kind = kind.lower()
    if kind == "idle" and re.fullmatch(r"[0-9]{1,7}", given):
        if int(given) < LEAST_IDLE_S:
            raise BadInput(f"A client that rests for under {LEAST_IDLE_S} s is at work: give more seconds.")
        return "idle", str(int(given))
    if kind == "name" and re.fullmatch(r"[!-~]{1,100}", given):
        return "name", given
    if kind == "addr" and re.fullmatch(r"[!-~]{1,80}:[0-9]{1,5}", given):
        return "address", given
    raise BadInput(f"Say which clients: {TAKES}")


async def _script(scene: Scene) -> Prepared:
    try:
        await scene.redis.ping()
    except ResponseError as error:
        if not str(error).startswith("BUSY"):
            raise unmeasured("Nothing was planned", error) from None
    except (RedisError, OSError) as error:
        raise unmeasured("Nothing was planned", error) from None
    else:
        raise BadInput(f"No script keeps {scene.target.name} busy: it answers.")
    preview = Preview(
        measured_at_ms=scene.clock.now_ms(), says=("A script keeps it busy, and it answers nothing else",)
    )
    return plan_of_script(scene), preview


def plan_of_script(scene: Scene) -> Plan:
    return Plan(
        remediation="kill",
        title="End the script",
        target=scene.target.name,
        address=scene.address,
        tier=Tier.REVERSIBLE,
        steps=(
            RedisCommand(
                arguments=("SCRIPT", "KILL"),
                undo="Whoever sent the script may send it again.",
                # What runs after a crash may be another script, which nobody has seen.
                repeat=Repeat.NEVER,
            ),
            Wait(at_most_s=15, until="it takes commands again", condition="commands-run"),
        ),
        lost="what the script was computing; one that has written already is not ended",
        undo="Whoever sent the script may send it again",
        preconditions=("a script keeps it busy",),
        goal="it takes commands again",
    )


REMEDIATION = Remediation(name="kill", takes=TAKES, prepare=prepare)
