"""Does another value reach the app, with all else of its spec as it was, and is a lost answer looked up?"""

import copy
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from bot.execution.effects.app_variable import change
from bot.execution.effects.effect import Effect, Outcome
from bot.providers.app_spec import App
from bot.providers.digitalocean import DigitalOcean
from bot.providers.services import Service
from bot.remediations.app_variable import AppVariable
from bot.remediations.secret import NewSecret
from tests.fixtures.cloud import DO_TOKEN, AppPlatform, app_spec, secret_variable

URL = "https://api.digitalocean.test"
SERVICE = Service("DigitalOcean", URL, {"Authorization": f"Bearer {DO_TOKEN}"})
SECRET = AppVariable(app_id="app-1", name="REDIS_URL", value=NewSecret("password"), undo="")
FLAG = AppVariable(app_id="app-1", name="FALLBACK", value="true", undo="")
NEW = "redis://shop_b:second@h:1"


def platform(**given: Any) -> AppPlatform:
    spec = app_spec(FALLBACK="false")
    spec["services"][0]["envs"].append(secret_variable("REDIS_URL", "redis://shop_a:first@h:1"))
    return AppPlatform(spec=spec, **given)


async def changed(
    there: AppPlatform,
    *,
    step: AppVariable = SECRET,
    value: str = NEW,
    token: str = DO_TOKEN,
    on_request: Callable[[httpx.Request], None] = lambda _: None,
) -> Effect:
    app = App(account=DigitalOcean(URL, SecretStr(token)), application="shop", app_id="app-1")

    def answer(request: httpx.Request) -> httpx.Response:
        on_request(request)
        return there._answer(request)

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        return await change(http, SERVICE, app=app, step=step, value=value)


def without_redis_url(spec: dict[str, Any]) -> dict[str, Any]:
    rest = copy.deepcopy(spec)
    envs = rest["services"][0]["envs"]
    rest["services"][0]["envs"] = [one for one in envs if one["key"] != "REDIS_URL"]
    return rest


async def test_no_other_secret_of_the_spec_and_no_field_is_lost() -> None:
    there = platform()
    before = copy.deepcopy(there.spec)
    assert (await changed(there)).outcome is Outcome.DONE
    assert (there.lost, there.changed) == ([], ["web.REDIS_URL"])
    assert without_redis_url(there.spec) == without_redis_url(before)
    assert there.variables()["REDIS_URL"] == NEW
    assert there.variables()["STRIPE_KEY"] == "stripe-key-of-a-test"
    assert NEW not in json.dumps(there.spec)


async def test_what_stood_in_the_clear_is_a_secret_from_then_on() -> None:
    there = AppPlatform(spec=app_spec(REDIS_URL="redis://shop_a:first@h:1"))
    assert (await changed(there)).outcome is Outcome.DONE
    assert NEW not in json.dumps(there.spec)
    assert there.variables()["REDIS_URL"] == NEW


async def test_it_asks_for_no_newer_code() -> None:
    there, sent = platform(), []
    await changed(there, on_request=lambda request: sent.append(request) if request.method == "PUT" else None)
    assert [json.loads(request.content)["update_all_source_versions"] for request in sent] == [False]


async def test_what_somebody_changed_before_it_stays() -> None:
    there = platform()
    there.spec["services"][0]["instance_count"] = 5
    there.spec["envs"].append({"key": "NEWER", "value": "x"})
    assert (await changed(there)).outcome is Outcome.DONE
    assert (there.spec["services"][0]["instance_count"], there.variables()["NEWER"]) == (5, "x")


@pytest.mark.parametrize(("step", "value"), [(SECRET, NEW), (FLAG, "true")])
async def test_a_lost_answer_is_looked_up_and_not_sent_twice(step: AppVariable, value: str) -> None:
    there = platform(loses=True)
    effect = await changed(there, step=step, value=value)
    assert (effect.outcome, there.puts) == (Outcome.DONE, 1)
    assert f"and {step.name} was changed" in effect.detail


async def test_what_never_came_is_sent_once_more() -> None:
    there = platform()
    there.drops = 1
    assert (await changed(there)).outcome is Outcome.DONE
    assert (there.puts, there.restarts, there.lost) == (2, 1, [])


@pytest.mark.parametrize("fails", [{"drops": 9}, {"refuses": 500}, {"refuses": 503}])
async def test_what_is_not_taken_is_unknown_after_two(fails: dict[str, int]) -> None:
    there = platform()
    for name, value in fails.items():
        setattr(there, name, value)
    effect = await changed(there)
    assert (effect.outcome, there.puts) == (Outcome.UNKNOWN, 2)
    assert "REDIS_URL is as it was" in effect.detail


async def test_a_lost_answer_that_cannot_be_looked_up_is_unknown() -> None:
    there = platform(loses=True)

    def then_is_down(request: httpx.Request) -> None:
        if request.method == "PUT":
            there.reads = 503

    effect = await changed(there, on_request=then_is_down)
    assert (effect.outcome, there.puts) == (Outcome.UNKNOWN, 1)
    assert "then DigitalOcean answered HTTP 503" in effect.detail


@pytest.mark.parametrize(
    ("status", "says"),
    [
        (401, "the key in"),
        (403, "may not do that"),
        (404, "under that id"),
        (409, "busy"),
        (429, ""),
    ],
)
async def test_a_refusal_is_not_repeated_and_says_who_can_mend_it(status: int, says: str) -> None:
    there = platform(refuses=status)
    effect = await changed(there)
    assert (effect.outcome, there.puts) == (Outcome.REFUSED, 1)
    assert f"HTTP {status}" in effect.detail
    assert says in effect.detail


async def test_nothing_is_sent_where_the_spec_is_not_told_or_has_it_no_more() -> None:
    there = platform(reads=500)
    assert await changed(there) == Effect(Outcome.NOT_SENT, "DigitalOcean answered HTTP 500")
    assert (await changed(platform(), token="wrong")).detail == "DigitalOcean answered HTTP 401"
    without = AppPlatform(spec=app_spec())
    assert await changed(without) == Effect(Outcome.REFUSED, "its app spec has no REDIS_URL any more")
    assert (there.puts, without.puts) == (0, 0)


async def test_no_effect_tells_a_value() -> None:
    for there in (platform(), platform(loses=True), platform(refuses=500), platform(refuses=403)):
        told = repr(await changed(there))
        assert not [value for value in (NEW, "second", "EV[", "first") if value in told]
