"""Is whoever is on call found, and somebody woken once, whatever PagerDuty answers?"""

import contextlib

import httpx
import pytest
from pydantic import SecretStr

from bot.config.settings import Settings
from bot.errors import ServiceRefused, ServiceUnavailable
from bot.providers.pagerduty import UNKNOWN_SENDER, PagerDuty, pagerduty
from tests.fixtures.pagerduty import FROM, POLICY, SERVICE, TOKEN, Pager


def account(token: str = TOKEN, sender: str = FROM, policy: str = POLICY) -> PagerDuty:
    return PagerDuty(
        url="https://api.pagerduty.test/",
        token=SecretStr(token),
        sender=sender,
        service=SERVICE,
        policy=policy,
    )


async def on_call(pager: Pager, schedule: str = "PSRE", one: PagerDuty | None = None) -> tuple[str, ...]:
    async with httpx.AsyncClient(transport=pager.transport()) as http:
        return await (one or account()).on_call(http, schedule)


async def page(pager: Pager, key: str = "k", one: PagerDuty | None = None) -> None:
    async with httpx.AsyncClient(transport=pager.transport()) as http:
        await (one or account()).page(http, title="Clear cache waits", details="Open Slack", key=key)


async def test_whoever_is_on_call_is_known_by_e_mail() -> None:
    pager = Pager({"PSRE": ["Dev@example.com", "dev@example.com"], "POTHER": ["sam@example.com"]})
    assert await on_call(pager) == ("dev@example.com",)
    assert await on_call(pager, "PNOBODY") == ()


@pytest.mark.parametrize("pager", [Pager(answers=429), Pager(answers=500), Pager(answers=403)])
async def test_silence_is_not_nobody(pager: Pager) -> None:
    with pytest.raises(ServiceUnavailable, match=r"^PagerDuty answered HTTP"):
        await on_call(pager)


async def test_a_wrong_token_is_not_nobody() -> None:
    with pytest.raises(ServiceUnavailable):
        await on_call(Pager({"PSRE": ["dev@example.com"]}), one=account(token="wrong"))


async def test_a_user_is_known_by_e_mail() -> None:
    pager = Pager(users={"PMARIA": "Maria@example.com", "PNONE": ""})
    async with httpx.AsyncClient(transport=pager.transport()) as http:
        assert await account().email_of(http, "PMARIA") == "maria@example.com"
        assert await account().email_of(http, "PNONE") == ""
        for stranger in ("PSTRANGER", "../oncalls", "a?b#c", ""):
            with pytest.raises(ServiceUnavailable, match=r"^PagerDuty answered HTTP 404"):
                await account().email_of(http, stranger)


async def test_a_page_wakes_once_however_often_it_is_asked_for() -> None:
    pager = Pager()
    await page(pager)
    await page(pager)
    assert [one["urgency"] for one in pager.pages] == ["high"]
    await page(pager, key="another")
    assert len(pager.pages) == 2


@pytest.mark.parametrize("pager", [Pager(loses=True), Pager(answers=500), Pager(answers=429)])
async def test_a_lost_answer_is_not_known(pager: Pager) -> None:
    with pytest.raises(ServiceUnavailable):
        await page(pager)


@pytest.mark.parametrize(
    ("one", "says"),
    [
        (account(sender="nobody@example.com"), "Requester User Not Found"),
        (account(policy="PGONE"), "does not exist"),
        (account(token="wrong"), "HTTP 401"),
    ],
)
async def test_a_refusal_says_why(one: PagerDuty, says: str) -> None:
    with pytest.raises(ServiceRefused, match=says):
        await page(Pager(), one=one)


def test_without_a_token_there_is_none() -> None:
    table = {"slack": {"team": "T0PONG", "incidents_channel": "C0INC"}, "secrets": {}}
    assert pagerduty(Settings.model_validate(table)) is None
    made = pagerduty(Settings.model_validate(table | {"secrets": {"PAGERDUTY_API_TOKEN": TOKEN}}))
    assert made is not None
    assert made.url == "https://api.pagerduty.com"
    assert TOKEN not in repr(made)


# -- writing ------------------------------------------------------------------------------------------------


def writer(pager: Pager) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=pager.transport())


async def test_what_is_changed_there_is_there_and_nothing_else_is_taken() -> None:
    pager = Pager()
    async with writer(pager) as http:
        await account().change(http, "QREDIS1", {"status": "acknowledged"}, sender=FROM)
        assert (await account().incident(http, "QREDIS1"))["status"] == "acknowledged"
        for wrong in ({}, {"status": "fixed"}, {"escalation_level": 9}, {"title": "x"}):
            with pytest.raises(ServiceRefused, match="HTTP 400"):
                await account().change(http, "QREDIS1", wrong, sender=FROM)


async def test_whoever_has_no_name_or_a_strange_one_writes_nothing() -> None:
    pager = Pager()
    async with writer(pager) as http:
        for sender in ("", "stranger@example.com"):
            with pytest.raises(ServiceRefused) as refused:
                await account().note(http, "QREDIS1", "hello", sender=sender)
            assert refused.value.code == UNKNOWN_SENDER
    assert not pager.notes


async def test_an_id_leads_nowhere_else() -> None:
    async with writer(Pager()) as http:
        for id in ("../oncalls", "QREDIS1/notes", "Q?x=1"):
            with pytest.raises(ServiceRefused, match="HTTP 404"):
                await account().incident(http, id)


async def test_only_notes_since_then_are_told() -> None:
    pager = Pager()
    async with writer(pager) as http:
        await account().note(http, "QREDIS1", "hello", sender=FROM)
        assert await account().notes(http, "QREDIS1", since_ms=pager.now_ms) == ["hello"]
        assert await account().notes(http, "QREDIS1", since_ms=pager.now_ms + 1) == []


async def test_the_level_is_that_of_whoever_has_it() -> None:
    pager = Pager(levels=("PMARIA", "PDEV", "PSAM"))
    async with writer(pager) as http:
        for level in (1, 2, 3):
            pager.incidents["QREDIS1"]["level"] = level
            there = await account().incident(http, "QREDIS1")
            assert await account().levels(http, there) == (level, 3)
        assert await account().levels(http, {"escalation_policy": None, "assignments": None}) == (1, 1)


@pytest.mark.parametrize("status", [429, 500])
async def test_what_may_pass_says_how_long_to_wait(status: int) -> None:
    def answers(request: httpx.Request) -> httpx.Response:
        return httpx.Response(status, headers={"ratelimit-reset": "17"})

    async with httpx.AsyncClient(transport=httpx.MockTransport(answers)) as http:
        with pytest.raises(ServiceUnavailable) as unavailable:
            await account().incident(http, "QREDIS1")
    assert unavailable.value.retry_after_s == 17


@pytest.mark.parametrize("body", ["[]", "null", "<html>", '{"incident": []}', '{"oncalls": [1]}'])
async def test_what_is_no_answer_of_pagerduty_s_is_survived(body: str) -> None:
    def answers(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, text=body)

    async with httpx.AsyncClient(transport=httpx.MockTransport(answers)) as http:
        for ask in (
            account().incident(http, "Q"),
            account().levels(http, {"assignments": [1, None], "escalation_policy": "x"}),
            account().notes(http, "Q", since_ms=0),
        ):
            with contextlib.suppress(ServiceUnavailable):
                assert await ask in ({}, [], (1, 1))
