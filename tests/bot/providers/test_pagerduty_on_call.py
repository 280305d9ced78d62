"""Is whoever is on call told level by level, each once, whatever PagerDuty answers?"""

import httpx
import pytest

from bot.errors import ServiceRefused, ServiceUnavailable
from bot.providers.pagerduty_on_call import OnDuty, by_policy, by_schedule, of_incident
from tests.bot.providers.test_pagerduty import account
from tests.fixtures.pagerduty import Pager

MARIA, DEV = OnDuty("Maria Lopez", "maria@example.com", 1), OnDuty("Dev Ray", "dev@example.com", 2)


def known() -> Pager:
    return Pager({"PSRE": ["Sam@example.com"]}, users={"PMARIA": MARIA.email, "PDEV": DEV.email})


def asking(pager: Pager) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=pager.transport())


async def test_a_schedule_tells_each_once_although_it_stands_in_two_policies() -> None:
    async with asking(known()) as http:
        assert await by_schedule(account(), http, "PSRE") == (OnDuty("Sam", "sam@example.com", 1),)
        assert await by_schedule(account(), http, "PNOBODY") == ()


async def test_a_policy_tells_whom_it_calls_first_first() -> None:
    async with asking(known()) as http:
        assert await by_policy(account(), http, "PPOL") == (MARIA, DEV)


async def test_who_stands_on_two_levels_is_on_the_first() -> None:
    pager = known()
    pager.levels = ["PDEV", "PMARIA", "PDEV"]
    async with asking(pager) as http:
        assert [(one.name, one.level) for one in await by_policy(account(), http, "PPOL")] == [
            ("Dev Ray", 1),
            ("Maria Lopez", 2),
        ]


async def test_an_incident_s_own_policy_is_found() -> None:
    async with asking(known()) as http:
        assert await of_incident(account(), http, "QREDIS1") == (MARIA, DEV)
        with pytest.raises(ServiceRefused, match="HTTP 404"):
            await of_incident(account(), http, "QGONE")


@pytest.mark.parametrize("answers", [500, 429])
async def test_silence_is_not_nobody(answers: int) -> None:
    async with asking(Pager(answers=answers)) as http:
        with pytest.raises(ServiceUnavailable):
            await by_schedule(account(), http, "PSRE")


@pytest.mark.parametrize("body", ["[]", "{}", '{"oncalls": {}}', "no", '{"oncalls": null}'])
async def test_what_is_no_answer_is_not_nobody(body: str) -> None:
    transport = httpx.MockTransport(lambda request: httpx.Response(200, text=body))
    async with httpx.AsyncClient(transport=transport) as http:
        with pytest.raises(ServiceUnavailable):
            await by_schedule(account(), http, "PSRE")


async def test_an_e_mail_is_shown_to_nobody() -> None:
    assert "example.com" not in repr(MARIA)
