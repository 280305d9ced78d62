"""`pong playground`: a Slack, a shop and a Redis to break, and Pong working in it, at one address."""

import argparse
import asyncio
import contextlib
import fcntl
import os
import secrets
import signal
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

from bot.clock import Clock, SystemClock
from bot.errors import SettingsError
from bot.playground.local_slack.server import LocalSlack
from bot.playground.local_slack.world import Command, World, default_world
from bot.playground.page.routes import page_routes
from bot.playground.panel.binary import server_binary
from bot.playground.panel.configuration import Configuration
from bot.playground.panel.panel import Panel
from bot.playground.panel.pong import PongCommand, PongProcess
from bot.playground.panel.routes import panel_routes
from bot.playground.panel.server import RedisServer, client
from bot.playground.panel.settings_file import TARGET, pong_environment, pong_toml
from bot.playground.serving import serving
from bot.playground.shop.figures import shop_figures
from bot.playground.shop.routes import shop_app
from bot.playground.shop.shop import Shop
from bot.playground.shop.visitors import Visitors
from bot.playground.watcher import Watched, Watcher
from bot.tasks import end_tasks
from commands import VERBS

CODE = Path(__file__).parents[2]
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
LEFTOVERS = ("pong.db*", "pong.toml", "pong.log", "redis.conf", "redis.log")

# What each person may do stands in the picker of the page; pong.toml of the playground says the same.
TITLES = {
    "U0MARIA": "On call: responds and approves",
    "U0DEV": "Senior engineer: responds and approves",
    "U0SAM": "Backend engineer: responds, approves nothing",
    "U0VERA": "Support: only looks",
    "U0GUEST": "Guest: refused",
    "U0ELSE": "Another company: refused",
}


def add_parser(commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser("playground", help="try Pong without any account")
    parser.add_argument("--port", type=int, default=8900, help="default: 8900")
    parser.add_argument("--directory", type=Path, default=Path(".playground"), help="default: .playground")
    parser.set_defaults(run=lambda arguments: run(arguments.port, arguments.directory))


async def run(port: int, directory: Path) -> int:
    """Run the playground until Ctrl-C or SIGTERM; 1 when `port` is taken."""
    if not _is_free(port):
        print(f"Port {port} is taken. Choose another: make playground PORT={port + 1}", file=sys.stderr)
        return 1
    ends = asyncio.Event()
    for number in ENDING:
        asyncio.get_running_loop().add_signal_handler(number, ends.set)
    with _alone_in(directory) as fresh:
        async with playground(port, fresh) as address:
            print(f"Pong playground: {address}   (Ctrl-C ends it all)", flush=True)
            await ends.wait()
    return 0


@contextlib.asynccontextmanager
async def playground(port: int, directory: Path) -> AsyncIterator[str]:
    """Everything, at the address that this yields; nothing is left of it afterwards."""
    clock = SystemClock()
    async with AsyncExitStack() as stack:
        server = RedisServer(
            server_binary(), Configuration(directory=directory, port=_free_port()), clock=clock
        )
        stack.push_async_callback(server.stop)
        await server.start()
        shop, visitors, shop_url = await _shop(stack, server, clock=clock)
        pong_port, token = _free_port(), secrets.token_urlsafe(18)
        (directory / "pong.toml").write_text(pong_toml(shop_url=shop_url, port=pong_port), "utf-8")
        pong = PongProcess(
            _pong_command(server, directory, slack_url=f"http://127.0.0.1:{port}", token=token), clock
        )
        watcher = Watcher(_watched(server, pong_port=pong_port, token=token), clock)
        slack = LocalSlack(clock, world=_world())
        panel = Panel(
            server,
            clock,
            shop_figures=lambda: shop_figures(shop, visitors.experience, now_s=clock.monotonic_s()),
            notes=lambda: [*pong.notes(), *watcher.notes()],
        )
        stack.push_async_callback(panel.close)
        address = await stack.enter_async_context(serving(_application(slack, panel), port))
        stack.push_async_callback(pong.close)
        await stack.enter_async_context(_working(pong, watcher, visitors))
        yield address


async def _shop(stack: AsyncExitStack, server: RedisServer, *, clock: Clock) -> tuple[Shop, Visitors, str]:
    redis = await stack.enter_async_context(client(server.configuration.url("shop"), timeout_s=0.25))
    shop = Shop(redis, clock)
    stack.callback(shop.records.close)
    await shop.warm()
    url = await stack.enter_async_context(serving(shop_app(shop)))
    return shop, Visitors(url, clock), url


def _application(slack: LocalSlack, panel: Panel) -> Starlette:
    # Only under these names: a page elsewhere must not reach the panel through a name of its own.
    hosts = Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])
    routes = [*page_routes(), *panel_routes(panel), *slack.routes()]
    return Starlette(routes=routes, middleware=[hosts], lifespan=slack.lifespan)


@contextlib.asynccontextmanager
async def _working(*workers: PongProcess | Watcher | Visitors) -> AsyncIterator[None]:
    """Run the workers; one that fails ends the playground with what it raised."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(worker.run()) for worker in workers]
        try:
            yield
        finally:
            await end_tasks(*tasks)


def _pong_command(server: RedisServer, directory: Path, *, slack_url: str, token: str) -> PongCommand:
    environment = pong_environment(
        os.environ,
        slack_url=slack_url,
        redis=server.configuration,
        database=directory / "pong.db",
        webhook_token=token,
    )
    words = [sys.executable, "-m", "bot", "run", "--config", str(directory / "pong.toml")]
    return PongCommand(words=words, environment=environment, log=directory / "pong.log", directory=CODE)


def _watched(server: RedisServer, *, pong_port: int, token: str) -> Watched:
    return Watched(
        redis_url=server.configuration.url("panel"),
        instance=f"127.0.0.1:{server.configuration.port}",
        labels={"target": TARGET},
        webhook_url=f"http://127.0.0.1:{pong_port}/webhooks/alertmanager",
        token=token,
    )


def _world() -> World:
    """The rehearsal's people, with what they may do as their titles, and all that can be typed after a /."""
    world = default_world()
    present = (user for user in world.users if not user.is_deleted)
    users = tuple(replace(user, title=TITLES.get(user.id, user.title)) for user in present)
    typed = tuple(
        Command(
            command=verb.command,
            description=verb.explains,
            usage_hint=verb.usage.removeprefix(verb.command).strip(),
        )
        for verb in VERBS.values()
        if verb.command
    )
    return replace(world, users=users, commands=typed)


@contextlib.contextmanager
def _alone_in(directory: Path) -> Iterator[Path]:
    """`directory`, without what an earlier playground left there, and locked against another."""
    directory = directory.resolve()
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (directory / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SettingsError(f"A playground already works in {directory}: end it first.") from None
        for pattern in LEFTOVERS:
            for file in directory.glob(pattern):
                file.unlink()
        yield directory


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
