"""Is a database put on a plan only that there is, that its data fit in, and with its price told?"""

import httpx
import pytest
from pydantic import SecretStr

from bot.errors import BadInput, Refused, ServiceUnavailable
from bot.providers.digitalocean import Cluster, DigitalOcean, ManagedDatabase
from bot.providers.upstash import PLANS, Booked, UpstashDatabase
from bot.remediations.plan import HttpCall, Plan, Preview, Repeat, Tier, Wait
from bot.remediations.resize import check_plan, check_size, says_of_size
from bot.remediations.scale import prepare
from tests.bot.remediations.conftest import SceneAt
from tests.fixtures.cloud import DO_TOKEN, UPSTASH_EMAIL, UPSTASH_KEY
from tests.fixtures.managed import DO_SIZES, MB, DigitalOceanDatabase, UpstashAccount

NOWHERE = "redis://127.0.0.1:1"
SMALL = Booked(plan="fixed_250mb", says="active", used_bytes=200 * MB)


async def at_upstash(scene_at: SceneAt, account: UpstashAccount, word: str) -> tuple[Plan, Preview]:
    database = UpstashDatabase("https://api.upstash.test", UPSTASH_EMAIL, SecretStr(UPSTASH_KEY), "db-1")
    async with (
        httpx.AsyncClient(transport=account.transport()) as http,
        scene_at(NOWHERE, allowed="scale", database=database) as scene,
    ):
        object.__setattr__(scene, "http", http)
        return await prepare(scene, (word,))


async def test_the_old_and_the_new_plan_are_shown_with_what_it_costs(scene_at: SceneAt) -> None:
    plan, preview = await at_upstash(scene_at, UpstashAccount(), "fixed_1gb")
    assert preview.says == (
        "The plan fixed_250mb (holds 250 MB) → fixed_1gb (holds 1 GB)",
        "In use: 200 MB",
        "It costs money: from then on Upstash bills fixed_1gb instead of fixed_250mb",
    )
    call, wait = plan.steps
    assert isinstance(call, HttpCall)
    assert (call.service, call.method, call.path) == ("Upstash", "POST", "/v2/redis/db-1/change-plan")
    assert (call.fields, call.repeat) == ((("plan_name", "fixed_1gb"),), Repeat.CHECK)
    assert isinstance(wait, Wait)
    assert (wait.condition, wait.given) == ("plan-is", "fixed_1gb")
    assert plan.tier is Tier.REVERSIBLE
    assert plan.undo.startswith("Undo: /redis scale fixed_250mb redis-prod, while its data still fit")


@pytest.mark.parametrize("plan", PLANS)
async def test_every_plan_is_recognised_by_what_the_api_tells_of_it(scene_at: SceneAt, plan: str) -> None:
    with pytest.raises(BadInput, match=f"Its plan is {plan} already"):
        await at_upstash(scene_at, UpstashAccount(plan=plan, used=None), plan)


@pytest.mark.parametrize("word", ["", "2gb", "fixed_2gb", "pro", "FREE ", "fixed_1gb;"])
def test_a_plan_that_there_is_not_names_those_that_there_are(word: str) -> None:
    with pytest.raises(BadInput, match=r"It has fixed_250mb\. Write one of free, payg, fixed_250mb"):
        check_plan(word, SMALL)


def test_a_plan_that_the_data_do_not_fit_in_is_refused_with_the_figure() -> None:
    large = Booked(plan="fixed_5gb", used_bytes=300 * MB)
    with pytest.raises(BadInput, match="fixed_250mb holds 250 MB, and 300 MB are in use"):
        check_plan("fixed_250mb", large)
    check_plan("fixed_1gb", large)


def test_where_it_is_not_told_how_much_is_in_use_only_more_is_booked() -> None:
    unknown = Booked(plan="fixed_1gb")
    with pytest.raises(Refused, match="How much is in use is not told"):
        check_plan("fixed_250mb", unknown)
    check_plan("fixed_5gb", unknown)


@pytest.mark.parametrize(
    ("booked", "said"),
    [
        (Booked(plan="", used_bytes=1), "does not tell which plan"),
        (Booked(plan="fixed_250mb", is_busy=True, says="updating"), "is updating: wait until it is active"),
    ],
)
def test_what_is_not_known_or_being_changed_is_left_alone(booked: Booked, said: str) -> None:
    with pytest.raises(Refused, match=said):
        check_plan("fixed_1gb", booked)


