"""Is an alert silenced once and heard again, at the real Alertmanager and whatever a bad one answers?"""

from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from bot.clock import SystemClock
from bot.errors import ServiceRefused, ServiceUnavailable
from bot.providers.alertmanager import Alertmanager, Silence
from tests.fixtures.silencing import OTHER_URL, TOKEN, URL, Silencer, real_alertmanager

NOW_MS = 1_767_229_860_000
HARD = {"alertname": 'Redis "down" \\ now\n', "target": "redis-prod", "größe": "ü*", "empty": ""}
WANTED = Silence(
    labels={"alertname": "RedisDown", "target": "redis-prod"},
    until_ms=NOW_MS + 3_600_000,
    by="maria",
    comment="Pong incident #4",
)
BOTH = Alertmanager((URL, OTHER_URL))


async def silence(silencer: Silencer, wanted: Silence = WANTED, service: Alertmanager = BOTH) -> str:
    async with httpx.AsyncClient(transport=silencer.transport()) as http:
        return await service.silence(http, wanted, now_ms=NOW_MS)


async def unsilence(silencer: Silencer, wanted: Silence = WANTED) -> None:
    async with httpx.AsyncClient(transport=silencer.transport()) as http:
        await BOTH.unsilence(http, wanted)


@pytest.mark.parametrize("labels", [dict(WANTED.labels), {k: v for k, v in HARD.items() if k != "größe"}])
async def test_the_real_one_shows_it_as_active_until_it_is_ended(tmp_path: Path, labels) -> None:
    now_ms = SystemClock().now_ms()
    wanted = replace(WANTED, labels=labels, until_ms=now_ms + 900_000)
    async with real_alertmanager(tmp_path) as url, httpx.AsyncClient() as http:
        service = Alertmanager((url,))
        id = await service.silence(http, wanted, now_ms=now_ms)
        shown = (await http.get(f"{url}/api/v2/silence/{id}")).json()
        assert (shown["status"]["state"], shown["createdBy"]) == ("active", "maria")
        assert shown["comment"] == "Pong incident #4"
        assert {(one["name"], one["value"]) for one in shown["matchers"]} == {
            (name, value) for name, value in labels.items() if value
        }
        assert await service.silence(http, wanted, now_ms=now_ms + 500) == id
        await service.unsilence(http, wanted)
        assert (await http.get(f"{url}/api/v2/silence/{id}")).json()["status"]["state"] == "expired"
        await service.unsilence(http, wanted)
        assert await service.silence(http, wanted, now_ms=now_ms) != id


async def test_the_real_one_refuses_what_is_over_and_says_why(tmp_path: Path) -> None:
    now_ms = SystemClock().now_ms()
    async with real_alertmanager(tmp_path) as url, httpx.AsyncClient() as http:
        with pytest.raises(ServiceRefused, match=r"HTTP 400 \(.*past"):
            await Alertmanager((url,)).silence(http, replace(WANTED, until_ms=now_ms - 1), now_ms=now_ms - 9)


async def test_two_instances_are_one_and_the_first_that_answers_is_asked() -> None:
    silencer = Silencer()
    silencer.away = {"am-1.test"}
    await silence(silencer)
    assert len(silencer.standing()) == 1
    assert "POST am-2.test/api/v2/silences" in silencer.asked
    silencer.away = {"am-2.test"}
    await unsilence(silencer)
    assert not silencer.standing()


async def test_a_silence_whose_answer_was_lost_is_found_and_not_set_twice() -> None:
    silencer = Silencer()
    silencer.loses = 1
    with pytest.raises(ServiceUnavailable, match="did not answer"):
        await silence(silencer)
    assert await silence(silencer) == "silence-1"
    assert len(silencer.silences) == 1


@pytest.mark.parametrize(
    "other",
    [
        replace(WANTED, by="dev"),
        replace(WANTED, comment="Pong incident #5"),
        replace(WANTED, until_ms=WANTED.until_ms + 60_000),
        replace(WANTED, labels={"alertname": "RedisDown"}),
    ],
)
async def test_another_s_silence_is_never_taken_for_it(other: Silence) -> None:
    silencer = Silencer()
    theirs = await silence(silencer, other)
    mine = await silence(silencer)
    assert theirs != mine
    await unsilence(silencer)
    assert [one["id"] for one in silencer.standing()] == [theirs]


@pytest.mark.parametrize(
    ("status", "error"),
    [(400, ServiceRefused), (403, ServiceRefused), (429, ServiceUnavailable), (500, ServiceUnavailable)],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_refusal_is_told_from_what_may_pass(status: int, error: type[Exception], method: str) -> None:
    silencer = Silencer()
    silencer.answers = {method: status}
    with pytest.raises(error, match=f"Alertmanager answered HTTP {status}"):
        await silence(silencer)
    assert not silencer.silences


async def test_an_end_that_was_lost_or_refused_may_be_tried_again() -> None:
    silencer = Silencer()
    await silence(silencer)
    silencer.answers = {"DELETE": 500}
    with pytest.raises(ServiceUnavailable):
        await unsilence(silencer)
    silencer.answers, silencer.loses = {}, 1
    with pytest.raises(ServiceUnavailable):
        await unsilence(silencer)
    await unsilence(silencer)
    assert not silencer.standing()


async def test_whoever_has_no_token_silences_nothing() -> None:
    silencer = Silencer(token=TOKEN)
    with pytest.raises(ServiceRefused, match="HTTP 401"):
        await silence(silencer)
    await silence(silencer, service=Alertmanager((URL,), SecretStr(TOKEN)))
    assert TOKEN not in repr(Alertmanager((URL,), SecretStr(TOKEN)))


@pytest.mark.parametrize("body", ["[]", "<html>", "null", '{"silenceID": 4}'])
async def test_what_is_no_alertmanager_is_said_to_be_none(body: str) -> None:
    def answers(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, text=body if request.method == "POST" else "[]")

    async with httpx.AsyncClient(transport=httpx.MockTransport(answers)) as http:
        with pytest.raises(ServiceUnavailable, match="Alertmanager"):
            await BOTH.silence(http, WANTED, now_ms=NOW_MS)
