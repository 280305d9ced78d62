"""What are the last lines of a log in a plain file?"""

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path

import httpx

from bot.applications.logs import TAIL_MOST_BYTES, Tail, lines_of

READ_WITHIN_S = 2.0


@dataclass(frozen=True)
class LogFile:
    """A file that this process may read."""

    path: Path

    async def tail(self, http: httpx.AsyncClient) -> Tail:
        try:
            async with asyncio.timeout(READ_WITHIN_S):
                return await asyncio.to_thread(self._read)
        except TimeoutError:
            return Tail(fault=f"could not be read within {READ_WITHIN_S:.0f} s")
        except OSError as error:
            return Tail(fault=f"cannot be read: {error.strerror or 'it is no file'}")

    def _read(self) -> Tail:
        with self.path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            begin = max(0, size - TAIL_MOST_BYTES)
            file.seek(begin)
            return Tail(lines_of(file.read(TAIL_MOST_BYTES), is_cut=begin > 0))
