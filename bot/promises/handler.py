"""What keeps one promise when its moment has come?

A handler is the transaction that fires one timer: what it does and what it schedules next happen together,
or not at all.
"""

from collections.abc import Awaitable, Callable

from bot.incident import Incident
from bot.pong import Pong
from bot.store.records import Records
from bot.store.timers import Due
from bot.watching.look import Look

Handler = Callable[[Records, Pong, Incident, Due, Look | None], Awaitable[None]]
