"""How is Pong put together? The only place that builds clients, store, clock and ticker."""

import asyncio
import contextlib
import json
import logging
import socket
import sys
from collections.abc import AsyncIterator, Callable, Mapping

import httpx
import uvicorn
from slack_sdk.web.async_client import AsyncWebClient

from bot import web
from bot.catalog import ALERT_SOURCES, REMEDIATIONS, RUNBOOKS
from bot.clock import Clock, SystemClock, iso
from bot.config.quorum import faults
from bot.config.settings import Settings, missing_to_run
from bot.errors import SettingsError
from bot.execution.engine import Engine
from bot.inbox import InboxWorker
from bot.intake import rules
from bot.metrics import Metrics
from bot.outbox.sender import Sender
from bot.pong import Pong
from bot.providers.pagerduty import pagerduty
from bot.providers.statuspage import statuspage
from bot.public.publishing import Publishing
from bot.request import Verb
from bot.slack.app import build
from bot.slack.directory import OnCall, SlackDirectory
from bot.slack.joining import join
from bot.slack.pulse import SlackPulse
from bot.slack.socket import Socket
from bot.store.protocol import Store
from bot.store.sqlite import open_sqlite
from bot.targets.target import Targets
from bot.text import Redactor
from bot.ticker import Ticker
from bot.tidying import Tidying
from bot.timeline import Event
from bot.unsaid import telling
from bot.watching.live import Watching
from bot.watching.trend import Trend


def set_up_logging(redact: Callable[[str], str]) -> None:
    """Everything to standard output, one line each, through the redactor."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(_Redacting(redact))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for chatty in ("httpx", "matplotlib", "slack_bolt", "uvicorn"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    # APScheduler warns when a tick is skipped since the last still measures: the next one finds what is due.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    # Bolt warns at every start that a client and `authorize` make its own token needless: that is meant.
    logging.getLogger("pong.bolt").setLevel(logging.ERROR)


class _Redacting(logging.Formatter):
    """Tracebacks can quote arguments, so the whole text is redacted, not the message alone."""

    def __init__(self, redact: Callable[[str], str]) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        return self._redact(super().format(record))


def mirror(event: Event) -> None:
    """Every event of the timeline goes to standard output as it happens, as one line of JSON."""
    facts = {"at": iso(event.at_ms), "incident": event.incident_id, "kind": event.kind, "actor": event.actor}
    line = json.dumps(facts | {"data": event.data, "hash": event.hash}, ensure_ascii=False)
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def open_store(settings: Settings) -> Store:
    """The store that the settings name. Raises StoreLocked when another process has it."""
    redactor = Redactor(settings.secret_values())
    return open_sqlite(settings.database_url, redact=redactor.known, mirror=mirror)


@contextlib.asynccontextmanager
async def assembled(
    settings: Settings, verbs: Mapping[str, Verb], *, clock: Clock | None = None
) -> AsyncIterator["Assembly"]:
    """Everything built and nothing running; closed at the end.

    Raises SettingsError naming all that is missing, and StoreLocked.
    """
    if missing := _missing(settings):
        raise SettingsError("Pong cannot start; this is missing:\n  " + "\n  ".join(missing))
    clock = clock or SystemClock()
    targets = Targets.from_settings(settings)
    store = open_store(settings)
    client = _slack_client(settings)
    async with httpx.AsyncClient(timeout=5) as http:
        try:
            lane = settings.slack.incidents_channel
            sender = Sender(
                store, client, clock, owner=f"{socket.gethostname()}", on_failed=telling(clock, lane=lane)
            )
            pulse = SlackPulse(sender, client, clock)
            pong = Pong(
                settings=settings,
                store=store,
                clock=clock,
                targets=targets,
                directory=SlackDirectory(client, settings, clock, on_call=_on_call(settings, http)),
                slack=pulse,
                http=http,
                runbooks=RUNBOOKS,
                remediations=REMEDIATIONS,
                verbs=verbs,
            )
            assembly = Assembly(pong, client, sender)
            if assembly.socket:
                pulse.listens_by(assembly.socket)
            yield assembly
        finally:
            await store.close()


def _slack_client(settings: Settings) -> AsyncWebClient:
    token, address = settings.secret("SLACK_BOT_TOKEN"), settings.slack.api_url
    return AsyncWebClient(token=token, base_url=address, timeout=10, retry_handlers=[])


def _missing(settings: Settings) -> list[str]:
    wrong_rules = rules.faults(settings, sources=ALERT_SOURCES, runbooks=RUNBOOKS)
    return [*missing_to_run(settings), *faults(settings, REMEDIATIONS), *wrong_rules]


class Assembly:
    """A Pong that is ready to run."""

    def __init__(self, pong: Pong, client: AsyncWebClient, sender: Sender) -> None:
        self.pong = pong
        self.sender = sender
        self._client = client
        settings = pong.settings
        self._bolt = build(pong, client, signing_secret=settings.secret("SLACK_SIGNING_SECRET"))
        app_token = settings.secret("SLACK_APP_TOKEN")
        self.socket = self._socket(app_token) if app_token else None
        self.web = web.build(pong, Metrics(), None if app_token else self._bolt)

    async def run(self) -> None:
        """Work until cancelled, or until one part fails, which ends all of them."""
        async with asyncio.TaskGroup() as group:
            group.create_task(join(self._client, self._channels(), self.pong.clock), name="join")
            group.create_task(self.sender.run(), name="outbox")
            group.create_task(InboxWorker(self.pong).run(), name="inbox")
            group.create_task(Ticker(self.pong).run(), name="ticker")
            group.create_task(Engine(self.pong).run(), name="execution")
            group.create_task(Trend(self.pong).run(), name="trend")
            group.create_task(Watching(self.pong).run(), name="watching")
            group.create_task(Tidying(self.pong).run(), name="tidying")
            if page := statuspage(self.pong.settings):
                group.create_task(Publishing(self.pong, page, socket.gethostname()).run(), name="publishing")
            if self.socket:
                group.create_task(self.socket.run(), name="socket")
            group.create_task(self._serve(), name="web")

    def _channels(self) -> tuple[str, ...]:
        return (self.pong.lane, *self.pong.settings.slack.other_channels)

    def _socket(self, app_token: str) -> Socket:
        return Socket(
            self._bolt, app_token=app_token, api_url=self.pong.settings.slack.api_url, clock=self.pong.clock
        )

    async def _serve(self) -> None:
        table = self.pong.settings.web
        config = uvicorn.Config(
            self.web, host=table.host, port=table.port, log_config=None, access_log=False, lifespan="off"
        )
        server = uvicorn.Server(config)
        # uvicorn would take SIGINT and SIGTERM for itself; whoever cancels this ends everything together.
        server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment]
        await server.serve()


def _on_call(settings: Settings, http: httpx.AsyncClient) -> OnCall | None:
    service = pagerduty(settings)
    return (lambda schedule: service.on_call(http, schedule)) if service else None
