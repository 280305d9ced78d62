"""How do clients lose their way in: by a changed password, or because others took every place?"""

from bot.playground.panel.bench import LEAK, SHOP_PASSWORD, Bench
from bot.playground.panel.breakages.breakage import Breakage, Way, lasts
from bot.playground.panel.configuration import CLIENTS, MAX_CLIENTS
from bot.playground.panel.leak import Leak

OTHER = "changed-by-somebody"
PASSWORD = "password"  # noqa: S105 - the name of a breakage


async def _change(bench: Bench) -> None:
    """Every password but the panel's own, as a rotation that nobody was told of."""
    async with bench.redis() as redis:
        for user in CLIENTS:
            await redis.acl_setuser(user, enabled=True, reset_passwords=True, passwords=[f"+{OTHER}"])
        await redis.client_kill_filter(_type="normal", skipme=True)
    bench.broken.add(PASSWORD)


async def _give_back(bench: Bench) -> None:
    async with bench.redis() as redis:
        for user in CLIENTS:
            password = bench.server.configuration.passwords[user]
            await redis.acl_setuser(user, enabled=True, reset_passwords=True, passwords=[f"+{password}"])
    bench.broken.discard(PASSWORD)


async def _change_the_shops(bench: Bench) -> None:
    """As when a password was changed on the server, and not in the application."""
    user, _ = bench.shop_login
    async with bench.redis() as redis:
        await redis.acl_setuser(user, enabled=True, reset_passwords=True, passwords=[f"+{OTHER}"])
        await redis.client_kill_filter(user=user, skipme=True)
    bench.broken.add(SHOP_PASSWORD)


async def _give_the_shop_its_own(bench: Bench) -> None:
    user, password = bench.shop_login
    async with bench.redis() as redis:
        await redis.acl_setuser(user, enabled=True, reset_passwords=True, passwords=[f"+{password}"])
    bench.broken.discard(SHOP_PASSWORD)


async def _leak(bench: Bench) -> None:
    leak = Leak(bench.server.configuration.url("shop"), bench.clock)
    bench.go_on(LEAK, leak.run, ended="No client leaks any more: Redis went away.")


async def _return(bench: Bench) -> None:
    await bench.end(LEAK)


CHANGED_PASSWORD = Breakage(
    group="access",
    trouble="changed password",
    breaks=Way(
        name="password",
        label="Change the password",
        expect="WRONGPASS for the shop, Pong and the exporter; RedisDown.",
        does=_change,
    ),
    mends=Way(
        name="password-back",
        label="Give the password back",
        expect="Everybody gets in again.",
        does=_give_back,
    ),
    is_broken=lasts(PASSWORD),
)
SHOPS_PASSWORD = Breakage(
    group="access",
    trouble="changed password of the shop",
    breaks=Way(
        name="shop-password",
        label="Change the shop's password",
        expect="WRONGPASS for the shop alone: Pong still gets in.",
        does=_change_the_shops,
    ),
    mends=Way(
        name="shop-password-back",
        label="Give the shop its password back",
        expect="The shop gets in again.",
        does=_give_the_shop_its_own,
    ),
    is_broken=lasts(SHOP_PASSWORD),
)
LEAKED_CLIENTS = Breakage(
    group="access",
    trouble="leaked clients",
    breaks=Way(
        name="leak",
        label="Leak clients",
        expect=f"Up to all {MAX_CLIENTS} places; new ones are turned away. RedisDown.",
        does=_leak,
    ),
    mends=Way(name="leak-end", label="Close the leaked clients", expect="There is room again.", does=_return),
    is_broken=lambda bench: bench.goes_on(LEAK),
)
