"""Is every call to Statuspage as it documents them, and is of every answer known what it means?"""

from collections.abc import AsyncIterator

import httpx
import pytest
from pydantic import SecretStr

from bot.clock import DrivenClock
from bot.errors import ServiceRefused, ServiceUnavailable
from bot.providers.statuspage import NothingDone, Statuspage, Words
from tests.fixtures.statuspage import KEY, PAGE, Page

WORDS = Words(key="4-17-1", number=1, status="investigating", name="Slow", body="We look.", notifies=False)
SERVICE = Statuspage("https://api.statuspage.example/", SecretStr(KEY), PAGE)


class Asking:
    """A page, and a client that asks it no faster than is allowed."""

    def __init__(self, page: Page, clock: DrivenClock, client: httpx.AsyncClient) -> None:
        self.page = page
        self._clock = clock
        self._client = client

    @property
    def http(self) -> httpx.AsyncClient:
        self._clock.advance(1.1)
        return self._client


@pytest.fixture
async def asking() -> AsyncIterator[Asking]:
    clock = DrivenClock()
    page = Page(clock, component_ids=("c1",))
    async with httpx.AsyncClient(transport=page.transport()) as client:
        yield Asking(page, clock, client)


async def test_what_is_opened_is_found_by_pong_s_own_key(asking: Asking) -> None:
    opened = await SERVICE.create(asking.http, WORDS)
    assert (opened.key, opened.number) == ("4-17-1", 1)
    assert await SERVICE.find(asking.http, "4-17-1", among="unresolved") == opened
    assert await SERVICE.find(asking.http, "4-17-2", among="unresolved") is None
    assert asking.page.asked[0] == f"POST /v1/pages/{PAGE}/incidents"


async def test_a_further_text_carries_its_number(asking: Asking) -> None:
    opened = await SERVICE.create(asking.http, WORDS)
    ended = Words(**(vars(WORDS) | {"number": 2, "status": "resolved"}))
    assert (await SERVICE.update(asking.http, opened.id, ended)).number == 2
    assert (await SERVICE.get(asking.http, opened.id)).number == 2
    assert await SERVICE.find(asking.http, "4-17-1", among="unresolved") is None
    assert await SERVICE.find(asking.http, "4-17-1", among="")


async def test_whether_subscribers_are_written_to_is_always_said(asking: Asking) -> None:
    await SERVICE.create(asking.http, WORDS)
    assert asking.page.delivered == []
    await SERVICE.create(asking.http, Words(**(vars(WORDS) | {"notifies": True})))
    assert asking.page.delivered == ["We look."]


async def test_what_is_too_long_is_cut_to_what_it_takes(asking: Asking) -> None:
    await SERVICE.create(asking.http, Words(**(vars(WORDS) | {"name": "n" * 300, "body": "b" * 30_000})))
    assert asking.page.creates == 1


async def test_a_component_that_does_not_exist_is_refused_in_its_words(asking: Asking) -> None:
    service = Statuspage("https://api.statuspage.example", SecretStr(KEY), PAGE, ("c1", "c2"))
    with pytest.raises(ServiceRefused, match=r"HTTP 422 \(Component c2 does not exist\)"):
        await service.create(asking.http, WORDS)


async def test_no_name_is_refused(asking: Asking) -> None:
    with pytest.raises(ServiceRefused, match="Name can't be blank"):
        await SERVICE.create(asking.http, Words(**(vars(WORDS) | {"name": ""})))


@pytest.mark.parametrize(
    ("service", "code"),
    [
        (Statuspage("https://api.statuspage.example", SecretStr("another"), PAGE), "401"),
        (Statuspage("https://api.statuspage.example", SecretStr(KEY), "another"), "404"),
    ],
)
async def test_wrong_key_or_page_is_refused(asking: Asking, service: Statuspage, code: str) -> None:
    with pytest.raises(ServiceRefused) as refused:
        await service.create(asking.http, WORDS)
    assert refused.value.code == code
    assert "another" not in str(refused.value)


async def test_its_key_is_in_no_text_of_pong_s() -> None:
    assert KEY not in repr(SERVICE)


@pytest.mark.parametrize("limited", [420, 429])
async def test_who_is_too_fast_has_done_nothing(limited: int) -> None:
    page = Page(DrivenClock(), limited=limited)
    async with httpx.AsyncClient(transport=page.transport()) as http:
        await SERVICE.create(http, WORDS)
        with pytest.raises(NothingDone) as waits:
            await SERVICE.create(http, WORDS)
    assert waits.value.retry_after_s == 2
    assert page.creates == 1


def answers(status: int = 200, **content: object) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.MockTransport(lambda request: httpx.Response(status, **content))  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("status", "content"),
    [
        (500, {"json": {"error": "Oops"}}),
        (503, {"text": "<html>"}),
        (408, {"text": ""}),
        (201, {"text": "not JSON"}),
        (201, {"json": {"id": 7}}),
        (201, {"json": []}),
        (201, {"text": "[" * 100_000}),
    ],
)
async def test_of_these_answers_nobody_knows_whether_it_was_done(status: int, content: dict) -> None:
    async with answers(status, **content) as http:
        with pytest.raises(ServiceUnavailable) as unsure:
            await SERVICE.create(http, WORDS)
    assert not isinstance(unsure.value, NothingDone)


@pytest.mark.parametrize("error", [httpx.ReadTimeout, httpx.RemoteProtocolError, httpx.WriteError])
async def test_of_a_lost_answer_nobody_knows_either(error: type[httpx.HTTPError]) -> None:
    def breaks(request: httpx.Request) -> httpx.Response:
        raise error("lost", request=request)

    async with httpx.AsyncClient(transport=httpx.MockTransport(breaks)) as http:
        with pytest.raises(ServiceUnavailable) as unsure:
            await SERVICE.create(http, WORDS)
    assert not isinstance(unsure.value, NothingDone)


async def test_another_address_is_not_followed() -> None:
    async with answers(302, headers={"location": "https://evil.example/"}) as http:
        with pytest.raises(ServiceRefused, match="HTTP 302"):
            await SERVICE.create(http, WORDS)


@pytest.mark.parametrize(
    "strange",
    [{"metadata": 1}, {"metadata": {"pong": []}}, {"metadata": {"pong": {"number": "9" * 40}}}, {}],
)
async def test_incidents_of_other_people_are_no_stumbling_block(strange: dict) -> None:
    async with answers(json=[{"id": "x"} | strange, None, "text", {"id": None}]) as http:
        assert await SERVICE.find(http, "4-17-1", among="unresolved") is None


async def test_a_list_that_is_none_is_not_taken_for_absence() -> None:
    async with answers(json={"incidents": []}) as http:
        with pytest.raises(ServiceUnavailable):
            await SERVICE.find(http, "4-17-1", among="unresolved")
