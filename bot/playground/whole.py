"""How do a Slack, a shop, a Redis to break and Pong make one playground?"""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

from bot.clock import Clock, SystemClock
from bot.errors import SettingsError
from bot.playground.directory import Directory
from bot.playground.guide import Guide
from bot.playground.local_slack.kept import Kept
from bot.playground.local_slack.server import LocalSlack
from bot.playground.local_slack.world import World
from bot.playground.page.routes import page_routes
from bot.playground.panel.again import break_again, broken_names
from bot.playground.panel.bench import Bench
from bot.playground.panel.binary import server_binary
from bot.playground.panel.configuration import Configuration
from bot.playground.panel.panel import Panel
from bot.playground.panel.pong import PongCommand, PongProcess
from bot.playground.panel.proxy import Proxy
from bot.playground.panel.routes import panel_routes
from bot.playground.panel.server import Login, RedisServer, client
from bot.playground.panel.settings_file import TARGET, pong_environment, pong_toml
from bot.playground.ports import free_port
from bot.playground.real_alerts import Chain, RealAlerts, missing_programs
from bot.playground.serving import serving
from bot.playground.shop.figures import shop_figures
from bot.playground.shop.routes import shop_app
from bot.playground.shop.shop import Shop
from bot.playground.shop.visitors import Visitors
from bot.playground.watcher import Watched, Watcher
from bot.tasks import end_tasks, using

CODE = Path(__file__).parents[2]
Work = Callable[[], Coroutine[Any, Any, None]]


class Alerts(Protocol):
    """Whoever watches Redis and tells Pong."""

    async def run(self) -> None: ...
    def firing(self) -> list[str]: ...
    def notes(self) -> list[str]: ...


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What the person at the terminal asked for."""

    port: int
    world: World
    environment: Mapping[str, str] = field(repr=False)
    has_real_alerts: bool = False


class Playground:
    """The parts, on one directory; `running()` is all of it at work."""

    def __init__(self, directory: Directory, wishes: Wishes) -> None:
        self._directory = directory
        self._wishes = wishes
        self._clock: Clock = SystemClock()
        self._rehearsal = directory.rehearsal()
        self._redis = Configuration(
            directory=directory.path,
            port=free_port(),
            way_port=free_port(),
            passwords=self._rehearsal.passwords,
        )
        self._pong_port = free_port()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        """Everything, at the address that this yields; no process is left of it afterwards."""
        async with AsyncExitStack() as stack:
            login = Login(("shop", self._redis.passwords["shop"]))
            shop_redis = await stack.enter_async_context(
                using(client(self._redis.way_url("shop"), timeout_s=0.25, login=login))
            )
            shop = Shop(shop_redis, self._clock, database=self._directory / "shop.db")
            stack.callback(shop.records.close)
            shop_url = await stack.enter_async_context(serving(shop_app(shop)))
            bench = await self._bench(stack, shop_url)
            shop.usage.is_cut_off = lambda: bench.shop_has_no_redis
            login.asks = lambda: bench.shop_login
            bench.shop_connects_anew = shop_redis.connection_pool.disconnect
            await shop.warm()
            pong = self._pong(shop_url)
            alerts = await self._alerts(stack)
            visitors = Visitors(shop_url, self._clock)
            slack = self._slack(stack)
            guide = Guide(self._directory, self._clock)

            async def beside() -> dict[str, Any]:
                now_s = self._clock.monotonic_s()
                figures = shop_figures(shop, visitors.experience, now_s=now_s)
                return {**figures, "alerts": alerts.firing(), "guide": await guide.steps()}

            panel = Panel(bench, self._clock, beside=beside, notes=lambda: [*pong.notes(), *alerts.notes()])
            address = await stack.enter_async_context(serving(self._application(slack, panel), self._port))
            stack.push_async_callback(pong.close)
            await stack.enter_async_context(_working(pong.run, alerts.run, visitors.run, shop.jobs.run))
            yield address

    @property
    def _port(self) -> int:
        return self._wishes.port

    async def _bench(self, stack: AsyncExitStack, shop_url: str) -> Bench:
        """Redis as it was at the end of the last rehearsal."""
        server = RedisServer(server_binary(), self._redis, clock=self._clock)
        proxy = Proxy(self._redis.way_port, self._redis.port, self._clock)
        bench = Bench(server, proxy, self._clock, shop_url=shop_url)
        stack.push_async_callback(self._end, bench)
        await bench.start(with_snapshot=True)
        await break_again(bench, self._rehearsal.broken)
        return bench

    async def _end(self, bench: Bench) -> None:
        self._directory.keep(replace(self._rehearsal, broken=broken_names(bench)))
        await bench.close()
        await bench.server.thaw()
        await bench.server.save()
        await bench.server.stop()

    def _pong(self, shop_url: str) -> PongProcess:
        file = self._directory / "pong.toml"
        service = [sys.executable, "-m", "bot.playground.service", f"http://127.0.0.1:{self._port}"]
        file.write_text(pong_toml(shop_url=shop_url, port=self._pong_port, service=service), "utf-8")
        environment = pong_environment(
            self._wishes.environment,
            slack_url=f"http://127.0.0.1:{self._port}",
            redis=self._redis,
            database=self._directory / "pong.db",
            webhook_token=self._rehearsal.token,
        )
        words = [sys.executable, "-m", "bot", "run", "--config", str(file)]
        log = self._directory / "pong.log"
        command = PongCommand(words=words, environment=environment, log=log, directory=CODE)
        return PongProcess(command, self._clock)

    async def _alerts(self, stack: AsyncExitStack) -> Alerts:
        pong_url, token = f"http://127.0.0.1:{self._pong_port}", self._rehearsal.token
        if not self._wishes.has_real_alerts:
            watched = Watched(
                redis_url=self._redis.way_url("pong"),
                instance=f"{TARGET}:6379",
                labels={"target": TARGET},
                webhook_url=f"{pong_url}/webhooks/alertmanager",
                token=token,
            )
            return Watcher(watched, self._clock, kept=self._directory / "alerts.json")
        if missing := missing_programs():
            raise SettingsError(
                f"REAL_ALERTS=1 needs {', '.join(missing)} on PATH (on Debian: apt install prometheus"
                " prometheus-alertmanager prometheus-redis-exporter)."
            )
        chain = Chain(redis_url=self._redis.way_url("pong"), target=TARGET, pong_url=pong_url, token=token)
        alerts = RealAlerts(self._directory / "real-alerts", chain, self._clock)
        return await stack.enter_async_context(alerts)

    def _slack(self, stack: AsyncExitStack) -> LocalSlack:
        kept = Kept(self._directory / "slack.db")
        stack.callback(kept.close)
        return LocalSlack(self._clock, world=self._wishes.world, kept=kept)

    def _application(self, slack: LocalSlack, panel: Panel) -> Starlette:
        # Only under these names: a page elsewhere must not reach the panel through a name of its own.
        hosts = Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])
        routes = [*page_routes(), *panel_routes(panel), *slack.routes()]
        return Starlette(routes=routes, middleware=[hosts], lifespan=slack.lifespan)


@contextlib.asynccontextmanager
async def _working(*works: Work) -> AsyncIterator[None]:
    """Do the work beside; what fails ends the playground with what it raised."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(work()) for work in works]
        try:
            yield
        finally:
            await end_tasks(*tasks)
