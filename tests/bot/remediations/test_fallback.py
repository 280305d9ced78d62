"""Is fallback mode what pong.toml says it is, with its price and the way back?"""

import pytest

from bot.applications.health import Application
from bot.errors import BadInput
from bot.remediations.fallback import prepare
from bot.remediations.plan import ConfiguredCommand, Tier, Wait
from tests.bot.remediations.conftest import SceneAt

NOWHERE = "redis://127.0.0.1:1"
SHOP = Application(
    name="shop",
    health_url="http://127.0.0.1:1/",
    fallback_on_command=("flag", "on"),
    fallback_off_command=("flag", "off"),
)


async def test_on_says_its_price_and_the_way_back(scene_at: SceneAt) -> None:
    async with scene_at(NOWHERE, allowed="fallback", application=SHOP) as scene:
        plan, _ = await prepare(scene, ("on",))
    [step] = plan.steps
    assert isinstance(step, ConfiguredCommand)
    assert step.arguments == ("flag", "on")
    assert "protection from floods" in plan.lost
    assert plan.undo == "Undo: /redis fallback off redis-prod"
    assert plan.tier is Tier.REVERSIBLE


async def test_off_is_done_when_the_application_is_connected(scene_at: SceneAt) -> None:
    async with scene_at(NOWHERE, allowed="fallback", application=SHOP) as scene:
        plan, _ = await prepare(scene, ("off",))
    wait = plan.steps[1]
    assert isinstance(wait, Wait)
    assert wait.condition == "application-connected"


@pytest.mark.parametrize("words", [(), ("maybe",)])
async def test_anything_else_says_what_to_write(words: tuple[str, ...], scene_at: SceneAt) -> None:
    async with scene_at(NOWHERE, allowed="fallback", application=SHOP) as scene:
        with pytest.raises(BadInput, match="Write one of on"):
            await prepare(scene, words)


@pytest.mark.parametrize(
    ("application", "said"),
    [(None, "no application"), (Application(name="shop"), "set fallback_on_command or fallback_workflow in")],
)
async def test_what_is_not_configured_names_the_setting(
    application: Application | None, said: str, scene_at: SceneAt
) -> None:
    async with scene_at(NOWHERE, allowed="fallback", application=application) as scene:
        with pytest.raises(BadInput, match=said):
            await prepare(scene, ("on",))
