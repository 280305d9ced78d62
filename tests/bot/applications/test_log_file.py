"""Are the last lines of a file read, however big, and a file that cannot be read told?"""

from pathlib import Path

import httpx

from bot.applications.log_file import LogFile
from bot.applications.logs import LINE_MOST_BYTES, TAIL_MOST_BYTES


async def tail(path: Path):
    async with httpx.AsyncClient() as http:
        return await LogFile(path).tail(http)


async def test_the_last_lines_of_a_big_file_are_read(tmp_path: Path) -> None:
    log = tmp_path / "shop.log"
    log.write_bytes(b"".join(b"line %d\n" % number for number in range(400_000)))
    lines = (await tail(log)).lines
    assert lines[-1] == b"line 399999"
    assert all(line.startswith(b"line ") for line in lines)
    assert sum(map(len, lines)) < TAIL_MOST_BYTES


async def test_a_huge_line_is_cut_and_bytes_stay_bytes(tmp_path: Path) -> None:
    log = tmp_path / "shop.log"
    log.write_bytes(b"x" * 50_000 + b"\n\xff\xfe\n\n")
    assert [len(line) for line in (await tail(log)).lines] == [LINE_MOST_BYTES, 2]


async def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert (await tail(tmp_path / "none.log")).fault == "cannot be read: No such file or directory"
    assert "cannot be read" in (await tail(tmp_path)).fault
