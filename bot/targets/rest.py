"""How is a Redis spoken to over HTTP, as Upstash's REST API has it?

A command is a JSON array; a pipeline is an array of these. https://upstash.com/docs/redis/features/restapi
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
from pydantic import SecretStr
from redis.exceptions import ResponseError
from redis.exceptions import TimeoutError as NoAnswer

from bot.targets.address import Address, Tls
from bot.targets.look import parse_info
from bot.targets.outcomes import SEEN_MOST, NotRedis
from bot.targets.together import Word, Words
from bot.text import beginning

BODY_MOST_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Rest:
    """One database behind a REST API. `str(rest)` is its host."""

    scheme: str
    host: str
    port: int
    token: SecretStr | None = field(default=None, repr=False)

    def __str__(self) -> str:
        is_usual = self.port == (443 if self.scheme == "https" else 80)
        return self.host if is_usual else f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}"

    @property
    def way(self) -> Address:
        """The way there, as far as it is the same for all: name, port and TLS."""
        is_secure = self.scheme == "https"
        return Address(
            scheme="rediss" if is_secure else "redis",
            host=self.host,
            port=self.port,
            tls=Tls() if is_secure else None,
        )


class OverHttp:
    """The REST API of `rest`, one request for a pipeline; `budget_s` for its answer."""

    def __init__(self, rest: Rest, *, budget_s: float) -> None:
        token = rest.token.get_secret_value() if rest.token else ""
        self._url = f"{rest.url}/pipeline"
        self._http = httpx.AsyncClient(timeout=budget_s, headers={"Authorization": f"Bearer {token}"})

    async def open(self) -> None:
        """Nothing: httpx connects when it is asked."""

    async def pipeline(self, commands: Sequence[Words]) -> list[Any]:
        """A reply or an error for each. Raises redis-py's errors, NotRedis or OSError when all failed."""
        body = [[_json(word) for word in words] for words in commands]
        try:
            response = await self._http.post(self._url, json=body)
        except httpx.TimeoutException as error:
            raise NoAnswer("Timeout reading from the REST API") from error
        except httpx.ConnectError as error:
            raise ConnectionRefusedError(str(error)) from error
        except httpx.HTTPError as error:
            raise ConnectionError(type(error).__name__) from error
        return _replies(response, commands)

    async def close(self) -> None:
        await self._http.aclose()


def _replies(response: httpx.Response, commands: Sequence[Words]) -> list[Any]:
    if len(response.content) > BODY_MOST_BYTES:
        raise ConnectionError("an answer of over 8 MiB")
    try:
        said = json.loads(response.content)
    except (ValueError, RecursionError):
        raise NotRedis(f"HTTP {response.status_code}".encode()) from None
    if isinstance(said, dict) and isinstance(said.get("error"), str):
        raise ResponseError(beginning(said["error"], SEEN_MOST))
    if not isinstance(said, list) or len(said) != len(commands):
        raise NotRedis(f"HTTP {response.status_code}".encode())
    return [_reply(one, words) for one, words in zip(said, commands, strict=True)]


def _reply(one: Any, words: Words) -> Any:
    if not isinstance(one, dict) or ("result" not in one and "error" not in one):
        raise NotRedis(b"an answer of another form")
    if "error" in one:
        return ResponseError(beginning(str(one["error"]), SEEN_MOST))
    value = _decoded(one["result"])
    is_info = str(words[0]).lower() == "info"
    return parse_info(value.decode()) if is_info and isinstance(value, bytes) else value


def _decoded(value: Any) -> Any:
    """Texts as bytes, as every other answer comes."""
    if isinstance(value, list):
        return [_decoded(one) for one in value]
    return value.encode() if isinstance(value, str) else value


def _json(word: Word) -> str | int:
    return word.decode("utf-8", "replace") if isinstance(word, bytes) else word
