"""Who is refused as a user that was switched off: whom did the rotation forget?

https://redis.io/docs/latest/commands/acl-log/
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from redis.exceptions import NoPermissionError, ResponseError

from bot.remediations.trouble import in_words
from bot.targets.acl_log import ENTRIES_MOST, entries_of, number_of
from bot.text import plain
from bot.verification.held import Held, Looker

# Longer than most clients pause before they try again.
WATCHED_S = 15
HOSTS_SHOWN = 3


@dataclass(frozen=True)
class Refusals:
    """How many logins were refused, and from which hosts, the newest first."""

    count: int
    hosts: tuple[str, ...]

    def says(self, user: str) -> str:
        if not self.count:
            return f"nobody was refused as {user}"
        shown = ", ".join(self.hosts[:HOSTS_SHOWN])
        more = f" and {len(self.hosts) - HOSTS_SHOWN} more" if len(self.hosts) > HOSTS_SHOWN else ""
        logins = "1 login" if self.count == 1 else f"{self.count:,} logins"
        return f"{logins} as {user} refused since, from {shown}{more}: the old password is still in use there"


async def refusals_are_watched(looker: Looker, user: str) -> Held:
    """They were, for WATCHED_S, whatever was seen: it is told, and changes nothing of the rotation."""
    watched_s = (looker.clock.now_ms() - looker.waits_since_ms) / 1000
    state: Any = "yes" if watched_s >= WATCHED_S else "under way"
    if looker.redis is None:
        raise OSError("Pong may only look at this target")
    try:
        # In two words, so that redis-py leaves the reply as it is.
        raw: Any = await looker.redis.execute_command("ACL", "LOG", ENTRIES_MOST)  # type: ignore[no-untyped-call]
    except (NoPermissionError, ResponseError) as error:
        return Held("yes", f"whether somebody is refused as {user} is not known: {in_words(error)}")
    since_s = (looker.clock.now_ms() - looker.since_ms) / 1000
    return Held(state, refused(entries_of(raw), user, within_s=since_s).says(user))


def refused(entries: list[dict[str, Any]], user: str, *, within_s: float) -> Refusals:
    """Those of `user` that were last seen within `within_s`. Pure."""
    own = [entry for entry in entries if _is_of(entry, user) and _age_s(entry) <= within_s]
    own.sort(key=_age_s)
    hosts = dict.fromkeys(_host(entry) for entry in own)
    return Refusals(sum(int(number_of(entry.get("count"))) for entry in own), tuple(hosts))


def _is_of(entry: Mapping[str, Any], user: str) -> bool:
    return entry.get("reason") == "auth" and entry.get("username") == user


def _age_s(entry: Mapping[str, Any]) -> float:
    return number_of(entry.get("age-seconds"))


def _host(entry: Mapping[str, Any]) -> str:
    """Of `id=7 addr=10.0.0.9:41234 …` the host."""
    words = str(entry.get("client-info") or "").split(" ")
    address = next((word.removeprefix("addr=") for word in words if word.startswith("addr=")), "")
    return plain(address.rpartition(":")[0], 60) or "an unknown host"
