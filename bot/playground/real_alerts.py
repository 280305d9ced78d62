"""Who tells Pong when the real chain is on this machine? redis_exporter, Prometheus and Alertmanager.

With the rules that users get, every wait of them 2 s.
https://prometheus.io/docs/alerting/latest/configuration/
"""

import re
import shutil
from asyncio.subprocess import Process
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit

import httpx

from bot.clock import Clock
from bot.errors import ServiceUnavailable
from bot.playground.panel.children import end, spawn
from bot.playground.ports import free_port
from bot.playground.serving import local_client

EXPORTER, PROMETHEUS, ALERTMANAGER = (
    "prometheus-redis-exporter",
    "prometheus",
    "prometheus-alertmanager",
)
PROGRAMS = (EXPORTER, PROMETHEUS, ALERTMANAGER)
RULES = Path(__file__).parents[2] / "ops" / "prometheus-rules.yml"
STARTS_WITHIN_S = 30.0
ASKS_EVERY_S = 1.0

_PROMETHEUS = """\
global:
  scrape_interval: 1s
  evaluation_interval: 1s
rule_files: [{rules}]
alerting:
  alertmanagers:
    - static_configs: [targets: ["127.0.0.1:{alertmanager}"]]
scrape_configs:
  - job_name: redis
    static_configs:
      - targets: ["127.0.0.1:{exporter}"]
        labels: {{target: {target}, instance: "{target}:6379"}}
"""

_ALERTMANAGER = """\
route:
  receiver: pong
  group_by: [alertname, target]
  group_wait: 1s
  group_interval: 2s
  repeat_interval: {repeats}
receivers:
  - name: pong
    webhook_configs:
      - url: {url}/webhooks/alertmanager
        http_config:
          authorization: {{credentials: {token}}}
"""


def missing_programs() -> list[str]:
    """Those of the chain that this machine does not have."""
    return [name for name in PROGRAMS if shutil.which(name) is None]


def hurried(rules: str) -> str:
    """The rules with every `for` shortened to 2 s."""
    return re.sub(r"(?m)^( +for:) \S+$", r"\1 2s", rules)


@dataclass(frozen=True, kw_only=True)
class Chain:
    """From which Redis to which webhook; `repeats` is after how long a firing alert is told again."""

    redis_url: str = field(repr=False)
    target: str
    pong_url: str
    token: str = field(repr=False)
    repeats: str = "1m"


class RealAlerts:
    """A context manager: the three programs run within it, in `folder`, and write their logs there."""

    def __init__(self, folder: Path, chain: Chain, clock: Clock) -> None:
        self._folder = folder
        self._chain = chain
        self._clock = clock
        self._exporter, self._prometheus, self._alertmanager = (free_port() for _ in PROGRAMS)
        self._stack = AsyncExitStack()
        self._firing: list[str] = []

    async def __aenter__(self) -> Self:
        self._folder.mkdir(mode=0o700, exist_ok=True)
        self._write_all()
        try:
            await self._start()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def run(self) -> None:
        """Ask Alertmanager every second what fires, until it is cancelled."""
        async with local_client(f"http://127.0.0.1:{self._alertmanager}") as http:
            while True:
                try:
                    alerts = (await http.get("/api/v2/alerts?active=true")).json()
                    self._firing = sorted({alert["labels"]["alertname"] for alert in alerts})
                except (httpx.HTTPError, ValueError):
                    self._firing = []
                await self._clock.sleep(ASKS_EVERY_S)

    def firing(self) -> list[str]:
        """The names of the alerts that fire."""
        return self._firing

    def notes(self) -> list[str]:
        return [f"Alerts come from the real Alertmanager: http://127.0.0.1:{self._alertmanager}"]

    async def _start(self) -> None:
        folder, redis = self._folder, urlsplit(self._chain.redis_url)
        # In its environment: a password among its words would stand in the list of processes.
        secrets = {"REDIS_ADDR": f"redis://{redis.hostname}:{redis.port}"}
        secrets |= {"REDIS_USER": redis.username or "", "REDIS_PASSWORD": unquote(redis.password or "")}
        await self._run(EXPORTER, self._exporter, "/", words=["-web.listen-address"], environment=secrets)
        words = [f"--config.file={folder / 'alertmanager.yml'}", "--cluster.listen-address="]
        words += [f"--storage.path={folder / 'alertmanager'}", "--web.listen-address"]
        await self._run(ALERTMANAGER, self._alertmanager, "/-/ready", words=words)
        words = [f"--config.file={folder / 'prometheus.yml'}"]
        words += [f"--storage.tsdb.path={folder / 'prometheus'}", "--web.listen-address"]
        await self._run(PROMETHEUS, self._prometheus, "/-/ready", words=words)

    async def _run(
        self,
        program: str,
        port: int,
        path: str,
        *,
        words: list[str],
        environment: Mapping[str, str] | None = None,
    ) -> None:
        log = self._folder / f"{program}.log"
        *before, listens = words
        command = [shutil.which(program) or program, *before, f"{listens}=127.0.0.1:{port}"]
        process = await spawn(command, log=log, environment=environment)
        self._stack.push_async_callback(end, process)
        if not await self._answers(process, f"http://127.0.0.1:{port}{path}"):
            raise ServiceUnavailable(f"{program} did not start: {log} says why.")

    async def _answers(self, process: Process, url: str) -> bool:
        gives_up_at_s = self._clock.monotonic_s() + STARTS_WITHIN_S
        async with local_client() as http:
            while process.returncode is None and self._clock.monotonic_s() < gives_up_at_s:
                try:
                    if (await http.get(url)).is_success:
                        return True
                except httpx.HTTPError:
                    pass
                await self._clock.sleep(0.05)
        return False

    def _write_all(self) -> None:
        chain = self._chain
        self._write("rules.yml", hurried(RULES.read_text("utf-8")))
        routes = _ALERTMANAGER.format(url=chain.pong_url, token=chain.token, repeats=chain.repeats)
        self._write("alertmanager.yml", routes)
        scraped = _PROMETHEUS.format(
            rules=self._folder / "rules.yml",
            alertmanager=self._alertmanager,
            exporter=self._exporter,
            target=chain.target,
        )
        self._write("prometheus.yml", scraped)

    def _write(self, name: str, text: str) -> None:
        file = self._folder / name
        file.touch(mode=0o600)
        file.write_text(text, "utf-8")
