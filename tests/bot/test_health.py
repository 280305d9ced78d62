"""Is Pong asked whether it is fit without being held up by it?"""

from pathlib import Path
from typing import Any

from bot.health import is_ready
from tests.fixtures.small_pong import small_pong


async def test_what_was_said_is_not_counted_while_others_wait_to_write(tmp_path: Path) -> None:
    asked_of_the_writer: list[str] = []
    async with small_pong(tmp_path) as small:
        store: Any = small.pong.store
        await store.write(lambda records: records.outbox.post("one", {"text": "x"}, lane="C1", at_ms=1))
        store._database.conn.set_trace_callback(asked_of_the_writer.append)
        assert await is_ready(small.pong) == (
            True,
            {"slack_answered_ms": None, "outbox": {"pending": 1}, "store": "writable"},
        )
    assert any(sql.startswith("UPDATE") for sql in asked_of_the_writer)
    assert not [sql for sql in asked_of_the_writer if "outbox" in sql]


async def test_a_store_that_takes_nothing_is_not_fit(tmp_path: Path) -> None:
    async with small_pong(tmp_path) as small:
        await small.pong.store.close()
        is_well, facts = await is_ready(small.pong)
    assert not is_well
    assert "stopping" in str(facts["store"])
