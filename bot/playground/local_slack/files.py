"""Which files were uploaded, and where are they shared?

https://docs.slack.dev/messaging/working-with-files
"""

import mimetypes
import re
from dataclasses import dataclass, field

from bot.playground.local_slack.refusal import Json, SlackRefusal

_PERMALINK = re.compile(r"<(https?://[^|>]+/files/[^|>/]+/(F[0-9A-Z]+)/[^|>]*)(?:\|[^>]*)?>")


@dataclass(kw_only=True)
class File:
    id: str
    name: str
    length: int
    owner: str
    permalink: str
    title: str = ""
    alt_txt: str = ""
    content: bytes | None = None
    is_complete: bool = False
    shares: list[tuple[str, str]] = field(default_factory=list)  # (channel, ts)

    @property
    def mimetype(self) -> str:
        return mimetypes.guess_type(self.name)[0] or "application/octet-stream"

    def as_slack(self) -> Json:
        shares: dict[str, list[Json]] = {}
        for channel, ts in self.shares:
            shares.setdefault(channel, []).append({"ts": ts})
        return {
            "id": self.id,
            "name": self.name,
            "title": self.title or self.name,
            "mimetype": self.mimetype,
            "size": self.length,
            "user": self.owner,
            "permalink": self.permalink,
            "url_private": self.permalink,
            "channels": list(shares),
            "shares": {"public": shares} if shares else {},
        } | ({"alt_txt": self.alt_txt} if self.alt_txt else {})

    def as_client(self) -> Json:
        seen = {"id": self.id, "name": self.name, "title": self.title, "mimetype": self.mimetype}
        return {**seen, "size": self.length, "alt_txt": self.alt_txt}


class Files:
    def __init__(self, domain: str) -> None:
        self._domain = domain
        self._files: dict[str, File] = {}

    def expect(self, name: str, length: int, *, owner: str) -> File:
        """A place for a file that is about to be uploaded."""
        file_id = f"F{len(self._files) + 1:07d}"
        permalink = (
            f"https://{self._domain}.slack.com/files/{owner}/{file_id}/{name.replace(' ', '_').lower()}"
        )
        file = File(id=file_id, name=name, length=length, owner=owner, permalink=permalink)
        self._files[file_id] = file
        return file

    def add(self, file: File) -> None:
        """One that was here before."""
        self._files[file.id] = file

    def get(self, file_id: object) -> File:
        """Raises SlackRefusal file_not_found."""
        if file := self._files.get(str(file_id)):
            return file
        raise SlackRefusal("file_not_found")

    def linked_in(self, text: str) -> list[File]:
        """The complete files whose permalinks stand in `text`: posting them shares them."""
        found = []
        for link, file_id in _PERMALINK.findall(text):
            file = self._files.get(file_id)
            if file and file.is_complete and file.permalink == link:
                found.append(file)
        return found
