"""How is something published on our own page at Statuspage, and how is seen whether it stands there?

https://developer.statuspage.io/ (status_page.py reads the pages of others)
"""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import httpx
from pydantic import SecretStr

from bot.config.settings import Settings
from bot.errors import ServiceRefused, ServiceUnavailable
from bot.text import plain

ANSWERS_WITHIN_S = 10.0
LIMITED = (420, 429)
NAME_MOST, BODY_MOST = 255, 25_000
# Where an incident is looked for, the shorter list first: somebody may have resolved it there meanwhile.
LISTS = ("unresolved", "")


class NothingDone(ServiceUnavailable):
    """Statuspage was not reached, or asks to wait: it certainly did nothing."""


@dataclass(frozen=True, kw_only=True)
class Words:
    """What is published. `key` tells Pong's incident from every other, `number` this text from the others of
    that incident."""

    key: str
    number: int
    status: str
    name: str
    body: str
    notifies: bool


@dataclass(frozen=True, kw_only=True)
class Standing:
    """An incident as it stands on the page. `number` is that of Pong's newest text in it."""

    id: str
    key: str
    number: int
    link: str


@dataclass(frozen=True)
class Statuspage:
    """One page. Every method makes one call, and raises NothingDone, ServiceUnavailable (it may have done
    it), or ServiceRefused with Statuspage's own words, its `code` the HTTP status."""

    url: str
    key: SecretStr = field(repr=False)
    page: str
    components: tuple[str, ...] = ()

    async def create(self, http: httpx.AsyncClient, words: Words) -> Standing:
        """Open an incident on the page."""
        fields = _fields(words) | ({"component_ids": list(self.components)} if self.components else {})
        return _one(await self._call(http, "POST", "incidents", fields))

    async def update(self, http: httpx.AsyncClient, id: str, words: Words) -> Standing:
        """Add to the incident that the page knows by `id`."""
        return _one(await self._call(http, "PATCH", f"incidents/{id}", _fields(words)))

    async def get(self, http: httpx.AsyncClient, id: str) -> Standing:
        return _one(await self._call(http, "GET", f"incidents/{id}"))

    async def find(self, http: httpx.AsyncClient, key: str, *, among: str) -> Standing | None:
        """Pong's incident `key`, when it stands in the list `among` (one of LISTS)."""
        path = f"incidents/{among}" if among else "incidents"
        answer = await self._call(http, "GET", path)
        if not isinstance(answer, list):
            raise ServiceUnavailable("Statuspage's answer cannot be read")
        found = [standing for one in answer if (standing := _standing(one)) and standing.key == key]
        return found[0] if found else None

    async def _call(
        self, http: httpx.AsyncClient, method: str, path: str, fields: dict[str, Any] | None = None
    ) -> Any:
        try:
            async with asyncio.timeout(ANSWERS_WITHIN_S):
                response = await http.request(
                    method,
                    f"{self.url.rstrip('/')}/v1/pages/{self.page}/{path}",
                    json={"incident": fields} if fields else None,
                    headers={"Authorization": f"OAuth {self.key.get_secret_value()}"},
                    timeout=ANSWERS_WITHIN_S,
                    follow_redirects=False,
                )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.InvalidURL, httpx.UnsupportedProtocol):
            raise NothingDone("Statuspage cannot be reached") from None
        except (TimeoutError, httpx.HTTPError):
            raise ServiceUnavailable("Statuspage did not answer") from None
        return _judged(response)


def statuspage(settings: Settings) -> Statuspage | None:
    """None where it is not set up."""
    key, table = settings.secret("STATUSPAGE_API_KEY"), settings.statuspage
    if key is None or table.page_id is None:
        return None
    return Statuspage(settings.statuspage_api_url, SecretStr(key), table.page_id, table.component_ids)


def _fields(words: Words) -> dict[str, Any]:
    # Left out, deliver_notifications is true: every subscriber would get a mail that nobody decided on.
    return {
        "name": words.name[:NAME_MOST],
        "status": words.status,
        "body": words.body[:BODY_MOST],
        "deliver_notifications": words.notifies,
        "metadata": {"pong": {"incident": words.key, "number": str(words.number)}},
    }


def _judged(response: httpx.Response) -> Any:
    status = response.status_code
    if status in LIMITED:
        raise NothingDone("Statuspage asks to wait", retry_after_s=_retry_after_s(response))
    why = _errors(response)
    said = f"Statuspage answered HTTP {status}" + (f" ({why})" if why else "")
    if status >= httpx.codes.INTERNAL_SERVER_ERROR or status == httpx.codes.REQUEST_TIMEOUT:
        raise ServiceUnavailable(said)
    if status >= httpx.codes.MULTIPLE_CHOICES:
        raise ServiceRefused(said, code=str(status))
    try:
        return response.json()
    except (ValueError, RecursionError):
        raise ServiceUnavailable("Statuspage's answer cannot be read") from None


def _errors(response: httpx.Response) -> str:
    """Its own words for what is wrong: {"error": "…"} or {"error": ["…", …]}."""
    if response.is_success:
        return ""
    try:
        said = response.json()["error"]
    except (ValueError, RecursionError, KeyError, TypeError):
        return ""
    return plain("; ".join(map(str, said)) if isinstance(said, list) else said, 200)


def _retry_after_s(response: httpx.Response) -> float | None:
    try:
        return max(0.0, float(response.headers.get("retry-after", "")))
    except ValueError:
        return None


def _one(answer: Any) -> Standing:
    if standing := _standing(answer):
        return standing
    raise ServiceUnavailable("Statuspage's answer cannot be read")


def _standing(answer: Any) -> Standing | None:
    if not isinstance(answer, dict) or not isinstance(answer.get("id"), str) or not answer["id"]:
        return None
    metadata = answer.get("metadata")
    ours = metadata.get("pong") if isinstance(metadata, dict) else None
    ours = ours if isinstance(ours, dict) else {}
    number = str(ours.get("number", ""))
    return Standing(
        id=answer["id"],
        key=str(ours.get("incident", "")),
        number=int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0,
        link=str(answer.get("shortlink") or ""),
    )
