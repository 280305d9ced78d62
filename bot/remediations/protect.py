"""Which of Cloudflare's protections is meant: the security level, addresses to block, or a rate limit?

The runbook's step 21: while Redis is down nothing limits anybody. https://developers.cloudflare.com/waf/
"""

import re

from bot.errors import BadInput
from bot.providers.cloudflare import LEVELS
from bot.remediations.block import MOST, prepare_block, prepare_unblock
from bot.remediations.rate_limit import HOW, is_form, prepare_limit
from bot.remediations.remediation import Prepared, Remediation, Scene, Words
from bot.remediations.security_level import prepare_level

TAKES = (
    f"{' | '.join(reversed(LEVELS[1:]))} | block ADDRESS … | unblock ADDRESS … | limit N per 10s | limit off"
)
# What can only be meant as an address: a target's name may be like one, but not before its own place.
ADDRESS_LIKE = re.compile(r"(?=.*[.:/])[0-9a-fA-F.:]+(/\d*)?")


async def prepare(scene: Scene, words: Words) -> Prepared:
    word = words[0].lower() if words else ""
    zone = scene.target.zone
    if word not in (*LEVELS[1:], "block", "unblock", "limit"):
        raise BadInput(f"Which protection? Write one of {TAKES}.")
    if zone is None:
        raise BadInput(
            f"{scene.target.name} has no zone at Cloudflare: set cloudflare_zone_id of its application "
            "in pong.toml."
        )
    if word == "block":
        return await prepare_block(scene, zone, words[1:])
    if word == "unblock":
        return await prepare_unblock(scene, zone, words[1:])
    if word == "limit":
        return await prepare_limit(scene, zone, words[1:])
    return await prepare_level(scene, zone, word)


def own(words: Words) -> int:
    """How many of the typed words say what to do; one that is left names the target. Raises BadInput for a
    limit that is none."""
    first = words[0].lower()
    if first in ("block", "unblock"):
        is_named = len(words) > 1 and not ADDRESS_LIKE.fullmatch(words[-1])
        return len(words) - is_named
    if first != "limit":
        return 1
    if words[1:2] == ("off",):
        return 2
    if not is_form(words[1:4]):
        raise BadInput(HOW)
    return 4


REMEDIATION = Remediation(
    name="protect", takes=TAKES, prepare=prepare, words_most=1 + MOST, own=own, needs_redis=False
)
