from bot.playground.panel.again import break_again, broken_names
from bot.playground.panel.bench import Bench
from bot.playground.panel.panel import Panel


async def test_what_was_broken_is_broken_again(bench: Bench, panel: Panel) -> None:
    for name in ("freeze", "thaw", "slow", "replica", "disk", "stop"):
        await panel.press(name)
    names = broken_names(bench)
    assert names == ["slow", "disk", "replica", "stop"]
    await panel.press("mend")
    assert broken_names(bench) == []
    await break_again(bench, ["no longer known", *names])
    assert broken_names(bench) == names
    assert (await panel.state())["server"]["state"] == "stopped"


async def test_fallback_mode_stands_until_pong_takes_it_back(bench: Bench, panel: Panel) -> None:
    await panel.fallback("on")
    await panel.press("stop")
    names = broken_names(bench)
    await panel.fallback("off")
    await panel.press("mend")
    await break_again(bench, names)
    assert bench.shop_has_no_redis
    await panel.press("mend")
    assert bench.shop_has_no_redis
    await panel.fallback("off")
    assert not bench.shop_has_no_redis
