"""Which commands may a diagnostic send? Only those that change nothing and stall nobody.

An allow-list with bounds, so that a command it does not know is refused. What each costs was measured at 1.2M
keys; KEYS took 508 ms, MEMORY USAGE SAMPLES 0 332 ms. https://redis.io/docs/latest/commands/
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from bot.targets.address import Address
from bot.targets.connection import connect
from bot.targets.rest import OverHttp, Rest
from bot.targets.together import PIPELINE_MOST, Line, OverConnection, Together, Word

SCAN_COUNT_MOST = 1000
SAMPLES_MOST = 5
ENTRIES_MOST = 128


class NotAllowed(Exception):
    """A diagnostic tried to send what is not on the list: a fault in Pong, never in Redis."""


def _no_more_words(words: Sequence[Word]) -> bool:
    return not words


def _one_key(words: Sequence[Word]) -> bool:
    return len(words) == 1


def _named_fields(words: Sequence[Word]) -> bool:
    """CONFIG GET with whole names: a pattern would bring requirepass along."""
    names = [_text(word) for word in words]
    return bool(names) and all(name.replace("-", "").isalnum() and name not in _SECRET for name in names)


def _bounded_scan(words: Sequence[Word]) -> bool:
    """A cursor, then options with a COUNT that is in bounds."""
    options = {_text(name): value for name, value in zip(words[1::2], words[2::2], strict=False)}
    if len(words) % 2 == 0 or not options.keys() <= {"count", "match", "type"}:
        return False
    return _at_most(options.get("count", 10), SCAN_COUNT_MOST)


def _bounded_usage(words: Sequence[Word]) -> bool:
    """A key, alone or with SAMPLES of 1 to 5: 0 would walk the whole value."""
    return len(words) == 1 or (
        len(words) == 3 and _text(words[1]) == "samples" and _at_most(words[2], SAMPLES_MOST)
    )


def _few(words: Sequence[Word]) -> bool:
    """A number of entries that is in bounds: ACL LOG RESET, say, is none."""
    return len(words) == 1 and isinstance(words[0], int) and 0 < words[0] <= ENTRIES_MOST


def _sections(words: Sequence[Word]) -> bool:
    return all(_text(word).isalnum() for word in words)


_SECRET = {"requirepass", "masterauth", "masteruser", "tlskeyfilepass", "tlsclientkeyfilepass"}
_SECRET |= {"tls-key-file-pass", "tls-client-key-file-pass"}

ALLOWED: dict[tuple[str, ...], Callable[[Sequence[Word]], bool]] = {
    ("ping",): _no_more_words,
    ("role",): _no_more_words,
    ("dbsize",): _no_more_words,
    ("info",): _sections,
    ("config", "get"): _named_fields,
    ("latency", "latest"): _no_more_words,
    ("slowlog", "len"): _no_more_words,
    ("slowlog", "get"): _few,
    ("acl", "log"): _few,
    ("cluster", "info"): _no_more_words,
    ("cluster", "nodes"): _no_more_words,
    ("sentinel", "master"): _one_key,
    ("sentinel", "ckquorum"): _one_key,
    ("client", "list"): _no_more_words,
    ("hlen",): _one_key,
    ("llen",): _one_key,
    ("scard",): _one_key,
    ("strlen",): _one_key,
    ("xlen",): _one_key,
    ("zcard",): _one_key,
    ("memory", "stats"): _no_more_words,
    ("memory", "usage"): _bounded_usage,
    ("scan",): _bounded_scan,
    ("type",): _one_key,
    ("ttl",): _one_key,
    ("pttl",): _one_key,
    ("exists",): _one_key,
}


def is_allowed(words: Sequence[Word]) -> bool:
    """Whether a diagnostic may send these words."""
    names = tuple(_text(word) for word in words[:2])
    for length in (2, 1):
        if (bounds := ALLOWED.get(names[:length])) and len(names) >= length:
            return bounds(words[length:])
    return False


class ReadOnly:
    """A Redis that can only be looked at. Build it with `reading`."""

    def __init__(self, line: Line) -> None:
        self._together = Together(line)

    def warm(self) -> None:
        """Connect while nothing is asked yet."""
        self._together.warm()

    async def ask(self, *words: Word) -> Any:
        """The reply to one command. Raises NotAllowed before anything is sent, or redis-py's errors."""
        _check(words)
        reply = await self._together.ask(words)
        if isinstance(reply, Exception):
            raise reply
        return reply

    async def ask_each(self, commands: Sequence[Sequence[Word]]) -> list[Any]:
        """The replies to up to 1000 commands, in one go; an error stands in its reply's place."""
        if len(commands) > PIPELINE_MOST:
            raise NotAllowed(f"A pipeline of {len(commands)} commands is too long.")
        for words in commands:
            _check(words)
        return list(await asyncio.gather(*(self._together.ask(words) for words in commands)))

    async def close(self) -> None:
        await self._together.close()


@asynccontextmanager
async def reading(server: Address | Rest, *, budget_s: float = 2.0) -> AsyncIterator[ReadOnly]:
    """A ReadOnly for `server`, closed in the end."""
    read_only = ReadOnly(_line(server, budget_s))
    try:
        yield read_only
    finally:
        await read_only.close()


def _line(server: Address | Rest, budget_s: float) -> Line:
    if isinstance(server, Rest):
        return OverHttp(server, budget_s=budget_s)
    # One connection: a server that runs out of clients must not lose more of them to its doctor.
    return OverConnection(connect(server, budget_s=budget_s, connections_most=1, client_name=None))


def _check(words: Sequence[Word]) -> None:
    if not is_allowed(words):
        raise NotAllowed(f"Diagnostics may not send {_text(words[0])[:40] if words else 'nothing'}.")


def _text(word: Word) -> str:
    return word.decode("utf-8", "replace").lower() if isinstance(word, bytes) else str(word).lower()


def _at_most(value: Word, most: int) -> bool:
    text = _text(value)
    return text.isascii() and text.isdigit() and 1 <= int(text) <= most
