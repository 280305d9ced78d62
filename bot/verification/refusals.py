"""Who is refused as a user that was switched off: whom did the rotation forget?

https://redis.io/docs/latest/commands/acl-log/
"""

from collections import Counter
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
UNKNOWN = "an unknown host"


@dataclass(frozen=True)
class Refusals:
    """How many logins were refused, and from which hosts, the newest first: of repeats Redis keeps the newest
    host alone, and `all_hosts` says that none was repeated. Which password was tried it does not keep."""

    count: int
    hosts: tuple[str, ...]
    all_hosts: bool = True

    def says(self, user: str) -> str:
        if not self.count:
            return f"nobody was refused as {user}"
        shown = ", ".join(self.hosts[:HOSTS_SHOWN])
        more = f" and {len(self.hosts) - HOSTS_SHOWN} more" if len(self.hosts) > HOSTS_SHOWN else ""
        logins = f"1 login as {user} was" if self.count == 1 else f"{self.count:,} logins as {user} were"
        whence = f"from {shown}{more}" if self.all_hosts else f"the newest from {shown}{more}"
        return f"{logins} refused meanwhile, {whence}: somebody there may still have the old password"


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
    entries = entries_of(raw)
    before = looker.at_first.setdefault(user, counts_of(entries, user))
    return Held(state, refused(entries, user, before, within_s=watched_s).says(user))


def counts_of(entries: list[dict[str, Any]], user: str) -> Counter[str]:
    """How often `user` was refused, by the entry's id; without one (before Redis 7.2) all are one. Pure."""
    counts: Counter[str] = Counter()
    for entry in entries:
        if _is_of(entry, user):
            counts[_id(entry)] += int(number_of(entry.get("count")))
    return counts


def refused(entries: list[dict[str, Any]], user: str, before: Counter[str], *, within_s: float) -> Refusals:
    """By how much they have grown since `before`, `within_s` ago: a repeat counts in the old entry. Pure."""
    grown = counts_of(entries, user) - before
    own = [one for one in entries if _is_of(one, user) and grown[_id(one)] and _age_s(one) <= within_s]
    own.sort(key=_age_s)
    hosts = dict.fromkeys(_host(one) for one in own) or {UNKNOWN: None}
    return Refusals(grown.total(), tuple(hosts), all_hosts=grown.total() <= len(own))


def _is_of(entry: Mapping[str, Any], user: str) -> bool:
    return entry.get("reason") == "auth" and entry.get("username") == user


def _id(entry: Mapping[str, Any]) -> str:
    return str(entry.get("entry-id", ""))


def _age_s(entry: Mapping[str, Any]) -> float:
    return number_of(entry.get("age-seconds"))


def _host(entry: Mapping[str, Any]) -> str:
    """Of `id=7 addr=10.0.0.9:41234 …` the host."""
    words = str(entry.get("client-info") or "").split(" ")
    address = next((word.removeprefix("addr=") for word in words if word.startswith("addr=")), "")
    return plain(address.rpartition(":")[0], 60) or UNKNOWN
