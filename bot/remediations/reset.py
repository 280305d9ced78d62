"""What would it mean to have Upstash make the database's password anew?

The runbook's step 11 where there are no two users to take turns: the one password and both REST tokens end
in the moment of the reset. https://upstash.com/docs/devops/developer-api/redis/reset_password
"""

from functools import partial

from bot.config.quorum import ROTATION_NEEDS
from bot.errors import ServiceUnavailable
from bot.providers.upstash import UpstashDatabase
from bot.remediations.consumers import Way, connected, named, said_of, told, unseen, ways_of
from bot.remediations.plan import HttpCall, Plan, Preview, Repeat, Tier, Wait
from bot.remediations.remediation import Prepared, Scene
from bot.remediations.secret import ReadSecret

USER = "default"
# Before it is seen nobody can be told, so that it is waited for rather long.
SEEN_WITHIN_S = 180


async def prepare(scene: Scene, database: UpstashDatabase, *, has_leaked: bool) -> Prepared:
    ways = await ways_of(scene)
    credential = await database.credential(scene.http)
    if isinstance(credential, str):
        raise ServiceUnavailable(f"Nothing was planned: {credential}.")
    says = (*says_of(scene, has_leaked=has_leaked), *said_of(ways), *unseen(scene))
    preview = Preview(measured_at_ms=scene.clock.now_ms(), says=says)
    return plan(scene, database.reset_path, ways, mark=credential.mark), preview


def says_of(scene: Scene, *, has_leaked: bool) -> tuple[str, ...]:
    consumers = scene.target.consumers
    no_overlap = "There is no overlap at Upstash: planned is no gentler than leaked, the old one ends first"
    own = own_words(scene.target.own_secrets)
    silent = ", ".join(one.name for one in consumers if one.health_url is None)
    lines = (
        "" if has_leaked else no_overlap,
        "The password and both REST tokens end at once; who uses a REST token gets the new one from Upstash",
        named(consumers),
        f"Pong's own access ends too: {own}" if own else "",
        f"Nothing verifies that these use the new one, they have no health_url: {silent}" if silent else "",
    )
    return tuple(line for line in lines if line)


def own_words(names: tuple[str, ...]) -> str:
    """What Pong itself needs afterwards: it keeps no credential, so a person sets it."""
    if not names:
        return ""
    which = " and ".join(names)
    return f"set {which} anew from Upstash's console and restart Pong, which is blind there until then"


def plan(scene: Scene, path: str, ways: tuple[Way, ...], *, mark: str) -> Plan:
    """`mark` tells the password of now from another one. From the reset on nobody can stop it: whoever
    has not been told is without Redis."""
    gone = "Cannot be undone: the old password is gone"
    secret = partial(ReadSecret, f"password of {USER}")
    has_it = "have" if scene.in_fallback else "are connected with"
    back = "Nothing to undo: it has the password that is valid."
    return Plan(
        remediation="rotate",
        title="Reset the password at Upstash",
        target=scene.target.name,
        address=scene.address,
        tier=Tier.ACCESS_CHANGING,
        steps=(
            HttpCall(service="Upstash", method="POST", path=path, undo=f"{gone}.", repeat=Repeat.CHECK),
            Wait(
                at_most_s=SEEN_WITHIN_S,
                until="Upstash has another password",
                condition="password-is-another",
                given=mark,
            ),
            *told(ways, USER, secret, undo=lambda _: back),
            *connected(scene.target.consumers, in_fallback=scene.in_fallback),
        ),
        lost="every connection: no Redis for the applications until each has been told the new password",
        undo=gone,
        preconditions=("nobody has reset it meanwhile",),
        goal=f"the old password is refused, and the applications {has_it} the new one",
        least_approvals=ROTATION_NEEDS,
        goes_on_from=1,
        afterwards=own_words(scene.target.own_secrets),
    )
