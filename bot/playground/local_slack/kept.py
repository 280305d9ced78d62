"""What of the workspace outlives its process? Messages, files, bookmarks, and which channels the app is in.

Each change is written when it happens, so that even a killed workspace forgets nothing that it answered for.
Ephemeral messages, open modals and links that expire are not kept, as in Slack's own client after a reload.
https://sqlite-utils.datasette.io/en/stable/python-api.html
"""

import contextlib
import json
import sqlite3
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sqlite_utils import Database
from sqlite_utils.db import NotFoundError

from bot.errors import SettingsError
from bot.playground.local_slack.files import File
from bot.playground.local_slack.messages import ChannelLog, Message

MESSAGES, CHANNELS, FILES = "messages", "channels", "files"


class Kept:
    """One SQLite file. Raises SettingsError when it is none."""

    def __init__(self, path: Path) -> None:
        self._database = Database(path)
        try:
            self._database.enable_wal()
            self._database.execute("PRAGMA synchronous=NORMAL")
            for name in (MESSAGES, CHANNELS, FILES):
                columns = {"id": str, "json": str, "bytes": bytes}
                self._database.table(name).create(columns, pk="id", if_not_exists=True)
        except sqlite3.DatabaseError:
            raise SettingsError(f"{path} cannot be read: start anew with FRESH=1.") from None

    def message(self, message: Message) -> None:
        self._put(MESSAGES, f"{message.channel} {message.ts}", asdict(message))

    def forget(self, message: Message) -> None:
        with contextlib.suppress(NotFoundError):  # an ephemeral message was never kept
            self._database.table(MESSAGES).delete(f"{message.channel} {message.ts}")

    def channel(self, log: ChannelLog) -> None:
        self._put(CHANNELS, log.id, {"has_bot": log.has_bot, "bookmarks": log.bookmarks})

    def file(self, file: File) -> None:
        fields = asdict(file)
        self._put(FILES, file.id, fields, content=fields.pop("content"))

    def messages(self) -> list[Message]:
        """In the order in which they were said."""
        found = [Message(**fields) for _, fields, _ in self._all(MESSAGES)]
        return sorted(found, key=lambda message: message.ts)

    def channels(self) -> dict[str, dict[str, Any]]:
        """{id: {has_bot, bookmarks}}."""
        return {channel: fields for channel, fields, _ in self._all(CHANNELS)}

    def files(self) -> list[File]:
        found = []
        for _, fields, content in self._all(FILES):
            shares = [tuple(share) for share in fields.pop("shares")]
            found.append(File(**fields, shares=shares, content=content))
        return found

    def close(self) -> None:
        self._database.close()

    def _put(self, table: str, id: str, fields: dict[str, Any], *, content: bytes | None = None) -> None:
        row = {"id": id, "json": json.dumps(fields), "bytes": content}
        self._database.table(table).insert(row, pk="id", replace=True)

    def _all(self, table: str) -> list[tuple[str, dict[str, Any], bytes | None]]:
        rows = self._database.table(table).rows_where(order_by="id")
        return [(row["id"], json.loads(row["json"]), row["bytes"]) for row in rows]