async def test_where_upstash_does_not_answer_nothing_is_planned(scene_at: SceneAt) -> None:
    database = UpstashDatabase("http://127.0.0.1:1", UPSTASH_EMAIL, SecretStr(UPSTASH_KEY), "db-1")
    async with scene_at(NOWHERE, allowed="scale", database=database) as scene:
        with pytest.raises(ServiceUnavailable, match="Nothing was planned: Upstash cannot be reached"):
            await prepare(scene, ("fixed_1gb",))


# -- DigitalOcean -----------------------------------------------------------------------------------------

CLUSTER = Cluster(engine="valkey", size="db-s-1vcpu-2gb", num_nodes=2, status="online")


async def at_digitalocean(scene_at: SceneAt, there: DigitalOceanDatabase, word: str) -> tuple[Plan, Preview]:
    account = DigitalOcean("https://api.digitalocean.test", SecretStr(DO_TOKEN))
    async with (
        httpx.AsyncClient(transport=there.transport()) as http,
        scene_at(NOWHERE, allowed="scale", database=ManagedDatabase(account, "db-1")) as scene,
    ):
        object.__setattr__(scene, "http", http)
        return await prepare(scene, (word,))


async def test_a_resize_keeps_the_nodes_and_is_followed_in_two_looks(scene_at: SceneAt) -> None:
    plan, preview = await at_digitalocean(scene_at, DigitalOceanDatabase(num_nodes=2), "m3-2vcpu-16gb")
    assert "how many nodes it has stays as it is" in preview.says[0]
    assert preview.says[1].startswith("It costs money: ")
    call, begun, online = plan.steps
    assert isinstance(call, HttpCall)
    assert (call.method, call.path, call.repeat) == ("PUT", "/v2/databases/db-1/resize", Repeat.CHECK)
    assert call.body(lambda value: value) == {"size": "m3-2vcpu-16gb", "num_nodes": 2}
    assert isinstance(begun, Wait)
    assert (begun.condition, begun.given) == ("resize-begun", "m3-2vcpu-16gb")
    assert isinstance(online, Wait)
    assert (online.condition, online.given, online.every_s) == ("size-is", "m3-2vcpu-16gb 2", 10)
    assert plan.by_approvers
    assert plan.undo.startswith("Cannot be undone")


def test_only_more_memory_is_booked() -> None:
    check_size("db-s-2vcpu-4gb", CLUSTER, DO_SIZES)
    check_size("m3-2vcpu-16gb", CLUSTER, DO_SIZES)
    for word, said in (
        ("db-s-1vcpu-1gb", "no more memory than db-s-1vcpu-2gb"),
        ("db-s-1vcpu-2gb", "is db-s-1vcpu-2gb already"),
        (
            "db-s-2vcpu-2gb",
            r"Which size\? It has db-s-1vcpu-2gb\. Write one of db-s-2vcpu-4gb, m3-2vcpu-16gb\.",
        ),
        ("", r"Which size\?"),
    ):
        with pytest.raises(BadInput, match=said):
            check_size(word, CLUSTER, DO_SIZES)
    with pytest.raises(BadInput, match="no more memory"):
        check_size("db-amd-9vcpu-2gb", CLUSTER, (*DO_SIZES, "db-amd-9vcpu-2gb"))
    with pytest.raises(BadInput, match="There is no larger one"):
        check_size("", CLUSTER, ("db-s-1vcpu-2gb", "db-unheard-of"))


def test_a_size_whose_name_tells_no_memory_is_left_to_people() -> None:
    odd = Cluster(engine="redis", size="db-special", num_nodes=1, status="online")
    with pytest.raises(Refused, match="resize it by hand"):
        check_size("db-s-2vcpu-4gb", odd, DO_SIZES)


def test_one_node_is_called_one() -> None:
    one = Cluster(engine="valkey", size="db-s-1vcpu-1gb", num_nodes=1, status="online")
    assert "of its one node" in says_of_size("db-s-1vcpu-2gb", one)[0]
