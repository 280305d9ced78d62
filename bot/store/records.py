"""What can be read and written within one transaction?"""

from collections.abc import Callable

from bot.store.approvals import ApprovalRecords
from bot.store.changes import ChangeRecords
from bot.store.errands import ErrandRecords
from bot.store.inbox import InboxRecords
from bot.store.incidents import IncidentRecords
from bot.store.names import NameRecords
from bot.store.old import OldRecords
from bot.store.outbox import OutboxRecords
from bot.store.protocol import Connection
from bot.store.samples import SampleRecords
from bot.store.timeline import TimelineRecords
from bot.store.timers import TimerRecords
from bot.store.watches import WatchRecords
from bot.timeline import Event


class Records:
    """All tables, on one open transaction. `noted` are the events that it has written so far."""

    def __init__(self, connection: Connection, *, redact: Callable[[str], str]) -> None:
        self.noted: list[Event] = []
        self._connection = connection
        self.inbox = InboxRecords(connection)
        self.changes = ChangeRecords(connection)
        self.incidents = IncidentRecords(connection, redact=redact)
        self.names = NameRecords(connection)
        self.timeline = TimelineRecords(connection, redact=redact, noted=self.noted)
        self.timers = TimerRecords(connection)
        self.outbox = OutboxRecords(connection, redact=redact)
        self.approvals = ApprovalRecords(connection, redact=redact)
        self.samples = SampleRecords(connection)
        self.watches = WatchRecords(connection)
        self.errands = ErrandRecords(connection)
        self.old = OldRecords(connection)

    async def touch(self) -> None:
        """Change nothing, as a write: it shows whether the store takes one."""
        await self._connection.run("UPDATE lanes SET lane = lane WHERE lane = ''")
