"""How is an alert silenced at Alertmanager, once, and heard again?

Several addresses are one Alertmanager: its instances tell each other. API version 2.
https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
from pydantic import SecretStr

from bot.alerts.group import in_ms
from bot.config.settings import Settings
from bot.errors import PongError, ServiceRefused, ServiceUnavailable
from bot.text import plain

ANSWERS_WITHIN_S = 3.0
SAME_END_MS = 1_000
CLOCKS_DISAGREE_MS = 60_000
EXPIRED = "expired"


@dataclass(frozen=True, kw_only=True)
class Silence:
    """One that is wanted: for alerts with all of these labels. No other has all of this, so that it is found
    again when the answer with its id was lost."""

    labels: Mapping[str, str]
    until_ms: int
    by: str
    comment: str

    def matchers(self) -> list[dict[str, Any]]:
        """A label without a value is one that is not there."""
        return [
            {"name": name, "value": value, "isRegex": False, "isEqual": True}
            for name, value in sorted(self.labels.items())
            if value
        ]

    def is_the_one(self, found: Mapping[str, Any]) -> bool:
        """Whether `found`, as Alertmanager tells of it, is this one and not over."""
        ends_ms = _ms(found.get("endsAt"))
        return (
            (found.get("status") or {}).get("state") != EXPIRED
            and (found.get("comment"), found.get("createdBy")) == (self.comment, self.by)
            and ends_ms is not None
            and abs(ends_ms - self.until_ms) <= SAME_END_MS
            and _pairs(found.get("matchers")) == _pairs(self.matchers())
        )


@dataclass(frozen=True)
class Alertmanager:
    urls: tuple[str, ...] = field(repr=False)
    token: SecretStr | None = field(default=None, repr=False)

    async def silence(self, http: httpx.AsyncClient, wanted: Silence, *, now_ms: int) -> str:
        """Its id; one that stands already is not set twice. Raises ServiceUnavailable when it is not known
        whether it stands, ServiceRefused when it does not."""
        found = await self._found(http, wanted)
        if standing := [id for ids in found.values() for id in ids]:
            return standing[0]
        body = {
            "matchers": wanted.matchers(),
            "startsAt": _rfc3339(now_ms - CLOCKS_DISAGREE_MS),  # what has begun begins now
            "endsAt": _rfc3339(wanted.until_ms),
            "createdBy": wanted.by,
            "comment": wanted.comment,
        }
        response = await self._send(http, "POST", f"{next(iter(found))}/api/v2/silences", json=body)
        id = _json(response).get("silenceID")
        if not isinstance(id, str) or not id:
            raise ServiceUnavailable("Alertmanager did not tell the silence's id")
        return id

    async def unsilence(self, http: httpx.AsyncClient, wanted: Silence) -> None:
        """End it; the instance that does so tells the others. Raises ServiceUnavailable or ServiceRefused
        when it may still stand."""
        found = await self._found(http, wanted)
        bases = {id: base for base, ids in found.items() for id in ids}
        for id, base in bases.items():
            await self._send(http, "DELETE", f"{base}/api/v2/silence/{id}")

    async def firing(self, http: httpx.AsyncClient) -> list[dict[str, str]]:
        """The labels of each alert that fires, the silenced ones too, as any instance knows it. Raises
        ServiceUnavailable or ServiceRefused when none answers."""
        asked = [self._alerts(http, base) for base in self.urls]
        answers = await asyncio.gather(*asked, return_exceptions=True)
        found = [answer for answer in answers if isinstance(answer, list)]
        _raise_any(answers, unless=bool(found))
        return [labels for answer in found for labels in answer]

    async def _alerts(self, http: httpx.AsyncClient, base: str) -> list[dict[str, str]]:
        listed = _json(await self._send(http, "GET", f"{base}/api/v2/alerts"), list)
        return [
            one["labels"] for one in listed if isinstance(one, dict) and isinstance(one.get("labels"), dict)
        ]

    async def _found(self, http: httpx.AsyncClient, wanted: Silence) -> dict[str, list[str]]:
        """Its ids by each instance that answers; usually one or none. Raises when none answers."""
        asked = [self._ids(http, base, wanted) for base in self.urls]
        answers = await asyncio.gather(*asked, return_exceptions=True)
        found = {base: ids for base, ids in zip(self.urls, answers, strict=True) if isinstance(ids, list)}
        _raise_any(answers, unless=bool(found))
        return found

    async def _ids(self, http: httpx.AsyncClient, base: str, wanted: Silence) -> list[str]:
        name = wanted.labels.get("alertname", "")
        response = await self._send(
            http, "GET", f"{base}/api/v2/silences", params={"filter": _matcher(name)} if name else {}
        )
        listed = _json(response, list)
        return [str(one.get("id")) for one in listed if isinstance(one, dict) and wanted.is_the_one(one)]

    async def _send(self, http: httpx.AsyncClient, method: str, url: str, **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token.get_secret_value()}"} if self.token else {}
        try:
            async with asyncio.timeout(ANSWERS_WITHIN_S):
                response = await http.request(method, url, headers=headers, follow_redirects=False, **more)
        except (httpx.HTTPError, TimeoutError):
            raise ServiceUnavailable("Alertmanager did not answer") from None
        if response.is_success:
            return response
        said = f"Alertmanager answered HTTP {response.status_code}"
        said += f" ({plain(response.text, 150)})" if response.text.strip() else ""
        is_passing = response.is_server_error or response.status_code == httpx.codes.TOO_MANY_REQUESTS
        raise ServiceUnavailable(said) if is_passing else ServiceRefused(said)


def _raise_any(answers: Sequence[object], *, unless: bool) -> None:
    """One instance that answers is enough; what is no answer of a service's is always raised."""
    for answer in answers:
        if isinstance(answer, BaseException) and not (unless and isinstance(answer, PongError)):
            raise answer


def alertmanager(settings: Settings) -> Alertmanager | None:
    """None where it is not set up."""
    if not settings.alertmanager_url:
        return None
    token = settings.secret("ALERTMANAGER_API_TOKEN")
    urls = tuple(url.rstrip("/") for url in settings.alertmanager_url)
    return Alertmanager(urls, SecretStr(token) if token else None)


def _matcher(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'alertname="{escaped}"'


def _json(response: httpx.Response, kind: type[Any] = dict) -> Any:
    try:
        told = response.json()
    except ValueError:
        told = None
    if not isinstance(told, kind):
        raise ServiceUnavailable("Alertmanager answered with something else: is its address right?")
    return told


def _pairs(matchers: Any) -> set[tuple[Any, ...]]:
    """An old Alertmanager has no isEqual: it knew no other kind."""
    return {
        (one.get("name"), one.get("value"), one.get("isRegex"), one.get("isEqual", True))
        for one in matchers or ()
        if isinstance(one, dict)
    }


def _rfc3339(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds")


def _ms(moment: Any) -> int | None:
    try:
        return in_ms(datetime.fromisoformat(str(moment)))
    except (ValueError, OverflowError):
        return None
