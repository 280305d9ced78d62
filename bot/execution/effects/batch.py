"""How is one batch of keys found and deleted, byte by byte?

One script a batch where the server lets Pong run one: the keys never leave it. Else SCAN and UNLINK.
https://redis.io/docs/latest/commands/eval/
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from redis.asyncio import Redis
from redis.crc import key_slot
from redis.exceptions import NoPermissionError, ResponseError

from bot.remediations.sample import as_bytes

# unpack() takes some 8,000 values; a SCAN may bring more keys than it was asked for.
SCRIPT = """
local found = redis.call('SCAN', ARGV[1], 'MATCH', ARGV[2], 'COUNT', ARGV[3])
local keys, prefix, kept, deleted = found[2], ARGV[4], 0, 0
for _, key in ipairs(keys) do
  if string.find(key, prefix, 1, true) == 1 then
    kept = kept + 1
    keys[kept] = key
  end
end
for first = 1, kept, 4000 do
  deleted = deleted + redis.call('UNLINK', unpack(keys, first, math.min(kept, first + 3999)))
end
return {found[1], deleted}
"""
# How Redis and Valkey say within a script what is NOPERM outside of one.
MAY_NOT = ("The user executing the script", "ACL failure in script", "NOPERM")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which keys: those that begin with `prefix`, of which `pattern` is the glob; `count` is SCAN's."""

    prefix: bytes
    pattern: bytes
    count: int
    cursor: int


class Batches(Protocol):
    """`cursor` is the one whose keys are not yet deleted; `in_vain` is how many a turn deleted that then
    failed."""

    cursor: int
    in_vain: int

    async def turn(self) -> int | None:
        """One round trip: how many keys it deleted, None when every key was seen before it.

        Raises redis-py's errors, none of which quotes a key.
        """


async def batches(redis: Redis, wanted: Wanted, *, is_cluster: bool) -> Batches:
    """The quickest way that this server lets Pong go. A cluster's script may not touch several slots."""
    if is_cluster or not await _runs_scripts(redis):
        return Pipelined(redis, wanted, by_slot=is_cluster)
    return Scripted(redis, wanted)


async def _runs_scripts(redis: Redis) -> bool:
    try:
        await redis.eval("return 1", 0)
    except ResponseError:
        return False
    return True


class Scripted:
    """The server finds and deletes by itself."""

    def __init__(self, redis: Redis, wanted: Wanted) -> None:
        self.cursor = wanted.cursor
        self.in_vain = 0
        self._redis = redis
        self._given = (wanted.pattern, wanted.count, wanted.prefix)
        self._is_over = False

    async def turn(self) -> int | None:
        if self._is_over:
            return None
        try:
            reply: Any = await self._redis.eval(SCRIPT, 0, self.cursor, *self._given)
        except ResponseError as error:
            if str(error).startswith(MAY_NOT):
                raise NoPermissionError("NOPERM for the script") from None
            raise
        self.cursor = int(reply[0])
        self._is_over = not self.cursor
        return int(reply[1])


class Pipelined:
    """Delete the last batch and read the next one, in one round trip."""

    def __init__(self, redis: Redis, wanted: Wanted, *, by_slot: bool = False) -> None:
        self.cursor = wanted.cursor
        self.in_vain = 0
        self._redis = redis
        self._wanted = wanted
        self._by_slot = by_slot
        self._keys: Sequence[bytes] = ()
        self._following: int | None = wanted.cursor

    async def turn(self) -> int | None:
        if not self._keys and self._following is None:
            return None
        together = self._together()
        async with self._redis.pipeline(transaction=False) as pipeline:
            for keys in together:
                pipeline.unlink(*keys)
            if self._following is not None:
                pipeline.scan(self._following, match=self._wanted.pattern, count=self._wanted.count)
            # An error raised by the pipeline itself would quote the keys.
            replies = await pipeline.execute(raise_on_error=False)
        deleted = sum(reply for reply in replies[: len(together)] if isinstance(reply, int))
        self.in_vain = deleted
        _raise_first(replies)
        self.in_vain = 0
        self.cursor = self._following or 0
        self._keys, self._following = self._read(replies) if self._following is not None else ((), None)
        return deleted

    def _together(self) -> list[Sequence[bytes]]:
        """Which keys one UNLINK may name: all of them, but on a cluster those of one slot."""
        if not self._by_slot:
            return [self._keys] if self._keys else []
        slots: dict[int, list[bytes]] = {}
        for key in self._keys:
            slots.setdefault(key_slot(key), []).append(key)
        return list(slots.values())

    def _read(self, replies: Sequence[Any]) -> tuple[Sequence[bytes], int | None]:
        cursor, found = replies[-1]
        return self._inside(found), int(cursor) or None

    def _inside(self, found: Sequence[bytes | str]) -> tuple[bytes, ...]:
        """Only what begins with the prefix, whatever MATCH made of the pattern."""
        return tuple(key for key in map(as_bytes, found) if key.startswith(self._wanted.prefix))


def _raise_first(replies: Sequence[Any]) -> None:
    for reply in replies:
        if isinstance(reply, Exception):
            raise reply
